package io.vertebra.latch;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KvLatchServiceTest extends LatchServiceContract {
  private static final Future<Void> STAYS = Promise.<Void>promise().future();

  @Override
  LatchService latches() {
    return new KvLatchService(node.kv());
  }

  @Override
  BarrierService barriers() {
    return new KvBarrierService(node.kv());
  }

  private Future<BarrierPhase> arrive(String participant, Guard guard, Future<Void> gone) {
    long before = node.kv().status().revision();
    Arrive request = new Arrive("b/1", participant, 2, Duration.ofMinutes(1));
    Future<BarrierPhase> arrived = barriers().arrive(request, guard, gone);
    eventually(() -> assertThat(node.kv().status().revision()).isGreaterThan(before));
    return arrived;
  }

  @Test
  void aRefusalIsNoAnswerThatIsKept() {
    CountDown request = new CountDown("l/1", "ann");
    Guard once = new Guard(Optional.empty(), "k");
    assertThat(Failure.of(catchThrowable(() -> await(latches().countDown(request, once)))).code())
        .isEqualTo(FailureCode.NOT_FOUND);
    await(latches().create(new CreateLatch("l/1", 2), Guard.NONE));
    assertThat(await(latches().countDown(request, once)).remaining()).isEqualTo(1);
  }

  @Test
  void whoComesAgainIsThereAfterItsFirstCallEnded() {
    Promise<Void> cut = Promise.promise();
    Future<BarrierPhase> first = arrive("ann", Guard.NONE, cut.future());
    Future<BarrierPhase> second = arrive("ann", Guard.NONE, STAYS);
    cut.complete();
    assertThat(Failure.of(catchThrowable(() -> await(first))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(await(barriers().show("b/1")).arrived()).isEqualTo(1);
    BarrierPhase phase = await(arrive("bob", Guard.NONE, STAYS));
    assertThat(await(second)).isEqualTo(phase);
  }

  @Test
  void aKeyOfAnArrivalIsLeftToWhatKeepsWholeAnswers() {
    assertThat(
            BarrierApi.of(barriers()).operations().stream()
                .filter(operation -> operation.action().equals("arrive"))
                .map(operation -> Fields.describe(operation.reader()).getJsonObject("properties")))
        .singleElement()
        .satisfies(fields -> assertThat(fields.containsKey(BusDoor.IDEMPOTENCY_KEY)).isFalse());
    Guard once = new Guard(Optional.empty(), "k");
    Future<BarrierPhase> first = arrive("ann", once, STAYS);
    Future<BarrierPhase> second = arrive("ann", once, STAYS);
    BarrierPhase phase = await(arrive("bob", Guard.NONE, STAYS));
    assertThat(await(first)).isEqualTo(phase);
    assertThat(await(second)).isEqualTo(phase);
  }
}
