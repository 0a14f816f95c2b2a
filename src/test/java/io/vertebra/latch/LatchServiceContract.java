package io.vertebra.latch;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every way to latches and barriers must do. A test of one says how they are opened. */
abstract class LatchServiceContract {
  private static final Future<Void> STAYS = Promise.<Void>promise().future();
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Guard HOLDER = new Guard(Optional.of(new Fence("~jobs", 9)), "");
  private static final Guard LATE = new Guard(Optional.of(new Fence("~jobs", 8)), "");

  final KvNode node = new KvNode();

  abstract LatchService latches();

  abstract BarrierService barriers();

  @BeforeEach
  void deploy() {
    String unused = await(node.vertx.deployVerticle(new LatchVerticle(node.kernel, node.kv())));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  private Future<LatchState> countDown(String participant, Guard guard) {
    return latches().countDown(new CountDown("l/1", participant), guard);
  }

  private Future<BarrierPhase> arrive(String participant, Duration patience) {
    Arrive request = new Arrive("b/1", participant, 3, patience);
    return barriers().arrive(request, Guard.NONE, STAYS);
  }

  @Test
  void opensALatchWhenAllAreDone() {
    assertThat(refused(countDown("ann", Guard.NONE))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(await(latches().create(new CreateLatch("l/1", 2), Guard.NONE)))
        .isEqualTo(new LatchState("l/1", 2, 2));
    assertThat(refused(latches().create(new CreateLatch("l/1", 3), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
    Future<LatchState> open = latches().await(new AwaitLatch("l/1", LONG), STAYS);
    assertThat(await(countDown("ann", Guard.NONE)).remaining()).isEqualTo(1);
    assertThat(await(countDown("ann", Guard.NONE)).remaining()).isEqualTo(1);
    assertThat(await(latches().await(new AwaitLatch("l/1", Duration.ZERO), STAYS)).isOpen())
        .isFalse();
    assertThat(open.isComplete()).isFalse();
    assertThat(await(countDown("bob", Guard.NONE)).isOpen()).isTrue();
    assertThat(await(open)).isEqualTo(new LatchState("l/1", 2, 0));
    assertThat(await(latches().remove("l/1", Guard.NONE))).isTrue();
    assertThat(await(latches().remove("l/1", Guard.NONE))).isFalse();
  }

  @Test
  void countsNobodyWhoseHoldingWasOvertaken() {
    await(latches().create(new CreateLatch("l/1", 2), HOLDER));
    assertThat(refused(countDown("ann", LATE))).isEqualTo(FailureCode.FENCED);
    assertThat(refused(latches().remove("l/1", LATE))).isEqualTo(FailureCode.FENCED);
    Arrive request = new Arrive("b/1", "ann", 2, LONG);
    assertThat(refused(barriers().arrive(request, LATE, STAYS))).isEqualTo(FailureCode.FENCED);
    assertThat(await(latches().await(new AwaitLatch("l/1", Duration.ZERO), STAYS)).remaining())
        .isEqualTo(2);
    assertThat(refused(barriers().show("b/1"))).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void letsPartiesGoOnOnceAllAreThere() {
    for (int phase = 0; phase < 2; phase++) {
      Future<BarrierPhase> ann = arrive("ann", LONG);
      BarrierState one = new BarrierState(new BarrierPhase("b/1", phase, 3), 1);
      eventually(() -> assertThat(await(barriers().show("b/1"))).isEqualTo(one));
      assertThat(refused(arrive("bob", Duration.ofMillis(1)))).isEqualTo(FailureCode.CONFLICT);
      assertThat(ann.isComplete()).isFalse();
      for (Future<BarrierPhase> each : List.of(ann, arrive("bob", LONG), arrive("cid", LONG))) {
        assertThat(await(each)).isEqualTo(one.phase());
      }
    }
    Arrive others = new Arrive("b/1", "dan", 2, LONG);
    assertThat(refused(barriers().arrive(others, Guard.NONE, STAYS)))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(await(barriers().remove("b/1", Guard.NONE))).isTrue();
    assertThat(refused(barriers().show("b/1"))).isEqualTo(FailureCode.NOT_FOUND);
  }
}
