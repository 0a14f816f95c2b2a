package io.vertebra.http;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that is under way at most once; who asks meanwhile gets the same result. */
final class InFlight<T> {
  private final Supplier<Future<T>> work;
  private final AtomicReference<@Nullable Future<T>> present = new AtomicReference<>();

  InFlight(Supplier<Future<T>> work) {
    this.work = work;
  }

  Future<T> get() {
    Future<T> running = present.get();
    if (running != null) {
      return running;
    }
    Future<T> begun = Future.succeededFuture().compose(go -> work.get());
    present.set(begun);
    return begun.onComplete(result -> present.compareAndSet(begun, null));
  }
}
