package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.QueueDefinition.OnFull;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The queues of Kafka for callers on their owner's node. Calls come on any thread, answers where
 * they came.
 */
final class KafkaQueueService implements QueueOwner {
  private final KafkaQueuesJob queues;

  private KafkaQueueService(KafkaQueuesJob queues) {
    this.queues = queues;
  }

  /**
   * Becomes the owner, to be called on the context on which it is to work.
   *
   * @param lost called when it is the owner no more or has to begin anew
   */
  static Future<KafkaQueueService> open(KafkaQueuesJob.Parts parts, Runnable lost) {
    return KafkaQueuesJob.open(parts, lost).map(KafkaQueueService::new);
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

  private <T> Future<T> on(String name, Function<KafkaQueueJob, Future<T>> work) {
    return on(
        () -> {
          KafkaQueueJob queue = queues.queue(name);
          return queue.enter(() -> work.apply(queue));
        });
  }

  @Override
  public Future<QueueView> define(DefineQueue request) {
    requireKept(request);
    return on(
        () -> {
          Optional<KafkaQueueJob> present = queues.find(request.queue());
          long expected = request.ifRevision().orElse(-1L);
          if (present.isEmpty() && expected > 0) {
            throw new Failure(FailureCode.STALE, "there is no queue " + request.queue());
          }
          return present.isEmpty()
              ? queues.create(request.queue(), request.definition()).map(KafkaQueueJob::viewNow)
              : present.get().change(stored -> OwnedQueueService.redefined(stored, request));
        });
  }

  private static void requireKept(DefineQueue request) {
    QueueDefinition wanted = request.definition();
    if (wanted.onFull() == OnFull.DROP_OLDEST) {
      throw Failure.invalid("/onFull", "must be refuse for queues in Kafka");
    }
    if (wanted.maxBytes() != QueueDefinition.defaults(request.queue()).maxBytes()) {
      throw Failure.invalid("/maxBytes", "is not kept for queues in Kafka; maxMessages is");
    }
  }

  @Override
  public Future<QueueView> get(String queue) {
    return on(queue, KafkaQueueJob::look);
  }

  @Override
  public Future<QueuePage> list(ListQueues request) {
    return on(
        () -> {
          List<QueueView> found =
              queues.all().stream()
                  .filter(queue -> queue.name().startsWith(request.prefix()))
                  .filter(queue -> isAfter(queue, request.cursor()))
                  .limit(request.limit() + 1L)
                  .map(KafkaQueueJob::viewNow)
                  .toList();
          boolean more = found.size() > request.limit();
          List<QueueView> items = more ? found.subList(0, request.limit()) : found;
          return Future.succeededFuture(
              new QueuePage(
                  items,
                  more ? Optional.of(items.get(items.size() - 1).name()) : Optional.empty()));
        });
  }

  private static boolean isAfter(KafkaQueueJob queue, Optional<String> cursor) {
    return cursor.map(name -> queue.name().compareTo(name) > 0).orElse(true);
  }

  @Override
  public Future<Void> delete(String queue) {
    return on(queue, KafkaQueueJob::delete);
  }

  @Override
  public Future<Long> purge(String queue) {
    return on(queue, KafkaQueueJob::purge);
  }

  @Override
  public Future<List<Outcome<SentMessage>>> send(String name, List<NewMessage> all) {
    return on(
        () ->
            (queues.options().autoCreate()
                    ? queues.queueOrNew(name)
                    : Future.succeededFuture(queues.queue(name)))
                .compose(queue -> queue.enter(() -> queue.sends().sendAll(all))));
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return on(
        request.queue(), queue -> queue.group(request.group()).receives().receive(request, gone));
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String name, List<Settlement> settlements) {
    return on(
        name,
        queue ->
            BatchJob.each(settlements, settlement -> settle(queue, settlement))
                .compose(queues.check()::certain));
  }

  private static Future<Settled> settle(KafkaQueueJob queue, Settlement settlement) {
    String group = Receipt.of(settlement.receipt()).group();
    return queue.group(group).settles().settle(settlement);
  }

  @Override
  public Future<MessagePage> peek(PeekMessages request) {
    return on(request.queue(), queue -> KafkaPeekJob.page(queue, request));
  }

  @Override
  public Future<QueueView> seek(SeekGroup request) {
    return on(
        request.queue(),
        queue ->
            queue.seek(
                stored -> withGroup(stored, request),
                request.group(),
                () -> begin(queue, request)));
  }

  private StoredQueue withGroup(StoredQueue stored, SeekGroup request) {
    if (stored.group(request.group()).isEmpty()) {
      int most = queues.options().maxGroups();
      if (stored.groups().size() >= most) {
        throw new Failure(
            FailureCode.LIMITED, "the queue has " + most + " groups, which is the most");
      }
      queues.requireRoomForGroup();
    }
    return stored.withGroup(request.group(), 0);
  }

  private Future<Map<TopicPartition, Long>> begin(KafkaQueueJob queue, SeekGroup request) {
    KafkaTopicStore topics = queues.topics();
    if (request.at().isPresent()) {
      return topics.at(queue.partitions(), request.at().get());
    }
    return request.begin() == SeekGroup.Begin.FIRST
        ? topics.begins(queue.partitions())
        : topics.ends(queue.partitions());
  }

  @Override
  public Future<QueueView> removeGroup(String name, String group) {
    return on(
        name,
        queue ->
            queue
                .removeGroup(group, stored -> OwnedQueueService.without(stored, group))
                .onSuccess(view -> queues.follow(queue)));
  }

  @Override
  public Future<RedriveState> redrive(Redrive request) {
    return on(
        request.queue(),
        queue ->
            KafkaPeekJob.open(queue, 0)
                .compose(
                    peek -> {
                      KafkaRedriveJob wanted = new KafkaRedriveJob(queue, request, peek);
                      if (request.preview()) {
                        return wanted.preview();
                      }
                      if (queues
                          .redrive(request.queue())
                          .filter(KafkaRedriveJob::isRunning)
                          .isPresent()) {
                        return Failure.future(
                            FailureCode.CONFLICT, "another redrive of the queue runs");
                      }
                      queues.begin(request.queue(), wanted);
                      return Future.succeededFuture(wanted.state());
                    }));
  }

  @Override
  public Future<RedriveState> redriveState(String queue) {
    return on(() -> Future.succeededFuture(redriveOf(queue).state()));
  }

  @Override
  public Future<RedriveState> cancelRedrive(String queue) {
    return on(
        () -> {
          KafkaRedriveJob redrive = redriveOf(queue);
          redrive.cancel();
          return Future.succeededFuture(redrive.state());
        });
  }

  private KafkaRedriveJob redriveOf(String queue) {
    return queues
        .redrive(queue)
        .orElseThrow(
            () -> new Failure(FailureCode.NOT_FOUND, "no redrive of " + queue + " is known"));
  }

  @Override
  public Future<QueueView> subscribe(Subscription subscription) {
    return on(
        subscription.queue(),
        queue ->
            queue
                .change(stored -> PushJob.with(stored, subscription))
                .onSuccess(view -> queues.follow(queue)));
  }

  @Override
  public Future<QueueView> unsubscribe(String name, String group, String address) {
    return on(name, queue -> queues.endSubscription(queue, group, address));
  }
}
