package io.vertebra.idempotency;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.idempotency.Standing.State;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every backend must do for work that is done once; each says how to open itself, empty. */
abstract class IdempotencyStoreContract {
  static final long MAX_SCOPE_BYTES = 2000;
  private static final Subject SUBJECT = new Subject("orders", "key 17");
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration RETENTION = Duration.ofMinutes(10);
  private static final KeptAnswer ANSWER =
      new KeptAnswer(201, Map.of("location", "/orders/17"), Bytes.utf8("done"));

  /** With {@link #MAX_SCOPE_BYTES} for a scope. */
  abstract IdempotencyStore store();

  /** Waits or moves the clock so that leases and answers of this age have ended. */
  abstract void letTimePass(Duration time);

  private Future<Standing> begin(Subject subject, String fingerprint) {
    return store().begin(new BeginWork(subject, fingerprint, "ann", LEASE), Guard.NONE);
  }

  private Standing begin(String fingerprint) {
    return await(begin(SUBJECT, fingerprint));
  }

  private Future<Void> complete(Subject subject, long token) {
    return store().complete(new CompleteWork(subject, token, ANSWER, RETENTION), Guard.NONE);
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  @Test
  void letsOneOfManyBegin() {
    var all =
        await(Future.all(IntStream.range(0, 50).mapToObj(i -> begin(SUBJECT, "f")).toList()))
            .<Standing>list();
    assertThat(all).filteredOn(each -> each.state() == State.STARTED).hasSize(1);
    assertThat(all)
        .filteredOn(each -> each.state() == State.IN_PROGRESS)
        .hasSize(49)
        .allMatch(each -> each.token() == 0 && each.owner().equals("ann"))
        .allMatch(each -> each.expires().compareTo(LEASE) <= 0);
  }

  @Test
  void givesTheAnswerToWhoeverAsksAgain() {
    Standing begun = begin("f");
    await(complete(SUBJECT, begun.token()));
    Standing again = begin("f");
    assertThat(again.state()).isEqualTo(State.COMPLETED);
    assertThat(again.answer()).contains(ANSWER);
    assertThat(again.expires()).isEqualTo(RETENTION);
    assertThat(await(store().find(SUBJECT))).contains(again);
    await(complete(SUBJECT, begun.token()));
  }

  @Test
  void keepsScopesApart() {
    await(complete(SUBJECT, begin("f").token()));
    assertThat(await(begin(new Subject("other", "key 17"), "f")).state()).isEqualTo(State.STARTED);
  }

  @Test
  void refusesAnotherRequestOfTheSameKey() {
    Standing begun = begin("f");
    assertThat(refused(begin(SUBJECT, "g"))).isEqualTo(FailureCode.MISMATCH);
    await(complete(SUBJECT, begun.token()));
    assertThat(refused(begin(SUBJECT, "g"))).isEqualTo(FailureCode.MISMATCH);
  }

  @Test
  void freesTheKeyOfWhoDies() {
    Standing dead = begin("f");
    letTimePass(LEASE.plusSeconds(1));
    eventually(() -> assertThat(await(store().find(SUBJECT))).isEmpty());
    Standing next = begin("g");
    assertThat(next.state()).isEqualTo(State.STARTED);
    assertThat(refused(complete(SUBJECT, dead.token()))).isEqualTo(FailureCode.FENCED);
    assertThat(refused(store().abort(new Held(SUBJECT, dead.token()), Guard.NONE)))
        .isEqualTo(FailureCode.FENCED);
    assertThat(refused(store().extend(new Held(SUBJECT, dead.token()))))
        .isEqualTo(FailureCode.FENCED);
    await(complete(SUBJECT, next.token()));
  }

  @Test
  void leavesTheKeyToWhoExtendsIt() {
    Standing begun = begin("f");
    for (int i = 0; i < 4; i++) {
      letTimePass(LEASE.dividedBy(2));
      assertThat(await(store().extend(new Held(SUBJECT, begun.token())))).isEqualTo(LEASE);
    }
    assertThat(begin("f").state()).isEqualTo(State.IN_PROGRESS);
    await(complete(SUBJECT, begun.token()));
  }

  @Test
  void anAnswerOutlivesTheLease() {
    await(complete(SUBJECT, begin("f").token()));
    letTimePass(LEASE.multipliedBy(2));
    assertThat(begin("f").state()).isEqualTo(State.COMPLETED);
  }

  @Test
  void letsSomebodyElseBeginAfterItWasGivenUp() {
    Held held = new Held(SUBJECT, begin("f").token());
    assertThat(await(store().abort(held, Guard.NONE))).isTrue();
    assertThat(await(store().abort(held, Guard.NONE))).isFalse();
    assertThat(begin("g").state()).isEqualTo(State.STARTED);
  }

  @Test
  void cannotBeGivenUpOnceItIsDone() {
    Held held = new Held(SUBJECT, begin("f").token());
    await(complete(SUBJECT, held.token()));
    assertThat(refused(store().abort(held, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void forgetsAnAnswerThatWasKeptLongEnough() {
    await(complete(SUBJECT, begin("f").token()));
    letTimePass(RETENTION.minusSeconds(1));
    assertThat(await(store().sweep(10))).isZero();
    assertThat(begin("f").state()).isEqualTo(State.COMPLETED);
    letTimePass(Duration.ofSeconds(1));
    assertThat(await(store().find(SUBJECT))).isEmpty();
    assertThat(await(store().sweep(10))).isEqualTo(1);
    assertThat(await(store().sweep(10))).isZero();
    assertThat(begin("g").state()).isEqualTo(State.STARTED);
  }

  @Test
  void beginsAnewOverAnAnswerThatIsNotYetSwept() {
    await(complete(SUBJECT, begin("f").token()));
    letTimePass(RETENTION);
    Standing next = begin("g");
    assertThat(next.state()).isEqualTo(State.STARTED);
    await(store().sweep(10));
    await(complete(SUBJECT, next.token()));
    assertThat(begin("g").state()).isEqualTo(State.COMPLETED);
  }

  @Test
  void beginsNothingMoreInAFullScopeUntilAnswersAreForgotten() {
    int kept = 0;
    while (kept < 100) {
      Subject subject = new Subject("orders", "k" + kept);
      Future<Standing> begun = begin(subject, "f");
      if (begun.transform(done -> Future.succeededFuture(done.failed())).await()) {
        break;
      }
      await(complete(subject, await(begun).token()));
      kept++;
    }
    assertThat(kept).isBetween(2, 20);
    assertThat(refused(begin(SUBJECT, "f"))).isEqualTo(FailureCode.LIMITED);
    Subject done = new Subject("orders", "k0");
    assertThat(await(begin(done, "f")).answer()).contains(ANSWER);
    assertThat(refused(begin(done, "g"))).isEqualTo(FailureCode.MISMATCH);
    assertThat(await(begin(new Subject("other", "k"), "f")).state()).isEqualTo(State.STARTED);
    letTimePass(RETENTION);
    assertThat(refused(begin(done, "f"))).isEqualTo(FailureCode.LIMITED);
    assertThat(await(store().sweep(1))).isEqualTo(1);
    assertThat(await(store().sweep(100))).isEqualTo(kept - 1);
    assertThat(begin("f").state()).isEqualTo(State.STARTED);
  }

  @Test
  void tellsARepeatedBeginningItsTokenAgain() {
    BeginWork request = new BeginWork(SUBJECT, "f", "ann", LEASE);
    Guard once = new Guard(Optional.empty(), "begin-1");
    Standing first = await(store().begin(request, once));
    assertThat(await(store().begin(request, once))).isEqualTo(first);
  }
}
