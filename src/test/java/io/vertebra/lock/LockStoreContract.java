package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertebra.lock.LockStore.Attempt;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Queued;
import io.vertebra.lock.LockStore.Refused;
import io.vertebra.lock.LockStore.Several;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every store of locks does. Names differ from test to test, so that a store may be shared.
 */
abstract class LockStoreContract {
  static final Duration LEASE = Duration.ofSeconds(10);
  static final Duration WAIT = Duration.ofMinutes(1);
  private static int names;

  final String name = "contract/" + getClass().getSimpleName() + "/" + ++names;

  /** The store of one node. */
  abstract LockStore store();

  /** Waits or moves the clock so that leases of this length have ended. */
  abstract void letTimePass(Duration time);

  final AcquireLock ask(String owner) {
    return AcquireLock.of(name, owner, LEASE);
  }

  final Attempt acquire(AcquireLock request) {
    return await(store().acquire(request, Guard.NONE));
  }

  final Holding grant(AcquireLock request) {
    Attempt attempt = acquire(request);
    assertThat(attempt).isInstanceOf(Granted.class);
    return ((Granted) attempt).holding();
  }

  final Queued queue(String owner) {
    return queue(ask(owner));
  }

  final Queued queue(AcquireLock request) {
    Attempt attempt = acquire(request.waiting(WAIT));
    assertThat(attempt).isInstanceOf(Queued.class);
    return (Queued) attempt;
  }

  final Optional<Integer> release(Holding holding) {
    return await(
        store()
            .release(ReleaseLock.of(holding.name(), holding.owner(), holding.token()), Guard.NONE));
  }

  static FailureCode refusal(Future<?> future) {
    return Failure.of(catchThrowable(() -> await(future))).code();
  }

  @Test
  void grantsAFreeLockForTheTimeOfItsLeaseAtMost() {
    Granted granted = (Granted) acquire(ask("ann").telling("host-1"));
    assertThat(granted.safe()).isPositive().isLessThanOrEqualTo(LEASE);
    assertThat(granted.holding().token()).isPositive();
    LockState state = await(store().inspect(name));
    assertThat(state.holders()).singleElement().isEqualTo(granted.holding());
    assertThat(granted.holding().data()).isEqualTo("host-1");
  }

  @Test
  void refusesAHeldLockAndTellsTheHolder() {
    Holding ann = grant(ask("ann"));
    Refused refused = (Refused) acquire(ask("bob"));
    assertThat(refused.holder()).contains(ann);
    assertThat(refused.remaining()).hasValueSatisfying(left -> assertThat(left).isPositive());
  }

