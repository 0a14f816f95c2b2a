package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading while somebody writes. */
final class ConcurrentReadTest {
  private static final int WRITES = 20_000;
  private static final int KEYS = 50;

  private final KvReplica replica = Proposals.replica();
  private final Proposals proposals = new Proposals(replica);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final ExecutorService readers = Executors.newFixedThreadPool(3);

  @AfterEach
  void end() {
    ended.set(true);
    readers.shutdownNow();
  }

  /** All keys get the same value at once, now and then all are removed, and it is compacted. */
  private void write() {
    Op[] puts =
        IntStream.range(0, KEYS)
            .mapToObj(i -> Op.put(Bytes.utf8("k" + i), Bytes.utf8("v")))
            .toArray(Op[]::new);
    for (int i = 0; i < WRITES / KEYS; i++) {
      proposals.send(Txn.of(puts));
      if (i % 7 == 0) {
        proposals.send(Txn.of(new Op.Delete(KeyRange.ALL, false)));
      }
      if (i % 5 == 0) {
        proposals.send(new Command.Compact(replica.state().revision()));
      }
    }
  }

  @Test
  void aRangeIsOfOneMoment() throws Exception {
    List<Future<Integer>> reading =
        IntStream.range(0, 3).mapToObj(i -> readers.submit(this::read)).toList();
    write();
    ended.set(true);
    for (Future<Integer> read : reading) {
      assertThat(read.get(10, TimeUnit.SECONDS)).isPositive();
    }
  }

  private int read() {
    int reads = 0;
    while (!ended.get() || reads == 0) {
      RangeResult now = replica.state().range(RangeRequest.all(KeyRange.ALL));
      assertThat(now.entries())
          .satisfiesAnyOf(it -> assertThat(it).isEmpty(), it -> assertThat(it).hasSize(KEYS));
      assertThat(now.entries())
          .allMatch(entry -> entry.modRevision() == now.entries().get(0).modRevision())
          .allMatch(entry -> entry.modRevision() <= now.revision());
      try {
        RangeRequest then = RangeRequest.all(KeyRange.ALL).at(now.revision());
        assertThat(replica.state().range(then).entries()).isEqualTo(now.entries());
      } catch (Failure compacted) {
        assertThat(compacted.code()).isEqualTo(FailureCode.COMPACTED);
      }
      reads++;
    }
    return reads;
  }

  @Test
  void aWatchMissesNothingAndTellsNothingTwice() throws Exception {
    List<Future<Long>> watching =
        IntStream.range(0, 3)
            .mapToObj(i -> readers.submit(() -> countAll(Bytes.utf8("k" + i))))
            .toList();
    for (int i = 0; i < WRITES; i++) {
      proposals.send(Proposals.put("k" + i % 3, "v"));
    }
    proposals.send(Txn.of(Op.delete(Bytes.utf8("k0"))));
    proposals.send(Txn.of(Op.delete(Bytes.utf8("k1"))));
    proposals.send(Txn.of(Op.delete(Bytes.utf8("k2"))));
    long told = 0;
    for (Future<Long> one : watching) {
      told += one.get(20, TimeUnit.SECONDS);
    }
    assertThat(told).isEqualTo(WRITES);
  }

  /** Opens a cursor again now and then where the last one ended, until the key is removed. */
  private long countAll(Bytes key) throws Exception {
    long puts = 0;
    long version = 0;
    long from = 2;
    while (true) {
      WatchRequest request = new WatchRequest(KeyRange.one(key), from, false, Duration.ZERO);
      Cursor cursor = replica.watches().open(request);
      for (int i = 0; i < 20; i++) {
        CompletableFuture<WatchBatch> next = cursor.next().toCompletableFuture();
        WatchBatch batch = next.get(10, TimeUnit.SECONDS);
        for (KvEvent event : batch.events()) {
          if (event.type() == KvEvent.Type.DELETE) {
            cursor.close();
            return puts;
          }
          assertThat(event.entry().version()).isEqualTo(++version);
          puts++;
        }
        from = batch.revision() + 1;
      }
      cursor.close();
    }
  }
}
