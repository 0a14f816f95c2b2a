package io.vertebra.task;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.OutboxJson;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.Settlement;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks whose records are in the store and whose messages are in queues, one for each type. */
final class StoredTaskService implements TaskService {
  private static final Logger LOG = LoggerFactory.getLogger(StoredTaskService.class);

  /** Most records read for a page, whether or not they are wanted. */
  private static final int MOST_READ = 1_000;

  private final TaskStore tasks;
  private final QueueService queues;
  private final TaskQueueService invitations;
  private final ClaimJob claims;
  private final Clock clock;

  StoredTaskService(
      TaskStore tasks,
      QueueService queues,
      TaskQueueService invitations,
      ClaimJob claims,
      Clock clock) {
    this.tasks = tasks;
    this.queues = queues;
    this.invitations = invitations;
    this.claims = claims;
    this.clock = clock;
  }

  @Override
  public Future<SubmittedTask> submit(SubmitTask request) {
    Instant now = now();
    String submission = UUID.randomUUID().toString();
    Task task = Task.of(request, submission, now);
    OutboxJson.Letter message = TaskQueueService.letter(request, submission, now);
    return invitations.define(request.type()).compose(defined -> tasks.add(task, message));
  }

  @Override
  public Future<List<ClaimedTask>> claim(ClaimTasks request, Future<Void> gone) {
    return claims.claim(request, gone);
  }

  /** The message comes first: what is not extended there is no more this worker's. */
  @Override
  public Future<Task> heartbeat(TaskHeartbeat request) {
    return get(request.id())
        .map(task -> task.requireHeldBy(request.receipt()))
        .compose(
            task ->
                task.cancelRequested()
                    ? Future.succeededFuture(task)
                    : extend(task, request).compose(until -> renew(request, until)));
  }

  /** Where somebody removed the message, the record is enough. */
  private Future<Instant> extend(Task task, TaskHeartbeat request) {
    Instant until = now().plus(request.lease());
    Settlement longer = Settlement.extend(request.receipt(), request.lease());
    return queues
        .settle(TaskQueueService.name(task.type()), List.of(longer))
        .map(settled -> settled.get(0).failure())
        .compose(
            failure ->
                failure.filter(cause -> cause.code() != FailureCode.NOT_FOUND).isPresent()
                    ? Future.failedFuture(failure.get())
                    : Future.succeededFuture(until));
  }

  private Future<Task> renew(TaskHeartbeat request, Instant until) {
    return change(request.id(), task -> task.renewed(request.receipt(), until, request.progress()));
  }

  @Override
  public Future<Task> complete(CompleteTask request) {
    Instant now = now();
    return change(request.id(), task -> task.completed(request.receipt(), request.result(), now))
        .onSuccess(task -> settle(task, Settlement.ack(request.receipt())));
  }

  @Override
  public Future<Task> fail(FailTask request) {
    Instant now = now();
    return change(
            request.id(),
            task -> task.failed(request.receipt(), request.reason(), request.isFinal(), now))
        .onSuccess(task -> settle(task, ending(task, request)));
  }

  private static Settlement ending(Task task, FailTask request) {
    if (task.state().isEnd()) {
      return Settlement.ack(request.receipt());
    }
    return request
        .delay()
        .map(rest -> Settlement.nack(request.receipt(), rest, request.reason()))
        .orElseGet(() -> Settlement.nack(request.receipt(), request.reason()));
  }

  /** If that fails, the message comes again when the lease is over. */
  private void settle(Task task, Settlement settlement) {
    queues
        .settle(TaskQueueService.name(task.type()), List.of(settlement))
        .onFailure(cause -> LOG.debug("task.message not settled id={}", task.id(), cause));
  }

  @Override
  public Future<Task> cancel(String id) {
    Instant now = now();
    return change(id, task -> task.cancelled(now));
  }

  @Override
  public Future<Task> get(String id) {
    return tasks.find(id).map(found -> found.orElseThrow(() -> notFound(id)));
  }

  @Override
  public Future<TaskPage> list(ListTasks request) {
    boolean filtered = request.type().isPresent() || request.state().isPresent();
    return tasks
        .after(request.cursor(), filtered ? MOST_READ : request.limit())
        .map(found -> page(request, found.entries(), found.more()));
  }

  private static TaskPage page(ListTasks request, List<KvEntry> entries, boolean more) {
    List<Task> all = entries.stream().map(TaskStore::task).toList();
    List<Task> wanted = all.stream().filter(request::wants).limit(request.limit()).toList();
    if (wanted.size() == request.limit()) {
      Task last = wanted.get(wanted.size() - 1);
      boolean rest = more || !last.equals(all.get(all.size() - 1));
      return new TaskPage(wanted, Optional.of(last.id()).filter(id -> rest));
    }
    return new TaskPage(
        wanted, more ? Optional.of(all.get(all.size() - 1).id()) : Optional.empty());
  }

  private Future<Task> change(String id, UnaryOperator<Task> next) {
    return tasks.change(id, next).map(found -> found.orElseThrow(() -> notFound(id)));
  }

  private static Failure notFound(String id) {
    return new Failure(FailureCode.NOT_FOUND, "there is no task " + id);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
