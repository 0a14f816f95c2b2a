package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Queued;
import io.vertebra.lock.LockStore.Several;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvLockStoreTest extends LockStoreContract {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();
  private final KvService kv = openKv();
  private static final LockOptions LASTING = new LockOptions(1_000, 1_000, Duration.ofMinutes(1));

  private final LockNode here = new LockNode(vertx, kv, "here", nanos::get, LASTING);

  private KvService openKv() {
    Kernel kernel = new Kernel(vertx, "n1", new TestClock(), new SimpleMeterRegistry(), List.of());
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle verticle = new KvVerticle(kernel, options, new InMemoryEngine(), nanos::get);
    String unused = await(vertx.deployVerticle(verticle));
    return verticle.service();
  }

  @Override
  LockStore store() {
    return here.store;
  }

  @Override
  void letTimePass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void getsAndGivesBackAFreeLockWithOneWriteEach() {
    long before = kv.status().revision();
    Holding holding = grant(ask("ann"));
    assertThat(holding.token()).isEqualTo(before + 1);
    assertThat(release(holding)).contains(0);
    assertThat(kv.status().revision()).isEqualTo(before + 2);
  }

  @Test
  void passesAContendedLockOnWithOneWrite() {
    Holding ann = grant(ask("ann"));
    Queued bob = queue("bob");
    eventually(() -> assertThat(here.queue.size()).isEqualTo(1));
    long before = kv.status().revision();
    eventually(() -> assertThat(await(here.store.inspect(name)).waiting()).isEqualTo(1));
    assertThat(release(ann)).contains(0);
    assertThat(await(bob.granted()).holding().token()).isEqualTo(before + 1);
    assertThat(kv.status().revision()).isEqualTo(before + 1);
  }

  @Test
  void servesWaitersOfSeveralNodesInOrder() {
    LockNode there = new LockNode(vertx, kv, "there", nanos::get, LASTING);
    Holding present = grant(ask("holder"));
    Queued first = queue("ann");
    Queued second = (Queued) await(there.store.acquire(ask("bob").waiting(WAIT), Guard.NONE));
    Queued third = queue("cid");
    assertThat(release(present)).contains(0);
    for (Queued next : List.of(first, second, third)) {
      Holding granted = await(next.granted()).holding();
      assertThat(release(granted)).contains(0);
    }
  }

  @Test
  void letsTheOthersGoOnWhenTheNodeOfAWaiterDies() {
    LockNode dying = new LockNode(vertx, kv, "dying", nanos::get);
    Holding present = grant(ask("holder"));
    Queued lost = (Queued) await(dying.store.acquire(ask("ann").waiting(WAIT), Guard.NONE));
    Queued next = queue("bob");
    dying.die();
    assertThat(release(present)).contains(0);
    letTimePass(LEASE);
    assertThat(await(next.granted()).holding().owner()).isEqualTo("bob");
    assertThat(lost.granted().succeeded()).isFalse();
    assertThat(await(store().inspect(name)).waiting()).isZero();
  }

  @Test
  void tellsThoseWhoLostTheirPlaces() {
    grant(AcquireLock.of(name, "holder", Duration.ofHours(1)));
    LockNode cutOff = new LockNode(vertx, kv, "cut-off", nanos::get);
    Queued lost = (Queued) await(cutOff.store.acquire(ask("ann").waiting(WAIT), Guard.NONE));
    long session = await(kv.leases()).get(0);
    List<Long> ids = await(kv.leases());
    for (long id : ids) {
      if (await(kv.lease(id)).ttl().equals(LockNode.OPTIONS.session())) {
        session = id;
      }
    }
    assertThat(await(kv.revoke(session))).isPositive();
    assertThat(refusal(lost.granted())).isEqualTo(FailureCode.UNAVAILABLE);
    Queued again = (Queued) await(cutOff.store.acquire(ask("ann").waiting(WAIT), Guard.NONE));
    assertThat(again.granted().isComplete()).isFalse();
  }

  @Test
  void aWriteUnderAnOvertakenHoldingIsRefused() {
    Bytes key = Bytes.utf8("register");
    Holding ann = grant(ask("ann"));
    Txn write = Txn.of(Op.put(key, Bytes.utf8("1"))).under(new Fence(name, ann.token()));
    assertThat(await(kv.txn(write)).succeeded()).isTrue();
    letTimePass(LEASE);
    eventually(() -> assertThat(grant(ask("bob")).owner()).isEqualTo("bob"));
    assertThat(refusal(kv.txn(write))).isEqualTo(FailureCode.FENCED);
  }

  @Test
  void isDoneUnderTheFenceOfAnotherLock() {
    Holding outer = grant(AcquireLock.of(name + "/outer", "ann", LEASE));
    Guard guard = new Guard(Optional.of(new Fence(name + "/outer", outer.token() - 1)), "");
    Failure failure = Failure.of(catchThrowable(() -> await(store().acquire(ask("ann"), guard))));
    assertThat(failure.code()).isEqualTo(FailureCode.FENCED);
    assertThat(await(store().inspect(name)).holders()).isEmpty();
  }

  @Test
  void givesTheSameAnswerToARequestThatIsSentAgain() {
    Guard once = new Guard(Optional.empty(), name);
    Granted first = (Granted) await(store().acquire(ask("ann"), once));
    assertThat(release(first.holding())).contains(0);
    Granted again = (Granted) await(store().acquire(ask("ann"), once));
    assertThat(again.holding().token()).isEqualTo(first.holding().token());
    assertThat(await(store().inspect(name)).holders()).isEmpty();

    Holding held = grant(ask("ann"));
    Guard release = new Guard(Optional.empty(), name + "/release");
    ReleaseLock request = ReleaseLock.of(name, "ann", held.token());
    assertThat(await(store().release(request, release))).contains(0);
    assertThat(await(store().release(request, release))).contains(0);
  }

  @Test
  void countsAReentrantRequestThatIsSentAgainOnce() {
    Holding held = grant(ask("ann").again());
    Guard once = new Guard(Optional.empty(), name);
    Granted first = (Granted) await(store().acquire(ask("ann").again(), once));
    Granted again = (Granted) await(store().acquire(ask("ann").again(), once));
    for (Granted each : List.of(first, again)) {
      assertThat(each.holding().token()).isEqualTo(held.token());
      assertThat(each.holding().holds()).isEqualTo(2);
    }
    assertThat(await(store().inspect(name)).holders())
        .singleElement()
        .satisfies(holder -> assertThat(holder.holds()).isEqualTo(2));
    assertThat(release(held)).contains(1);
    assertThat(release(held)).contains(0);
    assertThat(release(held)).isEmpty();
  }

  @Test
  void countsAReentrantRequestThatIsSentTwiceAtOnceOnce() {
    Holding held = grant(ask("ann").again());
    Guard once = new Guard(Optional.empty(), name);
    Future<LockStore.Attempt> first = store().acquire(ask("ann").again(), once);
    Future<LockStore.Attempt> second = store().acquire(ask("ann").again(), once);
    for (Future<LockStore.Attempt> each : List.of(first, second)) {
      assertThat(((Granted) await(each)).holding())
          .satisfies(it -> assertThat(it.holds()).isEqualTo(2));
    }
    assertThat(release(held)).contains(1);
  }

  @Test
  void tellsTheTokensAgainOfSeveralThatWerePartlyHeld() {
    AcquireLock one = AcquireLock.of(name + "/1", "ann", LEASE);
    AcquireLock two = AcquireLock.of(name + "/2", "ann", LEASE);
    Holding held = grant(two);
    Guard once = new Guard(Optional.empty(), name);
    Map<String, Long> tokens = Map.of(two.name(), held.token());
    Several first = await(store().acquireAll(List.of(one, two), tokens, once));
    long token = first.granted().get(0).holding().token();
    Several again = await(store().acquireAll(List.of(one, two), Map.of(), once));
    assertThat(again.granted())
        .extracting(each -> each.holding().token())
        .containsExactly(token, held.token());
  }

  @Test
  void readsANoteWithoutTokens() {
    Once once =
        Once.of(new Guard(Optional.empty(), name), "acquire", ask("ann").toJson()).orElseThrow();
    JsonObject note = new JsonObject().put("done", "GRANTED").put("left", 0);
    Bytes value = Bytes.utf8(note.put("request", once.request()).encode());
    long revision = await(kv.txn(Txn.of(Op.put(once.key(), value)))).revision();
    Guard guard = new Guard(Optional.empty(), name);
    Holding told = ((Granted) await(store().acquire(ask("ann"), guard))).holding();
    assertThat(told.token()).isEqualTo(revision);
    assertThat(told.holds()).isEqualTo(1);
  }

  @Test
  void keepsAPlaceWhileOneCallWaitsThere() {
    Holding present = grant(ask("holder"));
    Guard once = new Guard(Optional.empty(), name);
    Queued first = (Queued) await(store().acquire(ask("ann").waiting(WAIT), once));
    Queued again = (Queued) await(store().acquire(ask("ann").waiting(WAIT), once));
    assertThat(again.ticket()).isEqualTo(first.ticket());
    await(store().leave(first.ticket()));
    assertThat(release(present)).contains(0);
    Holding granted = await(again.granted()).holding();
    assertThat(await(store().inspect(name)).holders()).containsExactly(granted);
  }

  @Test
  void givesBackWhatWasGrantedToAPlaceOnceAllItsCallsLeft() {
    Holding present = grant(ask("holder"));
    Guard once = new Guard(Optional.empty(), name);
    Queued first = (Queued) await(store().acquire(ask("ann").waiting(WAIT), once));
    Queued again = (Queued) await(store().acquire(ask("ann").waiting(WAIT), once));
    assertThat(release(present)).contains(0);
    await(again.granted());
    await(store().leave(first.ticket()));
    assertThat(await(store().inspect(name)).holders()).hasSize(1);
    await(store().leave(again.ticket()));
    assertThat(await(store().inspect(name)).holders()).isEmpty();
  }

  @Test
  void leavesTheQueueOnceAllCallsOfAPlaceLeft() {
    Holding present = grant(ask("holder"));
    Guard once = new Guard(Optional.empty(), name);
    Queued first = (Queued) await(store().acquire(ask("ann").waiting(WAIT), once));
    Queued again = (Queued) await(store().acquire(ask("ann").waiting(WAIT), once));
    await(store().leave(first.ticket()));
    assertThat(await(store().inspect(name)).waiting()).isEqualTo(1);
    await(store().leave(again.ticket()));
    assertThat(await(store().inspect(name)).waiting()).isZero();
    assertThat(here.queue.size()).isZero();
    assertThat(release(present)).contains(0);
  }

  @Test
  void refusesToQueueMoreThanTheLimits() {
    LockNode small =
        new LockNode(
            vertx, kv, "small", nanos::get, new LockOptions(10, 1, Duration.ofSeconds(10)));
    grant(ask("holder"));
    Queued first = (Queued) await(small.store.acquire(ask("ann").waiting(WAIT), Guard.NONE));
    assertThat(refusal(small.store.acquire(ask("bob").waiting(WAIT), Guard.NONE)))
        .isEqualTo(FailureCode.LIMITED);
    await(small.store.leave(first.ticket()));
    assertThat(await(small.store.acquire(ask("bob").waiting(WAIT), Guard.NONE)))
        .isInstanceOf(Queued.class);
  }

  @Test
  void keepsNothingOfLocksThatNobodyHolds() {
    Holding shared = grant(ask("ann").on(Terms.SHARED));
    assertThat(release(shared)).contains(0);
    Holding alone = grant(ask("ann"));
    assertThat(release(alone)).contains(0);
    assertThat(kv.status().keys()).isZero();
    assertThat(await(kv.leases())).isEmpty();
  }
}
