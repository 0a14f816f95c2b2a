package io.vertebra.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many clients on three nodes ask for one key and for 10,000, and every answer is judged by the
 * owner's own instants: in their order, what was admitted must be within the limit, and what was
 * refused must be over it. As long as {@code -Dlimits.seconds} says, 25 by default.
 */
@Tag("slow")
@Timeout(400)
final class LimitExactnessTest {
  private static final int CLIENTS = 64;
  private static final int KEYS = 10_000;
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("limits.seconds", 25));
  private static final GcraLimit HOT = new GcraLimit(500, Duration.ofSeconds(1), 100);
  private static final GcraLimit COLD = new GcraLimit(1, Duration.ofSeconds(4), 2);

  private final LimitNodes nodes = new LimitNodes(Clock.systemUTC(), 3);
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final ConcurrentHashMap<Integer, Queue<Decision>> decisions = new ConcurrentHashMap<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final long end = System.nanoTime() + TIME.toNanos();

  @AfterEach
  void close() {
    clients.shutdownNow();
    nodes.close();
  }

  /** The key 0 is the one that all want. */
  private void ask(LimitNode node, Random random) {
    while (System.nanoTime() < end) {
      int key = random.nextBoolean() ? 0 : 1 + random.nextInt(KEYS);
      Change take = new Change.Take(key == 0 ? HOT : COLD, Penalty.NONE, 1, "");
      try {
        Decision decision = node.store.change("key" + key, take).await(2, TimeUnit.SECONDS);
        decisions.computeIfAbsent(key, first -> new ConcurrentLinkedQueue<>()).add(decision);
      } catch (TimeoutException | RuntimeException unknown) {
        unanswered.incrementAndGet();
      }
    }
  }

  private List<Future<?>> start(int... asked) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(i);
      LimitNode node = nodes.get(asked[i % asked.length]);
      running.add(clients.submit(() -> ask(node, random)));
    }
    return running;
  }

  private static void awaitAll(List<Future<?>> running) throws Exception {
    for (Future<?> each : running) {
      each.get(TIME.toSeconds() + 60, TimeUnit.SECONDS);
    }
  }

  /** What was decided against the same limit alone. */
  private record Judged(long decided, long admitted, long over, long under) {
    Judged plus(Judged other) {
      return new Judged(
          decided + other.decided,
          admitted + other.admitted,
          over + other.over,
          under + other.under);
    }
  }

  private static Judged judge(GcraLimit limit, List<Decision> inOrder) {
    LimitState state = limit.fresh();
    long admitted = 0;
    long over = 0;
    long under = 0;
    for (Decision each : inOrder) {
      Limit.Ruling ruling = limit.take(state, 1, "", each.at());
      if (each.allowed()) {
        admitted++;
        over += ruling.allowed() ? 0 : 1;
        state = ruling.next();
      } else {
        under += ruling.allowed() ? 1 : 0;
      }
    }
    return new Judged(inOrder.size(), admitted, over, under);
  }

  private static List<Decision> inOrder(Queue<Decision> some) {
    List<Decision> sorted = new ArrayList<>(some);
    sorted.sort(
        (one, two) ->
            one.at() == two.at()
                ? Boolean.compare(two.allowed(), one.allowed())
                : Long.compare(one.at(), two.at()));
    return sorted;
  }

  private Judged judge(String when) {
    List<Decision> hot = inOrder(decisions.remove(0));
    Judged one = judge(HOT, hot);
    Judged many = new Judged(0, 0, 0, 0);
    for (Queue<Decision> each : decisions.values()) {
      many = many.plus(judge(COLD, inOrder(each)));
    }
    long micros = hot.get(hot.size() - 1).at() - hot.get(0).at();
    System.Logger log = System.getLogger(LimitExactnessTest.class.getName());
    log.log(
        System.Logger.Level.INFO,
        "limits {0}: {1} s, one key {2} of at most {3}, keys {4}: {5}, unanswered {6}",
        when,
        TIME.toSeconds(),
        one,
        HOT.burst() + micros * HOT.permits() / 1_000_000,
        decisions.size(),
        many,
        unanswered.get());
    assertThat(one.admitted())
        .isLessThanOrEqualTo(HOT.burst() + micros * HOT.permits() / 1_000_000);
    return one.plus(many);
  }

  @Test
  void admitsExactlyTheLimitWhileAllIsCalm() throws Exception {
    awaitAll(start(0, 1, 2));
    Judged all = judge("calm");
    assertThat(all.over()).isZero();
    assertThat(all.under()).isZero();
    assertThat(unanswered).hasValue(0);
    assertThat(all.admitted()).isGreaterThan(HOT.burst() + TIME.toSeconds() * HOT.permits() / 2);
    assertThat(all.decided()).isGreaterThan(all.admitted());
  }

  @Test
  void admitsNoMoreThanTheLimitWhileANodeIsKilledAndAnotherJoins() throws Exception {
    List<Future<?>> running = start(0, 1);
    nodes.get(2).kill();
    nodes.awaitMembers(2);
    nodes.join();
    nodes.awaitMembers(3);
    awaitAll(running);
    Judged all = judge("killed and joined");
    assertThat(all.over()).isZero();
    assertThat(all.admitted()).isGreaterThan(TIME.toSeconds() * HOT.permits() / 4);
  }
}