  @Test
  void givesTokensThatGrowAcrossReleaseAndExpiry() {
    List<Long> tokens = new ArrayList<>();
    Holding first = grant(ask("ann"));
    tokens.add(first.token());
    assertThat(release(first)).contains(0);
    tokens.add(grant(ask("ann")).token());
    letTimePass(LEASE);
    eventually(() -> tokens.add(grant(ask("bob")).token()));
    assertThat(tokens).isSorted().doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void renewsForTheOwnerWhoAsksAgain() {
    Holding first = grant(ask("ann"));
    Holding again = grant(ask("ann"));
    assertThat(again).isEqualTo(first);
    assertThat(release(first)).contains(0);
    assertThat(await(store().inspect(name)).holders()).isEmpty();
  }

  @Test
  void countsHowOftenAReentrantOwnerHoldsIt() {
    Holding first = grant(ask("ann").again());
    Holding second = grant(ask("ann").again());
    assertThat(second.token()).isEqualTo(first.token());
    assertThat(second.holds()).isEqualTo(2);
    assertThat(release(second)).contains(1);
    assertThat(acquire(ask("bob"))).isInstanceOf(Refused.class);
    assertThat(release(second)).contains(0);
    assertThat(grant(ask("bob")).owner()).isEqualTo("bob");
  }

  @Test
  void releasingTwiceIsNoErrorAndReleasingForAnotherIs() {
    Holding ann = grant(ask("ann"));
    assertThat(release(ann)).contains(0);
    assertThat(release(ann)).isEmpty();
    Holding bob = grant(ask("bob"));
    assertThat(release(ann)).as("a token of the past").isEmpty();
    ReleaseLock foreign = new ReleaseLock(name, "ann", OptionalLong.empty());
    assertThat(refusal(store().release(foreign, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store().inspect(name)).holders()).containsExactly(bob);
  }

  @Test
  void renewsALeaseWhileItIsHeldAndNotAfter() {
    Holding ann = grant(ask("ann"));
    for (int i = 0; i < 3; i++) {
      letTimePass(LEASE.multipliedBy(7).dividedBy(10));
      Granted renewed = await(store().renew(RenewLock.of(name, "ann", ann.token()), Guard.NONE));
      assertThat(renewed.holding()).isEqualTo(ann);
    }
    letTimePass(LEASE);
    eventually(() -> assertThat(await(store().inspect(name)).holders()).isEmpty());
    assertThat(refusal(store().renew(RenewLock.of(name, "ann", ann.token()), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(refusal(store().renew(RenewLock.of(name, "bob", 1), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void changesTheLengthOfALeaseAndTheText() {
    Holding ann = grant(ask("ann"));
    Duration longer = LEASE.multipliedBy(3);
    RenewLock request =
        new RenewLock(
            name, "ann", OptionalLong.of(ann.token()), Optional.of(longer), Optional.of("hi"));
    Holding renewed = await(store().renew(request, Guard.NONE)).holding();
    assertThat(renewed).isEqualTo(ann.renewed(longer, "hi"));
    letTimePass(LEASE.multipliedBy(2));
    assertThat(await(store().inspect(name)).holders()).containsExactly(renewed);
    assertThat(release(renewed)).contains(0);
    assertThat(await(store().inspect(name)).holders()).isEmpty();
  }

  @Test
  void servesThoseWhoWaitInTheOrderOfAsking() {
    Holding present = grant(ask("holder"));
    List<Queued> queue = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      queue.add(queue("waiter" + i));
    }
    for (Queued next : queue) {
      assertThat(next.granted().isComplete()).isFalse();
      assertThat(release(present)).contains(0);
      Holding granted = await(next.granted()).holding();
      assertThat(granted.token()).isGreaterThan(present.token());
      assertThat(granted.owner()).isEqualTo(next.ticket().owner());
      present = granted;
    }
  }

  @Test
  void aWaiterBehindAFreeLockIsNotOvertaken() {
    Holding present = grant(ask("holder"));
    Queued waiting = queue("ann");
    assertThat(release(present)).contains(0);
    assertThat(acquire(ask("bob"))).isInstanceOf(Refused.class);
    assertThat(await(waiting.granted()).holding().owner()).isEqualTo("ann");
  }

  @Test
  void servesTheNextOneWhenALeaseEnds() {
    Holding present = grant(ask("holder"));
    Queued waiting = queue("ann");
    letTimePass(LEASE);
    assertThat(await(waiting.granted()).holding().token()).isGreaterThan(present.token());
  }

  @Test
  void whoLeavesMovesTheOthersUp() {
    Holding present = grant(ask("holder"));
    Queued first = queue("ann");
    Queued second = queue("bob");
    eventually(
        () ->
            assertThat(await(store().inspect(name)).waiters())
                .extracting(LockState.Waiter::owner, LockState.Waiter::position)
                .containsExactly(
                    org.assertj.core.groups.Tuple.tuple("ann", 1),
                    org.assertj.core.groups.Tuple.tuple("bob", 2)));
    await(store().leave(first.ticket()));
    await(store().leave(first.ticket()));
    assertThat(await(store().inspect(name)).waiters())
        .extracting(LockState.Waiter::owner)
        .containsExactly("bob");
    assertThat(release(present)).contains(0);
    assertThat(await(second.granted()).holding().owner()).isEqualTo("bob");
  }

  @Test
  void whoLeavesAfterItWasServedGivesBack() {
    Holding present = grant(ask("holder"));
    Queued first = queue("ann");
    Queued second = queue("bob");
    assertThat(release(present)).contains(0);
    await(store().leave(first.ticket()));
    assertThat(await(second.granted()).holding().owner()).isEqualTo("bob");
  }

  @Test
  void letsReadersShareAndAWriterWaitOnlyForThoseBefore() {
    Holding one = grant(ask("r1").on(Terms.SHARED));
    Holding two = grant(ask("r2").on(Terms.SHARED));
    Queued writer = queue(ask("w"));
    Queued late = queue(ask("r3").on(Terms.SHARED));
    Queued later = queue(ask("r4").on(Terms.SHARED));
    assertThat(release(one)).contains(0);
    assertThat(writer.granted().isComplete()).isFalse();
    assertThat(release(two)).contains(0);
    Holding writing = await(writer.granted()).holding();
    assertThat(late.granted().isComplete()).isFalse();
    assertThat(release(writing)).contains(0);
    Set<Long> tokens =
        Set.of(await(late.granted()).holding().token(), await(later.granted()).holding().token());
    assertThat(tokens).hasSize(2).allMatch(token -> token > writing.token());
    assertThat(await(store().inspect(name)).holders()).hasSize(2);
  }

  @Test
  void neverGivesMorePermitsThanThereAre() {
    Holding two = grant(ask("a").on(Terms.permits(2, 3)));
    Holding one = grant(ask("b").on(Terms.permits(1, 3)));
    assertThat(acquire(ask("c").on(Terms.permits(1, 3)))).isInstanceOf(Refused.class);
    Queued wide = queue(ask("d").on(Terms.permits(3, 3)));
    Queued narrow = queue(ask("e").on(Terms.permits(1, 3)));
    assertThat(release(two)).contains(0);
    assertThat(wide.granted().isComplete()).isFalse();
    assertThat(narrow.granted().isComplete()).as("behind who came before").isFalse();
    assertThat(release(one)).contains(0);
    Holding all = await(wide.granted()).holding();
    assertThat(narrow.granted().isComplete()).isFalse();
    assertThat(release(all)).contains(0);
    assertThat(await(narrow.granted()).holding().owner()).isEqualTo("e");
  }

  @Test
  void eachPermitEndsWithItsOwnLease() {
    Holding brief = grant(ask("a").on(Terms.permits(1, 2)));
    Duration longer = LEASE.multipliedBy(5);
    AcquireLock lasting = AcquireLock.of(name, "b", longer).on(Terms.permits(1, 2));
    Holding kept = grant(lasting);
    letTimePass(LEASE);
    eventually(() -> assertThat(await(store().inspect(name)).holders()).containsExactly(kept));
    assertThat(grant(ask("c").on(Terms.permits(1, 2))).token()).isGreaterThan(brief.token());
  }

  @Test
  void keepsTheTermsOfWhoeverHoldsIt() {
    grant(ask("a").on(Terms.permits(1, 3)));
    for (Terms other : List.of(Terms.permits(1, 4), Terms.EXCLUSIVE, Terms.SHARED)) {
      assertThat(refusal(store().acquire(ask("b").on(other), Guard.NONE)))
          .isEqualTo(FailureCode.CONFLICT);
      assertThat(refusal(store().acquire(ask("b").on(other).waiting(WAIT), Guard.NONE)))
          .isEqualTo(FailureCode.CONFLICT);
    }
    assertThat(await(store().inspect(name)).waiting()).isZero();
  }

  @Test
  void doesNotLetAnOwnerWaitForItself() {
    grant(ask("a").on(Terms.SHARED));
    assertThat(refusal(store().acquire(ask("a").waiting(WAIT), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store().inspect(name)).waiting()).isZero();
  }

  @Test
  void grantsAllOfSeveralOrNone() {
    List<AcquireLock> all =
        List.of(
            AcquireLock.of(name + "/1", "ann", LEASE), AcquireLock.of(name + "/2", "ann", LEASE));
    Holding second = grant(AcquireLock.of(name + "/2", "bob", LEASE));
    Several refused = await(store().acquireAll(all, Map.of(), Guard.NONE));
    assertThat(refused.granted()).isEmpty();
    assertThat(refused.refused()).map(Refused::name).contains(name + "/2");
    assertThat(await(store().inspect(name + "/1")).holders()).isEmpty();
    assertThat(release(second)).contains(0);
    Several granted = await(store().acquireAll(all, Map.of(), Guard.NONE));
    assertThat(granted.granted())
        .extracting(g -> g.holding().name())
        .containsExactly(name + "/1", name + "/2");
    assertThat(granted.refused()).isEmpty();
  }

  @Test
  void grantsTheRestToWhoHoldsOneOfSeveral() {
    AcquireLock first = AcquireLock.of(name + "/1", "ann", LEASE);
    AcquireLock second = AcquireLock.of(name + "/2", "ann", LEASE);
    Holding held = grant(second);
    Several granted =
        await(
            store()
                .acquireAll(List.of(first, second), Map.of(name + "/2", held.token()), Guard.NONE));
    assertThat(granted.granted()).extracting(g -> g.holding().name()).containsExactly(name + "/1");
  }

  @Test
  void listsTheNamesThatAreHeldInOrder() {
    for (String each : List.of("c", "a", "b")) {
      grant(AcquireLock.of(name + "/" + each, "ann", LEASE));
    }
    grant(AcquireLock.of(name + "/b2", "bob", LEASE).on(Terms.SHARED));
    grant(AcquireLock.of(name + "/b2", "ann", LEASE).on(Terms.SHARED));
    List<LockState> first = await(store().list(name + "/", "", 2));
    assertThat(first).extracting(LockState::name).containsExactly(name + "/a", name + "/b");
    List<LockState> rest = await(store().list(name + "/", name + "/b", 10));
    assertThat(rest).extracting(LockState::name).containsExactly(name + "/b2", name + "/c");
    assertThat(rest.get(0).holders()).hasSize(2);
  }

  @Test
  void tellsWhatHappensInOrder() {
    LockService.Watch watch = await(store().watch(name, false, 0));
    Holding ann = grant(ask("ann"));
    Queued bob = queue("bob");
    assertThat(release(ann)).contains(0);
    Holding next = await(bob.granted()).holding();
    letTimePass(LEASE);
    List<String> told = new ArrayList<>();
    while (told.size() < 5) {
      await(watch.next())
          .events()
          .forEach(event -> told.add(event.type() + " " + event.owner() + " " + event.token()));
    }
    watch.close();
    assertThat(told)
        .containsExactly(
            "ACQUIRED ann " + ann.token(),
            "WAITING bob " + bob.ticket().number(),
            "RELEASED ann " + ann.token(),
            "ACQUIRED bob " + next.token(),
            "EXPIRED bob " + next.token());
  }
}
