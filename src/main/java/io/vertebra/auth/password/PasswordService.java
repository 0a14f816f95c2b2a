package io.vertebra.auth.password;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hashes passwords on threads of its own. When as many wait as may, the next one is refused at once
 * with {@code LIMITED}, so that a flood of logins takes neither the node's threads nor its memory.
 */
public final class PasswordService implements AutoCloseable {
  private final HashCost cost;
  private final WorkerExecutor threads;
  private final int most;
  private final AtomicInteger pending = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final Counter refused;
  private final Timer took;

  /** Compared with where there is no user, at the same cost. */
  private final PasswordHash nobody;

  /**
   * Opens the threads.
   *
   * @param cost of hashes computed from now on
   * @param threadCount hashes computed at once
   * @param maxQueue hashes that may wait
   */
  public PasswordService(
      Vertx vertx, MeterRegistry meters, HashCost cost, int threadCount, int maxQueue) {
    this.cost = cost;
    this.most = threadCount + maxQueue;
    this.threads = vertx.createSharedWorkerExecutor("auth-hash", threadCount);
    this.nobody =
        PasswordHash.parse(
            "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                    cost.memoryKib(), cost.passes(), cost.lanes(), "A".repeat(22), "A".repeat(43)));
    this.refused =
        Counter.builder("vertebra.auth.hash.refused")
            .description("Hashes of passwords that were not computed, for too many waited")
            .register(meters);
    this.took =
        Timer.builder("vertebra.auth.hash")
            .description("Time that hashes of passwords took, with the wait for a thread")
            .register(meters);
    Gauge.builder("vertebra.auth.hash.pending", pending, AtomicInteger::get)
        .description("Hashes of passwords that wait or are computed")
        .register(meters);
  }

  /** Hashes a password that the rules accepted. */
  public Future<PasswordHash> hash(String password) {
    return run(() -> PasswordHash.of(password, cost, random));
  }

  /**
   * Whether a password is the one that was hashed.
   *
   * @param kept empty for a user who is not there, which takes the same way and is never right
   */
  public Future<Boolean> verify(String password, Optional<String> kept) {
    PasswordHash hash = kept.map(PasswordHash::parse).orElse(nobody);
    return run(() -> hash.matches(PasswordRules.normalised(password)))
        .map(matches -> matches && kept.isPresent());
  }

  /** Whether a hash was computed at another cost than the present one. */
  public boolean isOld(String kept) {
    return !PasswordHash.parse(kept).cost().equals(cost);
  }

  private <T> Future<T> run(Callable<T> task) {
    if (pending.incrementAndGet() > most) {
      int unused = pending.decrementAndGet();
      refused.increment();
      return Failure.future(
          FailureCode.LIMITED, "too many passwords are being checked; try again in a moment");
    }
    Timer.Sample sample = Timer.start();
    return threads
        .executeBlocking(task, false)
        .onComplete(
            done -> {
              int unused = pending.decrementAndGet();
              long unusedNanos = sample.stop(took);
            });
  }

  @Override
  public void close() {
    Future<Void> unused = threads.close();
  }
}
