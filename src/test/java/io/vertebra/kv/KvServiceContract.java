package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every store does, whatever engine is below it. */
public abstract class KvServiceContract {
  private static final Bytes A = Bytes.utf8("contract/a");
  private static final Bytes B = Bytes.utf8("contract/b");
  private static final Bytes C = Bytes.utf8("contract/c");
  private static final KeyRange ALL = KeyRange.prefix(Bytes.utf8("contract/"));
  private static final Bytes ONE = Bytes.utf8("1");
  private static final Bytes TWO = Bytes.utf8("2");

  /** An empty store, or one whose keys below {@code contract/} are removed. */
  protected abstract KvService kv();

  /** Waits or moves the clock so that leases of this age have ended. */
  protected abstract void letTimePass(Duration time);

  @Test
  void aKeyThatWasNeverWrittenIsAbsent() {
    assertThat(await(kv().get(A))).isEmpty();
  }

  @Test
  void aWrittenKeyIsReadWithItsRevisions() {
    long first = await(kv().put(A, ONE)).revision();
    long second = await(kv().put(A, TWO)).revision();

    KvEntry entry = await(kv().get(A)).orElseThrow();

    assertThat(second).isGreaterThan(first);
    assertThat(entry).isEqualTo(new KvEntry(A, TWO, first, second, 2, 0));
  }

  @Test
  void aRemovedKeyIsAbsentAndBeginsAnew() {
    await(kv().put(A, ONE));
    await(kv().delete(A));
    assertThat(await(kv().get(A))).isEmpty();

    long revision = await(kv().put(A, TWO)).revision();

    assertThat(await(kv().get(A))).contains(new KvEntry(A, TWO, revision, revision, 1, 0));
  }

  @Test
  void removingWhatIsNotThereKeepsTheRevision() {
    long before = await(kv().put(A, ONE)).revision();

    TxnResult result = await(kv().delete(B));

    assertThat(result.results()).containsExactly(new OpResult.Delete(0, List.of()));
    assertThat(result.revision()).isEqualTo(before);
  }

  @Test
  void aRangeIsOrderedLimitedAndCounted() {
    await(kv().txn(Txn.of(Op.put(C, ONE), Op.put(A, ONE), Op.put(B, ONE))));

    RangeResult two = await(kv().range(RangeRequest.all(ALL).limited(2)));
    RangeResult counted = await(kv().range(new RangeRequest(ALL, 1, 0, true, true, false, false)));

    assertThat(two.entries()).extracting(KvEntry::key).containsExactly(A, B);
    assertThat(two.more()).isTrue();
    assertThat(counted.count()).isEqualTo(3);
    assertThat(counted.entries()).extracting(KvEntry::value).containsExactly(Bytes.EMPTY);
  }

  @Test
  void aRangeFromAKeyToAnotherLeavesTheLastOut() {
    await(kv().txn(Txn.of(Op.put(A, ONE), Op.put(B, ONE), Op.put(C, ONE))));

    RangeResult result = await(kv().range(RangeRequest.all(new KeyRange(A, C))));

    assertThat(result.entries()).extracting(KvEntry::key).containsExactly(A, B);
  }

  @Test
  void aFormerRevisionCanBeReadUntilItIsCompacted() {
    long first = await(kv().put(A, ONE)).revision();
    long second = await(kv().put(A, TWO)).revision();

    RangeResult then = await(kv().range(RangeRequest.one(A).at(first)));
    assertThat(then.first()).map(KvEntry::value).contains(ONE);

    await(kv().compact(second));
    fails(FailureCode.COMPACTED, kv().range(RangeRequest.one(A).at(first)));
    assertThat(await(kv().get(A))).map(KvEntry::value).contains(TWO);
    fails(FailureCode.COMPACTED, kv().compact(first));
  }

  @Test
  void aRevisionToComeCannotBeRead() {
    long present = await(kv().put(A, ONE)).revision();

    fails(FailureCode.INVALID, kv().range(RangeRequest.one(A).at(present + 1_000_000)));
  }

