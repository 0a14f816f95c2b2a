package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OwnerCheckJobTest {
  private final KvNode node = new KvNode();
  private final FailingKvService kv = new FailingKvService(node.kv());
  private final AtomicInteger lost = new AtomicInteger();
  private OwnerCheckJob check;

  @BeforeEach
  void open() {
    check = new OwnerCheckJob(kv, begin(), lost::incrementAndGet);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private Term begin() {
    return await(new TermStore(node.kv(), node.kernel.node()).begin());
  }

  private void confirm() {
    confirm(1, () -> {});
  }

  /** Confirms it so often at the same time, and does something after the last question came. */
  private void confirm(int times, Runnable after) {
    Promise<Void> confirmed = Promise.promise();
    node.vertx.runOnContext(
        now -> {
          List<Future<Void>> all = Stream.generate(check::confirm).limit(times).toList();
          after.run();
          Future.all(all).<Void>mapEmpty().onComplete(confirmed);
        });
    await(confirmed.future());
  }

  private static Outcome<String> failed(FailureCode code) {
    return Outcome.failed(new Failure(code, "for a test"));
  }

  private List<Outcome<String>> certain(List<Outcome<String>> outcomes) {
    Promise<List<Outcome<String>>> answer = Promise.promise();
    node.vertx.runOnContext(now -> check.certain(outcomes).onComplete(answer));
    return await(answer.future());
  }

  @Test
  void confirmsAnOwnerWithOneQuestionForAllWhoComeWhileAnotherIsAsked() {
    kv.holdReads();
    confirm(100, kv::heal);
    assertThat(kv.reads()).isEqualTo(2);
    confirm();
    assertThat(kv.reads()).isEqualTo(3);
    assertThat(lost).hasValue(0);
  }

  @Test
  void endsAnOwnerAfterWhichTheSameNodeBeganAnew() {
    begin();
    assertThat(CommitJob.isMoved(catchThrowable(() -> confirm()))).isTrue();
    assertThat(lost).hasPositiveValue();
  }

  @Test
  void saysThatNothingWasDoneWhereNobodyCanTell() {
    kv.refuseReads();
    assertThat(CommitJob.isMoved(catchThrowable(() -> confirm()))).isTrue();
    assertThat(lost).hasValue(0);
    kv.heal();
    confirm();
  }

  @Test
  void doubtsOnlyWhatWasNotFound() {
    List<Outcome<String>> outcomes =
        List.of(Outcome.of("done"), failed(FailureCode.NOT_FOUND), failed(FailureCode.FENCED));
    assertThat(certain(outcomes)).isEqualTo(outcomes);
    begin();
    List<Outcome<String>> doubted = certain(outcomes);
    assertThat(doubted.get(0)).isEqualTo(outcomes.get(0));
    assertThat(doubted.get(1).failure()).matches(cause -> CommitJob.isMoved(cause.orElseThrow()));
    assertThat(doubted.get(2)).isEqualTo(outcomes.get(2));
    assertThat(kv.reads()).isEqualTo(2);
  }

  @Test
  void asksNothingIfAllWasFound() {
    assertThat(certain(List.of(Outcome.of("done"), failed(FailureCode.CONFLICT)))).hasSize(2);
    assertThat(kv.reads()).isZero();
  }
}
