package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WatchHubTest {
  private static final KeyRange A = KeyRange.prefix(Bytes.utf8("a"));

  private final KvReplica replica = Proposals.replica();
  private final Proposals proposals = new Proposals(replica);
  private final WatchHub hub = replica.watches();

  private static WatchRequest from(KeyRange range, long revision) {
    return new WatchRequest(range, revision, false, Duration.ZERO);
  }

  private static CompletableFuture<WatchBatch> next(Cursor cursor) {
    return cursor.next().toCompletableFuture();
  }

  private void put(String key) {
    proposals.send(Proposals.put(key, "value"));
  }

  private static List<Long> revisions(WatchBatch batch) {
    return batch.events().stream().map(event -> event.entry().modRevision()).toList();
  }

  private static void assertFails(CompletableFuture<WatchBatch> next, FailureCode code) {
    assertThat(next).isCompletedExceptionally();
    assertThat(next.handle((batch, failure) -> ((Failure) failure).code()).join()).isEqualTo(code);
  }

  @Test
  void aWriteOutsideTheRangeDoesNotWakeACursor() {
    List<Cursor> cursors = new ArrayList<>();
    for (KeyRange range :
        List.of(
            KeyRange.one(Bytes.utf8("ab")),
            A,
            new KeyRange(Bytes.utf8("a"), Bytes.utf8("ac")),
            KeyRange.ALL)) {
      cursors.add(hub.open(from(range, 0)));
    }
    List<CompletableFuture<WatchBatch>> next = cursors.stream().map(WatchHubTest::next).toList();
    put("b");
    assertThat(next)
        .extracting(CompletableFuture::isDone)
        .containsExactly(false, false, false, true);
    put("ac");
    assertThat(next)
        .extracting(CompletableFuture::isDone)
        .containsExactly(false, true, false, true);
    put("aba");
    assertThat(next).extracting(CompletableFuture::isDone).containsExactly(false, true, true, true);
    put("ab");
    assertThat(next).allMatch(CompletableFuture::isDone);
    assertThat(next.get(0).join().revision()).isEqualTo(5);
  }

  @Test
  void aCursorFromNowOnIsNotToldWhatWasBefore() {
    put("a1");
    Cursor cursor = hub.open(from(A, 0));
    assertThat(cursor.fromRevision()).isEqualTo(3);
    CompletableFuture<WatchBatch> next = next(cursor);
    assertThat(next).isNotDone();
    put("a2");
    assertThat(revisions(next.join())).containsExactly(3L);
  }

  @Test
  void aCursorOfTheFutureIsToldNothingBefore() {
    Cursor cursor = hub.open(from(A, 4));
    CompletableFuture<WatchBatch> next = next(cursor);
    put("a1");
    put("a2");
    assertThat(next).isNotDone();
    put("a3");
    assertThat(revisions(next.join())).containsExactly(4L);
  }

  @Test
  void whoReadsTheHistoryWhileTheStateIsReplacedLearnsNothingOfTheNewOne() {
    put("a1");
    Cursor cursor = hub.open(from(A, 0));
    Versions before = replica.state().versions();
    proposals.send(new Command.BeginRestore(1));
    proposals.send(new Command.EndRestore(1, 1_000, 0, true));
    WatchHub.Scan scan = WatchHub.scan(cursor, before, before.history().end(), 0);
    assertThat(scan).isEqualTo(new WatchHub.Scan(List.of(), before.history().end(), 2, true));
    assertFails(next(cursor), FailureCode.COMPACTED);
  }

  @Test
  void whoAsksTooSlowlyReadsTheRestFromTheHistory() {
    Cursor cursor = hub.open(from(A, 0));
    for (int i = 0; i < 3000; i++) {
      put("a" + i % 7);
    }
    assertThat(hub.lagging()).isEqualTo(1);
    List<Long> told = new ArrayList<>();
    while (told.size() < 3000) {
      WatchBatch batch = next(cursor).join();
      assertThat(batch.events()).hasSizeLessThanOrEqualTo(Cursor.MAX_BATCH);
      told.addAll(revisions(batch));
      assertThat(batch.revision()).isEqualTo(told.get(told.size() - 1));
    }
    assertThat(told).doesNotHaveDuplicates().isSorted().hasSize(3000);
    CompletableFuture<WatchBatch> last = next(cursor);
    assertThat(last).isNotDone();
    assertThat(hub.lagging()).isZero();
    put("a");
    assertThat(revisions(last.join())).containsExactly(3002L);
  }

  @Test
  void whoLagsUntilItsChangesAreCompactedIsToldSoForGood() {
    Cursor cursor = hub.open(from(A, 0));
    for (int i = 0; i < 2000; i++) {
      put("a");
    }
    proposals.send(new Command.Compact(1500));
    assertThat(revisions(next(cursor).join())).hasSize(1000);
    assertThat(revisions(next(cursor).join())).hasSize(24);
    assertFails(next(cursor), FailureCode.COMPACTED);
    assertFails(next(cursor), FailureCode.COMPACTED);
  }

  @Test
  void largeValuesFillTheQueueSooner() {
    Cursor cursor = hub.open(from(A, 0));
    Bytes large = Bytes.wrap(new byte[600_000]);
    proposals.send(Txn.of(Op.put(Bytes.utf8("a"), large)));
    assertThat(hub.lagging()).isZero();
    proposals.send(Txn.of(Op.put(Bytes.utf8("a"), large)));
    assertThat(hub.lagging()).isEqualTo(1);
    assertThat(revisions(next(cursor).join())).containsExactly(2L);
    assertThat(revisions(next(cursor).join())).containsExactly(3L);
  }

  @Test
  void aRevisionToldInPartIsNotCountedAsTold() {
    Cursor cursor = hub.open(from(A, 0));
    Op[] puts = new Op[1001];
    for (int i = 0; i < puts.length; i++) {
      puts[i] = Op.put(Bytes.utf8("a" + i), Bytes.EMPTY);
    }
    CompletableFuture<WatchBatch> first = next(cursor);
    proposals.send(Txn.of(puts));
    assertThat(first.join().events()).hasSize(1000);
    assertThat(first.join().revision()).isEqualTo(1);
    WatchBatch second = next(cursor).join();
    assertThat(second.events()).hasSize(1);
    assertThat(second.revision()).isEqualTo(2);
    WatchBatch late = next(hub.open(from(A, 2))).join();
    assertThat(late.events()).hasSize(1000);
    assertThat(late.revision()).isEqualTo(1);
  }

  @Test
  void theFirstRevisionWantedMustNotBeCompacted() {
    put("a");
    put("a");
    proposals.send(new Command.Compact(2));
    assertThatThrownBy(() -> hub.open(from(A, 2)))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.COMPACTED));
    assertThat(revisions(next(hub.open(from(A, 3))).join())).containsExactly(3L);
    assertThat(hub.watchers()).isEqualTo(1);
  }

  @Test
  void theEntryBeforeIsToldIfAskedFor() {
    put("a");
    Cursor cursor = hub.open(new WatchRequest(A, 2, true, Duration.ZERO));
    proposals.send(Txn.of(Op.delete(Bytes.utf8("a"))));
    List<KvEvent> events = new ArrayList<>(next(cursor).join().events());
    assertThat(events.get(0).previous()).isEmpty();
    assertThat(events.get(1).type()).isEqualTo(KvEvent.Type.DELETE);
    assertThat(events.get(1).previous().orElseThrow().modRevision()).isEqualTo(2);
  }

  @Test
  void whoHeardNothingForLongIsToldTheRevisionReached() {
    Cursor cursor = hub.open(new WatchRequest(A, 0, false, Duration.ofSeconds(10)));
    Cursor silent = hub.open(from(A, 0));
    CompletableFuture<WatchBatch> never = next(silent);
    CompletableFuture<WatchBatch> first = next(cursor);
    hub.tellProgress(TimeUnit.SECONDS.toNanos(1));
    put("b");
    hub.tellProgress(TimeUnit.SECONDS.toNanos(10));
    assertThat(first).isNotDone();
    hub.tellProgress(TimeUnit.SECONDS.toNanos(11));
    assertThat(first.join()).isEqualTo(new WatchBatch(2, List.of()));
    CompletableFuture<WatchBatch> second = next(cursor);
    put("a");
    assertThat(second.join().revision()).isEqualTo(3);
    CompletableFuture<WatchBatch> third = next(cursor);
    hub.tellProgress(TimeUnit.SECONDS.toNanos(25));
    hub.tellProgress(TimeUnit.SECONDS.toNanos(34));
    assertThat(third).isNotDone();
    hub.tellProgress(TimeUnit.SECONDS.toNanos(35));
    assertThat(third.join()).isEqualTo(new WatchBatch(3, List.of()));
    assertThat(never).isDone();
  }

  @Test
  void anImageEndsTheCursorsThatLackWhatIsInIt() {
    KvReplica ahead = Proposals.replica();
    Proposals toAhead = new Proposals(ahead);
    for (int i = 0; i < 5; i++) {
      toAhead.send(Proposals.put("a", "value"));
    }
    put("a");
    Cursor lacks = hub.open(from(A, 0));
    Cursor future = hub.open(from(A, 7));
    CompletableFuture<WatchBatch> gap = next(lacks);
    CompletableFuture<WatchBatch> goesOn = next(future);
    Proposals.load(replica, Proposals.image(ahead));
    assertFails(gap, FailureCode.COMPACTED);
    assertThat(goesOn).isNotDone();
    Proposals.send(replica, 1, 1, 0, new Command.Transact(Proposals.put("a", "value")));
    assertThat(revisions(goesOn.join())).containsExactly(7L);
  }

  @Test
  void anImageOfTheSameMomentEndsNoCursor() {
    put("a");
    Cursor cursor = hub.open(from(A, 0));
    CompletableFuture<WatchBatch> next = next(cursor);
    Proposals.load(replica, Proposals.image(replica));
    assertThat(next).isNotDone();
    put("a");
    assertThat(revisions(next.join())).containsExactly(3L);
  }

  @Test
  void aClosedCursorIsForgottenAndItsWaiterFails() {
    Cursor cursor = hub.open(from(A, 0));
    CompletableFuture<WatchBatch> next = next(cursor);
    assertFails(next(cursor), FailureCode.INVALID);
    cursor.close();
    assertFails(next, FailureCode.UNAVAILABLE);
    assertThat(hub.watchers()).isZero();
    assertFails(next(cursor), FailureCode.UNAVAILABLE);
  }
}
