package io.vertebra.lock;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets the steps of a name on this node go one after the other, so that they do not make each other
 * begin anew. Who waits too long for its turn is refused with {@code UNAVAILABLE}.
 */
final class TurnJob {
  private static final long MAX_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Future<?>> last = new HashMap<>();

  TurnJob(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  <T> Future<T> take(String name, Supplier<Future<T>> task) {
    Future<T> mine;
    synchronized (last) {
      Future<?> before = last.get(name);
      long asked = nanoTime.getAsLong();
      mine = before == null ? task.get() : before.transform(ended -> turn(asked, task));
      last.put(name, mine);
    }
    return mine.onComplete(ended -> end(name, mine));
  }

  private <T> Future<T> turn(long asked, Supplier<Future<T>> task) {
    return nanoTime.getAsLong() - asked > MAX_WAIT_NANOS
        ? Failure.future(UNAVAILABLE, "the backend is too slow for so many at once")
        : task.get();
  }

  private void end(String name, Future<?> mine) {
    synchronized (last) {
      last.remove(name, mine);
    }
  }
}
