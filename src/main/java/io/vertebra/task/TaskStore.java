package io.vertebra.task;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.OutboxJson;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Keeps the records of tasks. Each change is one transaction, with what tells when to look at the
 * record again and the numbers of records.
 */
final class TaskStore {
  private static final int MAX_TRIES = 20;

  private final KvService kv;
  private final TaskMeters meters;
  private final int maxTasks;

  TaskStore(KvService kv, TaskMeters meters, int maxTasks) {
    this.kv = kv;
    this.meters = meters;
    this.maxTasks = maxTasks;
  }

  /**
   * Adds a task with the message that invites workers to it, unless there is one of its id.
   *
   * @param message is sent at once
   */
  Future<SubmittedTask> add(Task task, OutboxJson.Letter message) {
    Bytes key = TaskKeys.record(task.id());
    Txn txn =
        Txn.when(
                Compare.absent(key),
                put(task),
                new Op.Add(TaskKeys.COUNT, 1, 0, maxTasks),
                OutboxJson.step(List.of(message)))
            .otherwise(Op.get(key));
    return kv.txn(txn)
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.CONFLICT
                    ? Failure.future(
                        FailureCode.LIMITED, "there are " + maxTasks + " tasks, the most there may")
                    : Future.failedFuture(cause))
        .map(result -> added(task, result));
  }

  private SubmittedTask added(Task task, TxnResult result) {
    if (result.succeeded()) {
      meters.count(TaskMeters.Event.SUBMITTED);
      return new SubmittedTask(task, false);
    }
    Optional<KvEntry> there =
        result.results().get(0) instanceof OpResult.Get got
            ? got.result().first()
            : Optional.empty();
    Task known = task(there.orElseThrow());
    if (!known.type().equals(task.type())) {
      throw new Failure(FailureCode.CONFLICT, "task " + task.id() + " is of type " + known.type());
    }
    return new SubmittedTask(known, true);
  }

  Future<Optional<Task>> find(String id) {
    return kv.get(TaskKeys.record(id)).map(found -> found.map(TaskStore::task));
  }

  /** Tasks whose ids follow one, at most {@code limit}. */
  Future<RangeResult> after(String id, int limit) {
    return kv.range(RangeRequest.all(TaskKeys.recordsAfter(id)).limited(limit));
  }

  /**
   * Writes what {@code next} makes of a task, unless it stays as it is; none if it is not there.
   */
  Future<Optional<Task>> change(String id, UnaryOperator<Task> next) {
    return change(id, next, MAX_TRIES);
  }

  private Future<Optional<Task>> change(String id, UnaryOperator<Task> next, int tries) {
    return kv.get(TaskKeys.record(id))
        .compose(
            found ->
                found
                    .map(entry -> change(entry, next, tries))
                    .orElseGet(() -> Future.succeededFuture(Optional.empty())));
  }

  private Future<Optional<Task>> change(KvEntry entry, UnaryOperator<Task> next, int tries) {
    Task before = task(entry);
    Task after = next.apply(before);
    if (after.equals(before)) {
      return Future.succeededFuture(Optional.of(before));
    }
    Compare unchanged = Compare.modifiedAt(entry.key(), entry.modRevision());
    return kv.txn(Txn.when(unchanged, steps(before, after).toArray(new Op[0])))
        .compose(
            result -> {
              if (result.succeeded()) {
                meters.changed(before, after);
                return Future.succeededFuture(Optional.of(after));
              }
              return tries > 1
                  ? change(before.id(), next, tries - 1)
                  : Failure.future(FailureCode.CONFLICT, "others change the task too often");
            });
  }

  private static List<Op> steps(Task before, Task after) {
    List<Op> steps = new ArrayList<>();
    steps.add(put(after));
    if (after.cancelRequested() && !before.cancelRequested()) {
      steps.add(Op.put(cancelling(after), Bytes.EMPTY));
    }
    if (after.state().isEnd()) {
      Task.Ending ending = after.ending().orElseThrow();
      steps.add(Op.put(TaskKeys.kept(ending.at(), after.id()), Bytes.EMPTY));
      steps.add(Op.add(TaskKeys.KEPT_COUNT, 1));
      if (before.cancelRequested()) {
        steps.add(Op.delete(cancelling(before)));
      }
    }
    return steps;
  }

  private static Bytes cancelling(Task task) {
    return TaskKeys.cancelling(task.holding().orElseThrow().until(), task.id());
  }

  private static Op put(Task task) {
    return Op.put(TaskKeys.record(task.id()), Bytes.utf8(task.toStored().encode()));
  }

  /**
   * Forgets a task that has ended; nothing if that is done.
   *
   * @param kept its key by time
   */
  Future<TxnResult> forget(Bytes kept) {
    return kv.txn(
        Txn.when(
            Compare.exists(kept),
            Op.delete(kept),
            Op.delete(TaskKeys.record(TaskKeys.idIn(kept))),
            Op.add(TaskKeys.KEPT_COUNT, -1),
            Op.add(TaskKeys.COUNT, -1)));
  }

  static Task task(KvEntry entry) {
    return Task.from(new JsonObject(entry.value().toString()));
  }
}
