package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Register;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two leases, of which one is kept alive and one is not: the first must not end before its time,
 * counted from when it was last asked for and given, and the second must end.
 */
final class Leases implements AutoCloseable {
  private static final Duration TTL = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

  private final List<Store> stores;
  private final String prefix;
  private final String kept;
  private final String abandoned;
  private final Random random;
  private final Thread keeper = new Thread(this::keep, "lease-keeper");
  private final Thread reader = new Thread(this::read, "lease-reader");
  private volatile String lease = "";
  private volatile long keptUntil;
  private volatile long goneAt = Long.MAX_VALUE;
  private volatile boolean stopped;

  /**
   * @param prefix of its keys, which are not there yet
   */
  Leases(List<Store> stores, String prefix, long seed) {
    this.stores = stores;
    this.prefix = prefix;
    this.random = new Random(seed);
    this.abandoned = begin(Duration.ofSeconds(1));
    this.kept = begin(TTL);
    keeper.start();
    reader.start();
  }

  /** Yields a key that ends with a new lease; a new one each time, so that no late write counts. */
  private String begin(Duration ttl) {
    String[] key = new String[1];
    eventually(
        () -> {
          key[0] = prefix + random.nextLong();
          keptUntil = System.nanoTime() + ttl.toNanos();
          try {
            lease = stores.get(0).grant(ttl);
            stores.get(0).putUnder(lease, key[0], "held");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return key[0];
  }

  private void keep() {
    while (!stopped) {
      long sent = System.nanoTime();
      try {
        stores.get(random.nextInt(stores.size())).keepAlive(lease);
        keptUntil = sent + TTL.toNanos();
      } catch (IOException e) {
        // Another node is asked next.
      }
      LockSupport.parkNanos(PAUSE);
    }
  }

  private void read() {
    for (int turn = 0; !stopped && goneAt == Long.MAX_VALUE; turn++) {
      Reply reply = stores.get(turn % stores.size()).call(kept, new Register.Get());
      if (reply instanceof Reply.Done done && done.output() instanceof Register.Absent) {
        goneAt = System.nanoTime();
      }
      LockSupport.parkNanos(PAUSE);
    }
  }

  /** Waits until the lease that nobody keeps is over. */
  void verifyEnd() {
    within(
        PATIENCE,
        () ->
            assertThat(stores.stream().map(store -> store.call(abandoned, new Register.Get())))
                .as("the end of a lease")
                .contains(new Reply.Done(new Register.Absent())));
  }

  /** Fails if the lease that was kept ended too early. */
  @Override
  public void close() {
    stopped = true;
    try {
      keeper.join();
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (goneAt < keptUntil) {
      throw new AssertionError("a lease ended early by %d ns".formatted(keptUntil - goneAt));
    }
  }
}
