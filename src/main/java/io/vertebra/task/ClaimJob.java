package io.vertebra.task;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.ReceiveMessages;
import io.vertebra.queue.ReceivedMessage;
import io.vertebra.queue.Settlement;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds work for workers: receives messages and takes the tasks that they invite to. A message
 * whose task does not wait for it is dropped.
 */
final class ClaimJob {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimJob.class);

  private final TaskStore tasks;
  private final QueueService queues;
  private final TaskQueueService invitations;
  private final Clock clock;
  private final LongSupplier nanoTime;

  ClaimJob(
      TaskStore tasks,
      QueueService queues,
      TaskQueueService invitations,
      Clock clock,
      LongSupplier nanoTime) {
    this.tasks = tasks;
    this.queues = queues;
    this.invitations = invitations;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** A message with the type of task whose queue it is of. */
  private record Invitation(String type, ReceivedMessage received) {}

  Future<List<ClaimedTask>> claim(ClaimTasks request, Future<Void> gone) {
    return claim(request, gone, nanoTime.getAsLong() + request.patience().toNanos());
  }

  private Future<List<ClaimedTask>> claim(ClaimTasks request, Future<Void> gone, long until) {
    return present(request, gone, 0, List.of())
        .compose(
            found ->
                found.isEmpty() ? first(request, gone, left(until)) : Future.succeededFuture(found))
        .compose(
            found ->
                found.isEmpty() || gone.isComplete()
                    ? giveBack(found)
                    : take(request, gone, until, found));
  }

  private Future<List<ClaimedTask>> giveBack(List<Invitation> found) {
    found.forEach(each -> settle(each, back(each)));
    return Future.succeededFuture(List.of());
  }

  private Future<List<ClaimedTask>> take(
      ClaimTasks request, Future<Void> gone, long until, List<Invitation> found) {
    List<Future<Optional<ClaimedTask>>> each =
        found.stream().map(invitation -> take(request, invitation)).toList();
    return Future.join(each)
        .transform((joined, cause) -> taken(each, cause))
        .compose(
            taken ->
                taken.isEmpty() && !gone.isComplete()
                    ? claim(request, gone, until)
                    : Future.succeededFuture(taken));
  }

  /** What was taken, even if others were not; the failure only if nothing was. */
  private static Future<List<ClaimedTask>> taken(
      List<Future<Optional<ClaimedTask>>> each, @Nullable Throwable cause) {
    List<ClaimedTask> taken =
        each.stream().filter(Future::succeeded).flatMap(one -> one.result().stream()).toList();
    return taken.isEmpty() && cause != null
        ? Future.failedFuture(cause)
        : Future.succeededFuture(taken);
  }

  private Duration left(long until) {
    return Duration.ofNanos(Math.max(0, until - nanoTime.getAsLong()));
  }

  /** What there is at once, of the types in their order. */
  private Future<List<Invitation>> present(
      ClaimTasks request, Future<Void> gone, int index, List<Invitation> found) {
    if (index == request.types().size() || found.size() == request.max()) {
      return Future.succeededFuture(found);
    }
    int most = request.max() - found.size();
    return receive(request, request.types().get(index), most, Duration.ZERO, gone)
        .compose(
            more -> {
              List<Invitation> all = new ArrayList<>(found);
              all.addAll(more);
              return present(request, gone, index + 1, all);
            });
  }

  /** What comes first of any type; what another queue gives at the same time goes back. */
  private Future<List<Invitation>> first(ClaimTasks request, Future<Void> gone, Duration patience) {
    if (patience.isZero()) {
      return Future.succeededFuture(List.of());
    }
    Promise<List<Invitation>> winner = Promise.promise();
    Promise<Void> over = Promise.promise();
    gone.onComplete(left -> over.tryComplete());
    List<Future<List<Invitation>>> asked = new ArrayList<>();
    for (String type : request.types()) {
      asked.add(
          receive(request, type, request.max(), patience, over.future())
              .onSuccess(found -> offer(found, winner, over)));
    }
    Future.join(asked)
        .onComplete(all -> winner.tryComplete(List.of()), cause -> winner.tryFail(cause));
    return winner.future();
  }

  private void offer(List<Invitation> found, Promise<List<Invitation>> winner, Promise<Void> over) {
    if (found.isEmpty()) {
      return;
    }
    if (winner.tryComplete(found)) {
      over.tryComplete();
    } else {
      found.forEach(each -> settle(each, back(each)));
    }
  }

  private static Settlement back(Invitation invitation) {
    return Settlement.nack(invitation.received().receipt(), Duration.ZERO, "");
  }

  private Future<List<Invitation>> receive(
      ClaimTasks request, String type, int most, Duration patience, Future<Void> gone) {
    ReceiveMessages wanted =
        ReceiveMessages.of(TaskQueueService.name(type), most)
            .waiting(patience)
            .lasting(request.lease());
    return invitations
        .define(type)
        .compose(defined -> queues.receive(wanted, gone))
        .recover(cause -> missing(type, cause))
        .map(all -> all.stream().map(each -> new Invitation(type, each)).toList());
  }

  /** Somebody removed the queue. */
  private Future<List<ReceivedMessage>> missing(String type, Throwable cause) {
    if (Failure.of(cause).code() != FailureCode.NOT_FOUND) {
      return Future.failedFuture(cause);
    }
    invitations.forget(type);
    return invitations.define(type).map(List.of());
  }

  private Future<Optional<ClaimedTask>> take(ClaimTasks request, Invitation invitation) {
    ReceivedMessage received = invitation.received();
    String id = received.message().headers().get(TaskQueueService.ID);
    if (id == null) {
      LOG.warn("task.message dropped type={}: it names no task", invitation.type());
      return dropped(invitation);
    }
    String submission = received.message().headers().getOrDefault(TaskQueueService.SUBMISSION, "");
    Task.Invitation by = new Task.Invitation(submission, received.message().id());
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Task.Holding holding =
        new Task.Holding(request.worker(), received.receipt(), now, now.plus(request.lease()));
    return tasks
        .change(id, task -> task.delivered(by, holding, now))
        .onFailure(cause -> settle(invitation, back(invitation)))
        .compose(
            found ->
                found
                    .filter(task -> task.isHeldBy(received.receipt()))
                    .map(task -> claimed(task, received))
                    .orElseGet(() -> dropped(invitation)));
  }

  private static Future<Optional<ClaimedTask>> claimed(Task task, ReceivedMessage received) {
    JsonObject payload = new JsonObject(received.message().body().toString());
    Map<String, String> headers = new TreeMap<>(received.message().headers());
    headers.keySet().removeIf(TaskQueueService::isReserved);
    return Future.succeededFuture(
        Optional.of(new ClaimedTask(task, payload, headers, received.receipt())));
  }

  private Future<Optional<ClaimedTask>> dropped(Invitation invitation) {
    settle(invitation, Settlement.ack(invitation.received().receipt()));
    return Future.succeededFuture(Optional.empty());
  }

  /** If that fails, the message comes again. */
  private void settle(Invitation invitation, Settlement settlement) {
    queues
        .settle(TaskQueueService.name(invitation.type()), List.of(settlement))
        .onFailure(cause -> LOG.debug("task.message not settled", cause));
  }
}
