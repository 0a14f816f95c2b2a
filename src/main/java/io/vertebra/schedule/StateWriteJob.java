package io.vertebra.schedule;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Fence;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes states, many in a transaction, under the fence of whoever leads. Each is written only if
 * the schedule and its state are as they were when it was decided on. For one thread.
 */
final class StateWriteJob {
  /** Transactions under way at once; meanwhile more is gathered for the next. */
  private static final int MOST_AT_ONCE = 4;

  private static final int MOST_STEPS = 124;
  private static final int MOST_BYTES = 512 * 1024;

  private final Vertx vertx;
  private final KvService kv;
  private final int historySize;
  private final Consumer<Throwable> failed;
  private final Deque<Write> pending = new ArrayDeque<>();
  private final List<Write> underWay = new ArrayList<>();
  private Fence fence = new Fence(ScheduleKeys.FENCE, 1);
  private long generation;
  private int transactions;
  private boolean scheduled;

  /**
   * A state to be written.
   *
   * @param past that is added to the history
   * @param requests that are done thereby
   * @param calendars by which it was decided
   * @param done is told the revision, or 0 if it was not written because something had changed
   */
  record Write(
      Track track,
      JobState next,
      List<Past> past,
      List<Bytes> requests,
      Calendars calendars,
      Consumer<Long> done) {}

  /**
   * @param failed is told when it is not known what was written
   */
  StateWriteJob(Vertx vertx, KvService kv, int historySize, Consumer<Throwable> failed) {
    this.vertx = vertx;
    this.kv = kv;
    this.historySize = historySize;
    this.failed = failed;
  }

  /** Writes soon. */
  void add(Write write, Fence under) {
    fence = under;
    pending.add(write);
    if (!scheduled) {
      scheduled = true;
      vertx.runOnContext(
          turn -> {
            scheduled = false;
            flush();
          });
    }
  }

  /** Gives up what is not written or not known to be, and tells which those are. */
  List<Track> abandon() {
    List<Track> given = new ArrayList<>();
    pending.forEach(write -> given.add(write.track()));
    underWay.forEach(write -> given.add(write.track()));
    pending.clear();
    underWay.clear();
    transactions = 0;
    generation++;
    return given;
  }

  private void flush() {
    while (transactions < MOST_AT_ONCE && !pending.isEmpty()) {
      send(batch());
    }
  }

  private record Batch(List<Write> writes, List<Op> ops) {}

  private Batch batch() {
    Batch batch = new Batch(new ArrayList<>(), new ArrayList<>());
    int steps = 0;
    int bytes = 0;
    while (!pending.isEmpty()) {
      Write write = pending.element();
      Op.Choice choice = choice(write);
      int size = size(choice);
      int count = 1 + Math.max(choice.then().size(), choice.compares().size());
      if (!batch.writes.isEmpty() && (steps + count > MOST_STEPS || bytes + size > MOST_BYTES)) {
        break;
      }
      pending.remove();
      batch.writes.add(write);
      batch.ops.add(choice);
      steps += count;
      bytes += size;
    }
    return batch;
  }

  private Op.Choice choice(Write write) {
    Track track = write.track();
    String name = track.name();
    List<Compare> compares = new ArrayList<>();
    compares.add(Compare.modifiedAt(ScheduleKeys.job(name), track.jobRevision));
    compares.add(Compare.modifiedAt(ScheduleKeys.state(name), track.stateRevision));
    for (String calendar : track.job.definition().calendars()) {
      long revision = write.calendars().revision(calendar);
      compares.add(Compare.modifiedAt(ScheduleKeys.calendar(calendar), revision));
    }
    List<Op> then = new ArrayList<>();
    then.add(Op.put(ScheduleKeys.state(name), Bytes.utf8(write.next().toJson().encode())));
    if (write.next().alarmed() != track.state.alarmed()) {
      Bytes alarm = ScheduleKeys.alarm(name);
      then.add(write.next().alarmed() ? Op.put(alarm, Bytes.EMPTY) : Op.delete(alarm));
    }
    int skip = Math.max(0, write.past().size() - historySize);
    for (Past past : write.past().subList(skip, write.past().size())) {
      Bytes key = ScheduleKeys.past(name, past.sequence(), historySize);
      then.add(Op.put(key, Bytes.utf8(past.toJson().encode())));
    }
    for (Bytes request : write.requests()) {
      compares.add(Compare.exists(request));
      then.add(Op.delete(request));
    }
    return new Op.Choice(compares, then, List.of());
  }

  private static int size(Op.Choice choice) {
    int size = 0;
    for (Op op : choice.then()) {
      if (op instanceof Op.Put put) {
        size += put.key().length() + put.value().length();
      }
    }
    return size;
  }

  private void send(Batch batch) {
    long sentIn = generation;
    transactions++;
    underWay.addAll(batch.writes);
    Txn txn = Txn.of(batch.ops.toArray(new Op[0])).under(fence);
    kv.txn(txn)
        .onComplete(
            (result, cause) -> {
              if (sentIn != generation) {
                return;
              }
              transactions--;
              underWay.removeAll(batch.writes);
              if (cause == null) {
                tell(batch, result);
                flush();
              } else {
                pending.addAll(batch.writes);
                failed.accept(cause);
              }
            });
  }

  private static void tell(Batch batch, TxnResult result) {
    for (int i = 0; i < batch.writes.size(); i++) {
      boolean written =
          result.results().get(i) instanceof OpResult.Choice choice && choice.succeeded();
      batch.writes.get(i).done().accept(written ? result.revision() : 0L);
    }
  }
}
