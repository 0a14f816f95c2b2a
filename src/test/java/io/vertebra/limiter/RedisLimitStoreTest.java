package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.redis.RedisScript;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract by a clock that stands still, and what the server's own clock is for. */
final class RedisLimitStoreTest extends LimitStoreContract {
  private static final int STEPS = 4_000;
  private static RedisNode node;

  private final MicroClock micros = new MicroClock(clock);

  @BeforeAll
  static void start() {
    node = new RedisNode();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String eval(String script) {
    return String.valueOf(
        await(node.service().eval(RedisScript.of(script), List.of("x"), List.of())));
  }

  @BeforeEach
  void empty() {
    letItHave("0");
    eval("return redis.call('FLUSHALL')");
  }

  @Override
  LimitStore store() {
    return RedisLimitStore.at(node.service(), micros, 600_000);
  }

  /** Its room is its memory. */
  @Override
  void count() {
    letItHave("1");
  }

  /** Scripts cannot say this. */
  private static void letItHave(String bytes) {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      String command = "CONFIG SET maxmemory " + bytes + "\r\n";
      socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(3)).asString().isEqualTo("+OK");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LimitStore byItsClock(Clock guess) {
    return RedisLimitStore.of(node.service(), new MicroClock(guess));
  }

  @Test
  void forgetsWhatIsAsGoodAsNew() {
    GcraLimit limit = new GcraLimit(1, Duration.ofMillis(200), 1);
    Change take = new Change.Take(limit, Penalty.NONE, 1, "");
    LimitStore store = byItsClock(Clock.systemUTC());
    assertThat(await(store.change("a", take)).allowed()).isTrue();
    assertThat(eval("return redis.call('PTTL', 'vertebra:limiter:a')"))
        .satisfies(left -> assertThat(Integer.parseInt(left)).isBetween(1, 201));
    assertThat(await(store.change("a", take)).allowed()).isFalse();
    eventually(() -> assertThat(eval("return redis.call('DBSIZE')")).isEqualTo("0"));
    assertThat(await(store.change("a", take)).allowed()).isTrue();
  }

  @Test
  void sharesALimitAmongNodesWhoseClocksDiffer() {
    List<Limit> limits =
        List.of(
            new GcraLimit(1, Duration.ofDays(1), 2),
            new SlidingWindowLimit(2, Duration.ofDays(31)),
            new CalendarLimit(2, CalendarLimit.Unit.MONTH, ZoneId.of("Europe/Berlin")),
            new ConcurrencyLimit(2, Duration.ofDays(1)));
    for (int i = 0; i < limits.size(); i++) {
      int admitted = 0;
      for (int days = -300; days <= 300; days += 100) {
        Clock off = Clock.offset(Clock.systemUTC(), Duration.ofDays(days));
        Change take = new Change.Take(limits.get(i), Penalty.NONE, 1, "p" + days);
        admitted += await(byItsClock(off).change("k" + i, take)).allowed() ? 1 : 0;
      }
      assertThat(admitted).as(limits.get(i).toString()).isEqualTo(2);
    }
  }

  @Test
  void decidesAsTheOtherEnginesDoWhateverIsDone() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    LimitStore memory = new InMemoryLimitStore(micros, 1_000_000);
    LimitStore redis = store();
    RandomChanges changes = new RandomChanges(random);
    int refused = 0;
    for (int i = 0; i < STEPS; i++) {
      if (i % 25 == 0) {
        changes.another();
      }
      changes.pause(clock);
      Change change = changes.next(micros.getAsLong());
      Decision expected = await(memory.change(changes.key(), change));
      assertThat(await(redis.change(changes.key(), change)))
          .as("seed %d step %d: %s", seed, i, change)
          .isEqualTo(expected);
      refused += expected.allowed() ? 0 : 1;
    }
    assertThat(refused).as("some of each").isBetween(STEPS / 20, STEPS * 19 / 20);
  }

  @Test
  void failsWithinItsDeadlineWhileTheServerStandsStill() {
    try (RedisNode other = new RedisNode(new JsonObject().put("timeoutMs", 200))) {
      LimitStore store = RedisLimitStore.of(other.service(), micros);
      Change take =
          new Change.Take(new ConcurrencyLimit(1, Duration.ofDays(1)), Penalty.NONE, 1, "");
      assertThat(await(store.change("a", take)).allowed()).isTrue();
      other.signal("STOP");
      Throwable failed = catchThrowable(() -> await(store.change("a", take)));
      other.signal("CONT");
      assertThat(Failure.of(failed).code()).isEqualTo(FailureCode.TIMEOUT);
      eventually(() -> assertThat(await(store.change("a", take)).allowed()).isTrue());
    }
  }
}
