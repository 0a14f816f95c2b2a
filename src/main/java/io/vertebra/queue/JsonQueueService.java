package io.vertebra.queue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** Queues that are asked by the words and the JSON of their operations. */
abstract class JsonQueueService implements QueueService {

  /**
   * Has an operation answered.
   *
   * @param patience how long it may wait, as the request says
   */
  abstract Future<JsonObject> call(String action, JsonObject request, Duration patience);

  @Override
  public Future<QueueView> define(DefineQueue request) {
    return call("define", request.toJson()).map(QueueView::from);
  }

  @Override
  public Future<QueueView> get(String queue) {
    return call("get", named(queue)).map(QueueView::from);
  }

  @Override
  public Future<QueuePage> list(ListQueues request) {
    return call("list", request.toJson()).map(QueuePage::from);
  }

  @Override
  public Future<Void> delete(String queue) {
    return call("delete", named(queue)).mapEmpty();
  }

  @Override
  public Future<Long> purge(String queue) {
    return call("purge", named(queue)).map(json -> json.getLong("removed"));
  }

  @Override
  public Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> messages) {
    JsonArray all = new JsonArray(messages.stream().map(NewMessage::toJson).toList());
    return call("send-batch", named(queue).put("messages", all))
        .map(json -> Outcome.from(json, SentMessage::from));
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return call("receive", request.toJson(), request.patience())
        .map(
            json ->
                json.getJsonArray("messages").stream()
                    .map(item -> ReceivedMessage.from((JsonObject) item))
                    .toList());
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    Settlements parts = Settlements.of(settlements);
    return Future.all(
            parts.actions().stream()
                .map(
                    action ->
                        call(action, named(queue).put("items", parts.items(action)))
                            .map(json -> Outcome.from(json, Settled::from)))
                .toList())
        .map(answers -> parts.inOrder(answers.list()));
  }

  @Override
  public Future<MessagePage> peek(PeekMessages request) {
    return call("peek", request.toJson()).map(MessagePage::from);
  }

  @Override
  public Future<QueueView> seek(SeekGroup request) {
    return call("seek", request.toJson()).map(QueueView::from);
  }

  @Override
  public Future<QueueView> removeGroup(String queue, String group) {
    return call("remove-group", named(queue).put("group", group)).map(QueueView::from);
  }

  @Override
  public Future<RedriveState> redrive(Redrive request) {
    return call("redrive", request.toJson()).map(RedriveState::from);
  }

  @Override
  public Future<RedriveState> redriveState(String queue) {
    return call("redrive-state", named(queue)).map(RedriveState::from);
  }

  @Override
  public Future<RedriveState> cancelRedrive(String queue) {
    return call("cancel-redrive", named(queue)).map(RedriveState::from);
  }

  @Override
  public Future<QueueView> subscribe(Subscription subscription) {
    return call("subscribe", subscription.toJson()).map(QueueView::from);
  }

  @Override
  public Future<QueueView> unsubscribe(String queue, String group, String subscriber) {
    String field = subscriber.contains("://") ? "url" : "address";
    JsonObject json = named(queue).put("group", group).put(field, subscriber);
    return call("unsubscribe", json).map(QueueView::from);
  }

  private static JsonObject named(String queue) {
    return new JsonObject().put("queue", queue);
  }

  private Future<JsonObject> call(String action, JsonObject request) {
    return call(action, request, Duration.ZERO);
  }
}