  @Test
  void aTransactionTakesOneOfTwoWaysAtOneRevision() {
    TxnResult created =
        await(kv().txn(Txn.when(Compare.absent(A), Op.put(A, ONE), Op.put(B, ONE))));
    TxnResult refused =
        await(
            kv().txn(Txn.when(Compare.absent(A), Op.put(A, TWO)).otherwise(Op.get(A), Op.get(B))));

    assertThat(created.succeeded()).isTrue();
    assertThat(refused.succeeded()).isFalse();
    assertThat(refused.revision()).isEqualTo(created.revision());
    assertThat(refused.results())
        .extracting(result -> ((OpResult.Get) result).result().first().orElseThrow().modRevision())
        .containsExactly(created.revision(), created.revision());
  }

  @Test
  void addsOfManyAtOnceAreAllCountedAndEachLearnsItsSum() {
    List<Future<TxnResult>> adds =
        IntStream.range(0, 100).mapToObj(i -> kv().txn(Txn.of(Op.add(A, 2)))).toList();

    assertThat(await(Future.all(adds)).<TxnResult>list())
        .extracting(result -> ((OpResult.Add) result.results().get(0)).value())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 100).mapToObj(i -> 2L * i).toList());
    assertThat(await(kv().get(A))).map(KvEntry::value).contains(Numbers.of(200));
  }

  @Test
  void anAddThatIsRefusedUndoesItsTransaction() {
    await(kv().put(A, Numbers.of(Long.MAX_VALUE)));
    await(kv().put(B, Bytes.utf8("text")));

    fails(FailureCode.CONFLICT, kv().txn(Txn.of(Op.put(C, ONE), Op.add(A, 1))));
    fails(FailureCode.CONFLICT, kv().txn(Txn.of(Op.put(C, ONE), Op.add(B, 1))));
    fails(FailureCode.CONFLICT, kv().txn(Txn.of(Op.put(C, ONE), new Op.Add(A, -1, 0, 9))));

    assertThat(await(kv().get(C))).isEmpty();
    assertThat(await(kv().txn(Txn.of(Op.add(A, -1)))).succeeded()).isTrue();
  }

  @Test
  void everyTargetCanBeCompared() {
    long revision = await(kv().put(A, ONE)).revision();

    List<Compare> hold =
        List.of(
            Compare.exists(A),
            Compare.modifiedAt(A, revision),
            Compare.number(A, Compare.Target.CREATE_REVISION, Compare.Relation.EQUAL, revision),
            Compare.number(A, Compare.Target.VERSION, Compare.Relation.LESS, 2),
            Compare.number(A, Compare.Target.LEASE, Compare.Relation.EQUAL, 0),
            Compare.value(A, Compare.Relation.NOT_EQUAL, TWO),
            Compare.value(A, Compare.Relation.LESS, TWO));

    for (Compare compare : hold) {
      assertThat(await(kv().txn(Txn.when(compare))).succeeded()).as("%s", compare).isTrue();
    }
    assertThat(await(kv().txn(Txn.when(Compare.value(B, Compare.Relation.LESS, ONE)))).succeeded())
        .isFalse();
  }

  @Test
  void previousEntriesAreAnsweredOnRequest() {
    await(kv().put(A, ONE));

    TxnResult put = await(kv().txn(Txn.of(new Op.Put(A, TWO, 0, true, false, false))));
    TxnResult delete = await(kv().txn(Txn.of(new Op.Delete(ALL, true))));

    assertThat(((OpResult.Put) put.results().get(0)).previous()).map(KvEntry::value).contains(ONE);
    assertThat(((OpResult.Delete) delete.results().get(0)).previous())
        .extracting(KvEntry::value)
        .containsExactly(TWO);
  }

  @Test
  void aTransactionOfTheSameKeyIsDoneOnce() {
    Txn append = Txn.of(Op.put(A, ONE)).once("contract-" + System.nanoTime());

    TxnResult first = await(kv().txn(append));
    await(kv().put(A, TWO));
    TxnResult again = await(kv().txn(append));

    assertThat(first.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(again.revision()).isEqualTo(first.revision());
    assertThat(await(kv().get(A))).map(KvEntry::value).contains(TWO);
    fails(FailureCode.MISMATCH, kv().txn(Txn.of(Op.put(A, TWO)).once(append.idempotencyKey())));
  }

  @Test
  void aTransactionThatWasRefusedIsDoneAnew() {
    Txn change =
        Txn.when(Compare.exists(A), Op.put(A, TWO))
            .otherwise(Op.get(A), new Op.Choice(List.of(), List.of(Op.get(B)), List.of()))
            .once("contract-" + System.nanoTime());
    TxnResult refused = await(kv().txn(change));
    await(kv().put(A, ONE));
    TxnResult done = await(kv().txn(change));
    await(kv().put(A, ONE));
    TxnResult again = await(kv().txn(change));

    assertThat(refused.succeeded()).isFalse();
    assertThat(done.succeeded()).isTrue();
    assertThat(done.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(await(kv().get(A))).map(KvEntry::value).contains(ONE);
  }

  @Test
  void whatIsDoneOtherwiseIsDoneOnce() {
    Txn append =
        Txn.when(Compare.exists(A), Op.put(A, TWO))
            .otherwise(Op.put(A, ONE))
            .once("contract-" + System.nanoTime());
    TxnResult first = await(kv().txn(append));
    TxnResult again = await(kv().txn(append));

    assertThat(first.succeeded()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(await(kv().get(A))).map(KvEntry::value).contains(ONE);
  }

  @Test
  void aWriteUnderAnOvertakenFenceIsRefused() {
    String lock = "lock-" + System.nanoTime();
    long first = token(lock);
    await(kv().txn(Txn.of(Op.put(A, ONE)).under(new Fence(lock, first))));
    long second = token(lock);

    fails(FailureCode.FENCED, kv().txn(Txn.of(Op.put(A, TWO)).under(new Fence(lock, first))));

    assertThat(await(kv().get(A))).map(KvEntry::value).contains(ONE);
    await(kv().txn(Txn.of(Op.put(A, TWO)).under(new Fence(lock, second))));
    assertThat(await(kv().get(A))).map(KvEntry::value).contains(TWO);
  }

  @Test
  void aLeaseEndsWithItsKeysWhenItIsNotKeptAlive() {
    Lease lease = await(kv().grant(new GrantLease(0, Duration.ofSeconds(1))));
    await(kv().txn(Txn.of(Op.put(A, ONE, lease.id()), Op.put(B, ONE))));
    assertThat(await(kv().lease(lease.id())).keys()).containsExactly(A);

    letTimePass(Duration.ofSeconds(2));

    eventually(() -> assertThat(await(kv().get(A))).isEmpty());
    assertThat(await(kv().get(B))).isPresent();
    fails(FailureCode.NOT_FOUND, kv().keepAlive(lease.id()));
    fails(FailureCode.NOT_FOUND, kv().lease(lease.id()));
  }

  @Test
  void aLeaseKeptAliveGoesOn() {
    Lease lease = await(kv().grant(new GrantLease(0, Duration.ofSeconds(2))));
    await(kv().txn(Txn.of(Op.put(A, ONE, lease.id()))));

    for (int i = 0; i < 5; i++) {
      letTimePass(Duration.ofSeconds(1));
      Lease alive = await(kv().keepAlive(lease.id()));
      assertThat(alive.remaining()).isGreaterThan(Duration.ofMillis(1500));
    }

    assertThat(await(kv().get(A))).isPresent();
  }

  @Test
  void aRevokedLeaseTakesItsKeysAlong() {
    Lease lease = await(kv().grant(new GrantLease(0, Duration.ofMinutes(1))));
    await(kv().txn(Txn.of(Op.put(A, ONE, lease.id()))));
    assertThat(await(kv().leases())).contains(lease.id());

    await(kv().revoke(lease.id()));

    assertThat(await(kv().get(A))).isEmpty();
    assertThat(await(kv().leases())).doesNotContain(lease.id());
    fails(FailureCode.NOT_FOUND, kv().revoke(lease.id()));
  }

  @Test
  void aLeaseOfATakenIdIsRefused() {
    Lease lease = await(kv().grant(new GrantLease(0, Duration.ofMinutes(1))));

    fails(FailureCode.CONFLICT, kv().grant(new GrantLease(lease.id(), Duration.ofMinutes(1))));
    await(kv().revoke(lease.id()));
  }

  @Test
  void aKeyOfAnUnknownLeaseIsRefused() {
    fails(FailureCode.NOT_FOUND, kv().txn(Txn.of(Op.put(A, ONE, 4711))));
    assertThat(await(kv().get(A))).isEmpty();
  }

  @Test
  void aWatchTellsEveryChangeOnceAndInOrder() {
    long from = await(kv().put(A, ONE)).revision();
    KvWatch watch = await(kv().watch(new WatchRequest(ALL, from, true, Duration.ZERO)));
    await(kv().put(A, TWO));
    await(kv().txn(Txn.of(Op.put(B, ONE), Op.delete(A))));
    await(kv().put(Bytes.utf8("elsewhere"), ONE));
    await(kv().put(C, ONE));

    List<String> told = new ArrayList<>();
    while (told.size() < 5) {
      for (KvEvent event : await(watch.next()).events()) {
        String before = event.previous().map(KvEntry::value).map(Bytes::toString).orElse("-");
        told.add(event.type() + " " + event.entry().key() + " " + before);
      }
    }

    assertThat(told)
        .containsExactly(
            "PUT contract/a " + told.get(0).charAt(told.get(0).length() - 1),
            "PUT contract/a 1",
            "PUT contract/b -",
            "DELETE contract/a 2",
            "PUT contract/c -");
    watch.close();
  }

  @Test
  void aWatchFromNowOnTellsWhatComes() {
    await(kv().put(A, ONE));
    KvWatch watch = await(kv().watch(new WatchRequest(ALL, 0, false, Duration.ZERO)));
    Future<WatchBatch> next = watch.next();

    long revision = await(kv().put(A, TWO)).revision();

    WatchBatch batch = await(next);
    assertThat(batch.events())
        .extracting(KvEvent::entry)
        .extracting(KvEntry::value)
        .containsExactly(TWO);
    assertThat(batch.revision()).isEqualTo(revision);
    watch.close();
  }

  @Test
  void aWatchOfWhatIsCompactedFails() {
    long first = await(kv().put(A, ONE)).revision();
    await(kv().put(A, TWO));
    long last = await(kv().put(A, ONE)).revision();
    await(kv().compact(last));
    await(kv().get(A)); // after which this member knows of it too

    fails(
        FailureCode.COMPACTED,
        kv().watch(new WatchRequest(ALL, first, false, Duration.ZERO)).compose(KvWatch::next));
  }

  @Test
  void appendedKeysFollowEachOther() {
    Bytes first = appended("one");
    Bytes second = appended("two");

    assertThat(first).isLessThan(second);
    assertThat(await(kv().get(second)).orElseThrow().value()).isEqualTo(Bytes.utf8("two"));
  }

  private Bytes appended(String value) {
    Op append = new Op.Append(Bytes.utf8("contract/queue/"), Bytes.utf8(value), 0);
    return ((OpResult.Append) await(kv().txn(Txn.of(append))).results().get(0)).key();
  }

  @Test
  void aTransactionGrantsALeaseForWhatItWrites() {
    TxnResult granted = await(kv().txn(Txn.of(new Op.Grant(71, 2_000), Op.put(A, ONE, 71))));

    assertThat(granted.succeeded()).isTrue();
    assertThat(await(kv().keepAlive(71)).ttl()).isEqualTo(Duration.ofSeconds(2));
    letTimePass(Duration.ofSeconds(3));
    eventually(() -> assertThat(await(kv().get(A))).isEmpty());
    fails(FailureCode.NOT_FOUND, kv().keepAlive(71));
  }

  @Test
  void aTransactionEndsALeaseWithItsKeysAndTellsSo() {
    await(kv().txn(Txn.of(new Op.Grant(72, 60_000), Op.put(A, ONE, 72), Op.put(B, ONE, 72))));
    KvWatch watch = await(kv().watch(new WatchRequest(ALL, 0, false, Duration.ZERO)));

    TxnResult ended = await(kv().txn(Txn.of(Op.delete(A), new Op.Revoke(72))));

    assertThat(ended.results().get(1)).isEqualTo(new OpResult.Revoke(true));
    assertThat(await(watch.next()).events())
        .extracting(event -> event.entry().key() + " " + event.entry().lease())
        .containsExactly(A + " 0", B + " 72");
    TxnResult again = await(kv().txn(Txn.of(new Op.Revoke(72))));
    assertThat(again.results()).containsExactly(new OpResult.Revoke(false));
    watch.close();
  }

  @Test
  void allOfARangeIsOfOneRevisionHoweverManyAnswersItTakes() {
    Bytes large = Bytes.wrap(new byte[400_000]);
    for (int i = 10; i < 40; i++) {
      await(kv().put(Bytes.utf8("contract/m" + i), large));
    }
    Bytes first = Bytes.utf8("contract/a");
    Bytes last = Bytes.utf8("contract/z");
    for (int round = 0; round < 5; round++) {
      Future<RangeResult> all = kv().all(ALL);
      List<Future<TxnResult>> writes =
          IntStream.range(0, 300)
              .mapToObj(i -> Bytes.utf8("" + i))
              .map(value -> kv().txn(Txn.of(Op.put(first, value), Op.put(last, value))))
              .toList();
      await(Future.all(writes));
      List<KvEntry> entries = await(all).entries();
      assertThat(entries).hasSizeGreaterThanOrEqualTo(30);
      assertThat(entries.get(0).key().equals(first))
          .isEqualTo(entries.get(entries.size() - 1).key().equals(last));
      if (entries.size() == 32) {
        assertThat(entries.get(0).value()).isEqualTo(entries.get(31).value());
      }
      long revision = await(all).revision();
      assertThat(entries).allMatch(entry -> entry.modRevision() <= revision);
    }
  }

  @Test
  void manyWritesAtOnceAreAllThere() {
    List<Future<TxnResult>> writes =
        IntStream.range(0, 3_000)
            .mapToObj(i -> kv().put(Bytes.utf8("contract/many/" + i), Bytes.utf8("" + i)))
            .toList();

    await(Future.all(writes));

    RangeRequest count =
        new RangeRequest(
            KeyRange.prefix(Bytes.utf8("contract/many/")), 1, 0, true, true, true, false);
    assertThat(await(kv().range(count)).count()).isEqualTo(3_000);
    assertThat(writes.stream().map(w -> w.result().revision()).distinct()).hasSize(3_000);
  }

  private long token(String lock) {
    TxnResult result = await(kv().txn(Txn.of(new Op.Overtake(lock, 0))));
    return ((OpResult.Overtake) result.results().get(0)).token();
  }

  private static void fails(FailureCode code, Future<?> future) {
    ThrowingCallable waiting = () -> await(future);
    assertThatThrownBy(waiting)
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  /** Removes what an earlier test left. */
  protected static void clear(KvService kv) {
    await(kv.txn(Txn.of(new Op.Delete(ALL, false))));
    Optional<KvEntry> unused = await(kv.get(A));
  }
}
