package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The queues for callers on their owner's node. Calls come on any thread, answers where they came.
 */
final class OwnedQueueService implements QueueOwner {
  private final QueuesJob queues;

  private OwnedQueueService(QueuesJob queues) {
    this.queues = queues;
  }

  /**
   * Becomes the owner, to be called on the context on which it is to work.
   *
   * @param lost called when it is the owner no more or has to begin anew
   */
  static Future<OwnedQueueService> open(QueuesJob.Parts parts, Runnable lost) {
    return QueuesJob.open(parts, lost).map(OwnedQueueService::new);
  }

  @Override
  public void close() {
    queues.close();
  }

  @Override
  public void look() {
    queues.check().look();
  }

  @Override
  public boolean isClosed() {
    return queues.isClosed();
  }

  private <T> Future<T> on(Supplier<Future<T>> work) {
    Promise<T> answer = ((ContextInternal) queues.vertx().getOrCreateContext()).promise();
    queues.here(
        () -> {
          if (queues.isClosed()) {
            answer.fail(CommitJob.moved());
          } else {
            Future.succeededFuture().compose(unused -> work.get()).onComplete(answer);
          }
        });
    return answer.future();
  }

  private <T> Future<T> on(String queue, Function<QueueJob, Future<T>> work) {
    return on(() -> work.apply(queues.queue(queue)));
  }

  @Override
  public Future<QueueView> define(DefineQueue request) {
    return on(
        () -> {
          Optional<QueueJob> present = queues.find(request.queue());
          long expected = request.ifRevision().orElse(-1L);
          if (present.isEmpty() && expected > 0) {
            throw new Failure(FailureCode.STALE, "there is no queue " + request.queue());
          }
          return present.isEmpty()
              ? queues.create(request.queue(), request.definition()).map(QueueJob::viewNow)
              : present.get().change(stored -> redefined(stored, request));
        });
  }

  static StoredQueue redefined(StoredQueue stored, DefineQueue request) {
    if (request.ifRevision().filter(wanted -> wanted != stored.revision()).isPresent()) {
      throw new Failure(
          FailureCode.STALE, "queue " + stored.name() + " is at revision " + stored.revision());
    }
    return stored.defined(request.definition());
  }

  @Override
  public Future<QueueView> get(String queue) {
    return on(queue, job -> job.enter(() -> Future.succeededFuture(job.viewNow())));
  }

  @Override
  public Future<QueuePage> list(ListQueues request) {
    return on(
        () -> {
          List<QueueView> found =
              queues.all().stream()
                  .filter(job -> job.stored().name().startsWith(request.prefix()))
                  .filter(job -> request.cursor().map(job::isAfter).orElse(true))
                  .limit(request.limit() + 1L)
                  .map(QueueJob::viewNow)
                  .toList();
          boolean more = found.size() > request.limit();
          List<QueueView> items = more ? found.subList(0, request.limit()) : found;
          return Future.succeededFuture(
              new QueuePage(
                  items,
                  more ? Optional.of(items.get(items.size() - 1).name()) : Optional.empty()));
        });
  }

  @Override
  public Future<Void> delete(String queue) {
    return on(queue, QueueJob::delete);
  }

  @Override
  public Future<Long> purge(String queue) {
    return on(queue, QueueJob::purge);
  }

  @Override
  public Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> all) {
    return on(
        () ->
            (queues.options().autoCreate()
                    ? queues.queueOrNew(queue)
                    : Future.succeededFuture(queues.queue(queue)))
                .compose(job -> job.enter(() -> job.sends().sendAll(all))));
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return on(request.queue(), job -> job.receives().receive(request, gone));
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    return on(
        queue,
        job ->
            job.enter(() -> job.settles().settleAll(settlements)).compose(queues.check()::certain));
  }

  @Override
  public Future<MessagePage> peek(PeekMessages request) {
    return on(request.queue(), job -> job.enter(() -> new PeekJob(job).peek(request)));
  }

  @Override
  public Future<QueueView> seek(SeekGroup request) {
    return on(
        request.queue(),
        job ->
            job.change(
                stored -> {
                  boolean isNew = stored.group(request.group()).isEmpty();
                  if (isNew && stored.groups().size() >= queues.options().maxGroups()) {
                    throw new Failure(
                        FailureCode.LIMITED,
                        "the queue has "
                            + queues.options().maxGroups()
                            + " groups, which is the most");
                  }
                  return stored.withGroup(request.group(), begin(request));
                }));
  }

  private long begin(SeekGroup request) {
    return request
        .at()
        .map(time -> MessageIds.first(time.toEpochMilli()))
        .orElseGet(() -> request.begin() == SeekGroup.Begin.FIRST ? 0L : queues.nextId());
  }

  @Override
  public Future<QueueView> removeGroup(String queue, String group) {
    return on(
        queue,
        job -> job.change(stored -> without(stored, group)).onSuccess(view -> queues.follow(job)));
  }

  static StoredQueue without(StoredQueue stored, String group) {
    if (stored.group(group).isEmpty()) {
      throw new Failure(FailureCode.NOT_FOUND, "queue " + stored.name() + " has no group " + group);
    }
    if (stored.groups().size() == 1) {
      throw new Failure(FailureCode.CONFLICT, "a queue needs a group");
    }
    return stored.withoutGroup(group);
  }

  @Override
  public Future<RedriveState> redrive(Redrive request) {
    return on(
        request.queue(),
        job -> {
          RedriveJob wanted = new RedriveJob(job, request);
          if (request.preview()) {
            return job.enter(wanted::preview);
          }
          if (queues.redrive(request.queue()).filter(RedriveJob::isRunning).isPresent()) {
            return Failure.future(FailureCode.CONFLICT, "another redrive of the queue runs");
          }
          queues.begin(request.queue(), wanted);
          return Future.succeededFuture(wanted.state());
        });
  }

  @Override
  public Future<RedriveState> redriveState(String queue) {
    return on(() -> Future.succeededFuture(redriveOf(queue).state()));
  }

  @Override
  public Future<RedriveState> cancelRedrive(String queue) {
    return on(
        () -> {
          RedriveJob job = redriveOf(queue);
          job.cancel();
          return Future.succeededFuture(job.state());
        });
  }

  private RedriveJob redriveOf(String queue) {
    return queues
        .redrive(queue)
        .orElseThrow(
            () -> new Failure(FailureCode.NOT_FOUND, "no redrive of " + queue + " is known"));
  }

  @Override
  public Future<QueueView> subscribe(Subscription subscription) {
    return on(
        subscription.queue(),
        job ->
            job.change(stored -> PushJob.with(stored, subscription))
                .onSuccess(view -> queues.follow(job)));
  }

  @Override
  public Future<QueueView> unsubscribe(String queue, String group, String address) {
    return on(queue, job -> queues.endSubscription(job, group, address));
  }
}
