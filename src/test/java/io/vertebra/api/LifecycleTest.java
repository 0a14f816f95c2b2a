package io.vertebra.api;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

final class LifecycleTest {
  private final Lifecycle lifecycle = new Lifecycle();

  @Test
  void drainsAtOnceWhenNothingIsUnderWay() {
    lifecycle.ready();
    await(lifecycle.drain());
    assertThat(lifecycle.stage()).isEqualTo(Lifecycle.Stage.DRAINING);
  }

  @Test
  void drainsWhenTheLastPieceOfWorkEnds() {
    lifecycle.begin();
    lifecycle.begin();
    Future<Void> drained = lifecycle.drain();
    lifecycle.end();
    assertThat(drained.isComplete()).isFalse();
    lifecycle.end();
    await(drained);
  }
}
