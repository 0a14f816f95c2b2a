package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoopJobTest {
  private static final int MANY = 200_000;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger steps = new AtomicInteger();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private void run(Supplier<Future<Boolean>> step) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(now -> LoopJob.run(vertx, step).onComplete(done));
    await(done.future());
  }

  @Test
  void takesAnyNumberOfStepsThatAreDoneAtOnce() {
    run(() -> Future.succeededFuture(steps.incrementAndGet() < MANY));
    assertThat(steps).hasValue(MANY);
  }

  @Test
  void takesAnyNumberOfStepsThatTakeTime() {
    run(
        () -> {
          Promise<Boolean> later = Promise.promise();
          vertx.runOnContext(now -> later.complete(steps.incrementAndGet() < MANY));
          return later.future();
        });
    assertThat(steps).hasValue(MANY);
  }

  @Test
  void endsWithTheFirstStepThatFailsOrThrows() {
    assertThatThrownBy(() -> run(() -> Future.failedFuture("no"))).hasMessage("no");
    assertThatThrownBy(
            () ->
                run(
                    () -> {
                      throw new IllegalStateException("threw " + steps.incrementAndGet());
                    }))
        .hasMessage("threw 1");
  }
}
