package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.queue.RedisQueueStore.Script;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Queues in Redis, for callers on any node: all nodes are equal, and none owns a queue. */
final class RedisQueueService implements QueueService {
  private final RedisQueueStore store;
  private final QueueOptions options;
  private final RedisReceiveJob receives;
  private final RedisRedriveJob redrives;
  private final RedisPushJob pushes;

  RedisQueueService(Kernel kernel, RedisQueueStore store, QueueOptions options) {
    this.store = store;
    this.options = options;
    this.receives = new RedisReceiveJob(kernel.vertx(), store, options.maxWaiting());
    this.redrives = new RedisRedriveJob(kernel.vertx(), store);
    this.pushes = new RedisPushJob(kernel, store, this, options.idle());
  }

  void start() {
    receives.start();
    pushes.start();
  }

  void stop() {
    pushes.stop();
    redrives.stop();
    receives.stop();
  }

  private Future<List<Response>> queues(String queue, String action, String... words) {
    List<String> args = new ArrayList<>(List.of(action));
    Collections.addAll(args, words);
    return store.run(Script.QUEUES, queue, args);
  }

  @Override
  public Future<QueueView> define(DefineQueue request) {
    return queues(
            request.queue(),
            "define",
            request.ifRevision().map(revision -> Long.toString(revision)).orElse(""),
            request.definition().toJson().encode(),
            letters(request.definition()),
            Integer.toString(options.maxQueues()))
        .map(answer -> view(answer.get(0)));
  }

  /** What its dead letters are, and those of their queue, for when these have to be made. */
  static String letters(QueueDefinition definition) {
    JsonArray all = new JsonArray();
    Optional<String> name = definition.deadLetter();
    while (name.isPresent() && all.size() < 2) {
      QueueDefinition next = QueueDefinition.defaults(name.get());
      all.add(next.toJson().encode());
      name = next.deadLetter();
    }
    return all.encode();
  }

  @Override
  public Future<QueueView> get(String queue) {
    return queues(queue, "get").map(answer -> view(answer.get(0)));
  }

  static QueueView view(Response told) {
    String name = told.get(0).toString();
    List<GroupView> groups =
        RedisQueueStore.list(told.get(5)).stream()
            .map(
                group ->
                    new GroupView(
                        group.get(0).toString(),
                        group.get(1).toInteger(),
                        group.get(2).toInteger(),
                        group.get(3).toInteger()))
            .toList();
    return new QueueView(
        name,
        QueueDefinition.from(name, Fields.of(new JsonObject(told.get(1).toString()))),
        told.get(2).toInteger(),
        told.get(3).toLong(),
        Duration.ofMillis(told.get(4).toLong()),
        groups,
        subscriptions(told.get(6).toString()),
        told.get(7).toLong());
  }

  static List<Subscription> subscriptions(String json) {
    return new JsonArray(json)
        .stream().map(each -> Subscription.from(Fields.of((JsonObject) each))).toList();
  }

  @Override
  public Future<QueuePage> list(ListQueues request) {
    String prefix = request.prefix();
    String from =
        request
            .cursor()
            .filter(cursor -> cursor.compareTo(prefix) >= 0)
            .map(cursor -> "(" + cursor)
            .orElse(prefix.isEmpty() ? "-" : "[" + prefix);
    String to = prefix.isEmpty() ? "+" : "(" + prefix + "~";
    return store
        .run(Script.LIST, "", List.of(from, to, Integer.toString(request.limit())))
        .map(
            answer -> {
              List<QueueView> items =
                  RedisQueueStore.list(answer.get(1)).stream()
                      .map(RedisQueueService::view)
                      .toList();
              return new QueuePage(
                  items,
                  answer.get(0).toInteger() == 1
                      ? Optional.of(items.get(items.size() - 1).name())
                      : Optional.empty());
            });
  }

  @Override
  public Future<Void> delete(String queue) {
    return queues(queue, "delete").mapEmpty();
  }

  @Override
  public Future<Long> purge(String queue) {
    return queues(queue, "purge").map(answer -> answer.get(0).toLong());
  }

  @Override
  public Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> messages) {
    return new RedisSendJob(store, options).send(queue, messages);
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return receives.receive(request, gone);
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    return new RedisSettleJob(store).settle(queue, settlements);
  }

  @Override
  public Future<MessagePage> peek(PeekMessages request) {
    String from = request.from().orElse("0".repeat(16));
    return store
        .run(Script.PEEK, request.queue(), List.of(from, Integer.toString(request.limit())))
        .map(
            answer ->
                new MessagePage(
                    RedisQueueStore.list(answer.get(1)).stream()
                        .map(RedisQueueService::peeked)
                        .toList(),
                    Optional.of(answer.get(0).toString()).filter(next -> !next.isEmpty())));
  }

  private static Message peeked(Response told) {
    return StreamEntry.message(
        told.get(0).toString(),
        told.get(1).toLong(),
        told.get(2).toLong(),
        RedisQueueStore.fields(told.get(3)));
  }

  @Override
  public Future<QueueView> seek(SeekGroup request) {
    String begin =
        request
            .at()
            .map(time -> Long.toString(time.toEpochMilli()))
            .orElseGet(() -> Fields.word(request.begin()));
    return queues(
            request.queue(), "seek", request.group(), begin, Integer.toString(options.maxGroups()))
        .map(answer -> view(answer.get(0)));
  }

  @Override
  public Future<QueueView> removeGroup(String queue, String group) {
    return queues(queue, "remove", group).map(answer -> view(answer.get(0)));
  }

  @Override
  public Future<RedriveState> redrive(Redrive request) {
    return redrives.begin(request);
  }

  @Override
  public Future<RedriveState> redriveState(String queue) {
    return redrives.ask(queue, "state");
  }

  @Override
  public Future<RedriveState> cancelRedrive(String queue) {
    return redrives.ask(queue, "cancel");
  }

  @Override
  public Future<QueueView> subscribe(Subscription subscription) {
    return queues(
            subscription.queue(),
            "subscribe",
            subscription.toJson().encode(),
            Integer.toString(PushJob.MAX_SUBSCRIPTIONS))
        .compose(this::pushed);
  }

  @Override
  public Future<QueueView> unsubscribe(String queue, String group, String address) {
    return queues(queue, "unsubscribe", group, address).compose(this::pushed);
  }

  private Future<QueueView> pushed(List<Response> answer) {
    QueueView view = view(answer.get(0));
    return pushes.claim().map(view).otherwise(view);
  }
}
