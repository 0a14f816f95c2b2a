package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Guard;
import io.vertebra.lock.LockStore.Attempt;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Queued;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What random callers get is what a queue that serves its first ones in order would give. */
final class LockModelTest {
  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final int STEPS = 120;

  private final LockRig rig = new LockRig();
  private final Map<String, Holding> holders = new LinkedHashMap<>();
  private final List<Queued> queue = new ArrayList<>();
  private final Map<String, Terms> terms = new LinkedHashMap<>();
  private long lastToken;
  private int owners;

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void servesAsAQueueWould(long seed) {
    Random random = new Random(seed);
    boolean semaphore = seed % 2 == 0;
    String name = "model/" + seed;
    for (int step = 0; step < STEPS; step++) {
      String did = step(name, semaphore, random);
      serve();
      String at = "seed=" + seed + " step=" + step + " " + did;
      eventually(
          () -> {
            LockState state = await(rig.store.inspect(name));
            assertThat(state.holders())
                .as(at)
                .extracting(Holding::owner)
                .containsExactlyElementsOf(holders.keySet());
            assertThat(state.waiters())
                .as(at)
                .extracting(LockState.Waiter::owner)
                .containsExactlyElementsOf(
                    queue.stream().map(each -> each.ticket().owner()).toList());
          });
    }
  }

  private String step(String name, boolean semaphore, Random random) {
    int dice = random.nextInt(100);
    if (dice < 50) {
      return acquire(name, random(semaphore, random), dice < 40);
    }
    if (dice < 75 && !holders.isEmpty()) {
      Holding holding = any(List.copyOf(holders.values()), random);
      assertThat(holders.remove(holding.owner())).isEqualTo(holding);
      ReleaseLock release = ReleaseLock.of(name, holding.owner(), holding.token());
      assertThat(await(rig.store.release(release, Guard.NONE))).contains(0);
      return "release " + holding.owner();
    }
    if (dice < 85 && !queue.isEmpty()) {
      Queued queued = any(queue, random);
      assertThat(queue.remove(queued)).isTrue();
      await(rig.store.leave(queued.ticket()));
      return "leave " + queued.ticket();
    }
    if (dice < 90) {
      holders.clear();
      rig.nanos.addAndGet(LEASE.toNanos());
      return "expire";
    }
    for (Holding holding : holders.values()) {
      RenewLock renew = RenewLock.of(name, holding.owner(), holding.token());
      assertThat(await(rig.store.renew(renew, Guard.NONE)).holding()).isEqualTo(holding);
    }
    return "renew";
  }

  /**
   * A node that has not heard yet that there is room queues who waits, and grants it at once then.
   */
  private String acquire(String name, Terms wanted, boolean waits) {
    String owner = "o" + owners++;
    boolean free = queue.isEmpty() && fits(wanted);
    AcquireLock request = AcquireLock.of(name, owner, LEASE).on(wanted);
    Attempt first =
        await(
            rig.store.acquire(
                waits ? request.waiting(Duration.ofMinutes(9)) : request, Guard.NONE));
    Attempt attempt = free && first instanceof Queued queued ? await(queued.granted()) : first;
    String did = "acquire " + owner + " " + wanted + " waits=" + waits;
    assertThat(attempt instanceof Granted).as(did).isEqualTo(free);
    terms.put(owner, wanted);
    if (attempt instanceof Granted granted) {
      hold(granted.holding());
    } else if (attempt instanceof Queued queued) {
      queue.add(queued);
    }
    return did;
  }

  private static Terms random(boolean semaphore, Random random) {
    if (semaphore) {
      return Terms.permits(1 + random.nextInt(3), 3);
    }
    return random.nextBoolean() ? Terms.EXCLUSIVE : Terms.SHARED;
  }

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  private void hold(Holding holding) {
    assertThat(holding.token()).isGreaterThan(lastToken);
    lastToken = holding.token();
    Holding unused = holders.put(holding.owner(), holding);
  }

  private void serve() {
    while (!queue.isEmpty() && fits(terms.get(queue.get(0).ticket().owner()))) {
      hold(await(queue.remove(0).granted()).holding());
    }
  }

  private boolean fits(Terms wanted) {
    int used = 0;
    for (Holding holding : holders.values()) {
      used += holding.terms().permits();
    }
    return switch (wanted.mode()) {
      case EXCLUSIVE -> holders.isEmpty();
      case SHARED ->
          holders.values().stream().allMatch(each -> each.terms().mode() == LockMode.SHARED);
      case PERMITS -> used + wanted.permits() <= wanted.capacity();
    };
  }
}
