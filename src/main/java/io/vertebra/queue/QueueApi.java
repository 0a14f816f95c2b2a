package io.vertebra.queue;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.queue.event.EventHeaders;
import io.vertebra.queue.event.EventJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The operations on queues: the one place that names them, their paths and their JSON. */
final class QueueApi {
  static final String CONCERN = "queue";

  /** The same operations at the owner, for members of the cluster. */
  static final String OWNER = CONCERN + "-whole";

  private static final String QUEUES = "/api/v1/queues";
  static final String QUEUE = QUEUES + "/:queue";
  static final String MESSAGES = QUEUE + "/messages";
  private static final String REDRIVE = QUEUE + "/redrive";
  private static final String GROUP = QUEUE + "/groups/:group";
  private static final String SUBSCRIPTIONS = QUEUE + "/subscriptions";

  private QueueApi() {}

  /** Messages for a queue. */
  record Sending(String queue, List<NewMessage> messages) {}

  /** Settlements of a queue. */
  record Settling(String queue, List<Settlement> items) {}

  /** A group or address of a queue. */
  record Part(String queue, String group, String address) {}

  static Api of(QueueService service) {
    List<Operation<?>> all = new ArrayList<>();
    all.addAll(definitions(service));
    all.addAll(messages(service));
    all.addAll(groups(service));
    all.addAll(redrives(service));
    all.addAll(subscriptions(service));
    return new Api(CONCERN, Api.Scope.CLUSTER, all);
  }

  /** The queue that a field names, which is not checked yet. */
  private static List<Operation.Other> named(JsonObject request, String field) {
    return request.getValue(field) instanceof String queue && !queue.isEmpty()
        ? List.of(new Operation.Other("queues", queue))
        : List.of();
  }

  /** Its own queue of dead letters, by the name it has unless given, needs no permission more. */
  private static List<Operation.Other> foreignDeadLetter(JsonObject request) {
    String own = request.getValue("queue") + QueueDefinition.DEAD;
    return named(request, "deadLetter").stream().filter(to -> !to.name().equals(own)).toList();
  }

  private static List<Operation<?>> definitions(QueueService service) {
    return List.of(
        Operation.of(
            "list",
            GET,
            QUEUES,
            "Lists queues by name.",
            ListQueues::from,
            request -> service.list(request).map(QueuePage::toJson)),
        Operation.of(
                "define",
                PUT,
                QUEUE,
                "Makes a queue, or changes what it is.",
                DefineQueue::from,
                request -> service.define(request).map(QueueView::toJson))
            .alsoWriting(QueueApi::foreignDeadLetter),
        Operation.of(
            "get",
            GET,
            QUEUE,
            "Shows a queue and how it stands.",
            QueueApi::queue,
            queue -> service.get(queue).map(QueueView::toJson)),
        Operation.of(
            "delete",
            DELETE,
            QUEUE,
            "Removes a queue and its messages.",
            QueueApi::queue,
            queue -> service.delete(queue).map(done -> new JsonObject().put("queue", queue))));
  }

  private static List<Operation<?>> messages(QueueService service) {
    return List.of(
        Operation.of(
                "send",
                POST,
                MESSAGES,
                "Sends a message.",
                QueueApi::sendingOne,
                request ->
                    service
                        .send(request.queue(), request.messages())
                        .map(items -> items.get(0).get().toJson()))
            .takingBytes("body"),
        Operation.of(
            "send-batch",
            POST,
            QUEUE + "/batch",
            "Sends messages, each for itself.",
            QueueApi::sending,
            request ->
                service
                    .send(request.queue(), request.messages())
                    .map(items -> Outcome.toJson(items, SentMessage::toJson))),
        Operation.of(
                "send-events",
                POST,
                QUEUE + "/events",
                "Sends CloudEvents, in binary, structured or batched mode of HTTP.",
                EventMessages::from,
                request ->
                    service
                        .send(request.queue(), request.messages())
                        .map(items -> sent(request, items)))
            .takingRequests("body", EventHeaders.PREFIX),
        Operation.of(
            "peek",
            GET,
            MESSAGES,
            "Looks at messages, and changes nothing.",
            PeekMessages::from,
            request -> service.peek(request).map(MessagePage::toJson)),
        Operation.of(
            "purge",
            DELETE,
            MESSAGES,
            "Removes all messages of a queue.",
            QueueApi::queue,
            queue -> service.purge(queue).map(removed -> new JsonObject().put("removed", removed))),
        Operation.waiting(
                "receive",
                POST,
                QUEUE + "/receive",
                "Receives messages, and waits for some.",
                ReceiveMessages::from,
                (request, gone) -> service.receive(request, gone).map(QueueApi::received))
            .givingAlso(
                new Operation.Form(
                    EventJson.BATCH_MEDIA_TYPE,
                    (request, answer) ->
                        EventMessages.batch(request.getString("queue"), answer).toBuffer())),
        settling(service, "ack", "Says that the work is done.", Settlement::ackFrom),
        settling(service, "nack", "Says that it failed.", Settlement::nackFrom),
        settling(service, "extend", "Says that it takes longer.", Settlement::extendFrom));
  }

  private static Operation<?> settling(
      QueueService service, String action, String summary, Function<Fields, Settlement> reader) {
    return Operation.of(
        action,
        POST,
        QUEUE + "/" + action,
        summary,
        fields -> {
          String queue = QueueFields.queue(fields);
          List<Settlement> items =
              fields
                  .objects("items", QueueFields.MAX_BATCH, reader)
                  .about("What is said of which receipt.")
                  .required();
          return fields.build(() -> new Settling(queue, items));
        },
        request ->
            service
                .settle(request.queue(), request.items())
                .map(items -> Outcome.toJson(items, Settled::toJson)));
  }

  private static List<Operation<?>> groups(QueueService service) {
    return List.of(
        Operation.of(
            "seek",
            PUT,
            GROUP,
            "Makes a group of consumers, or moves it to another time.",
            SeekGroup::from,
            request -> service.seek(request).map(QueueView::toJson)),
        Operation.of(
            "remove-group",
            DELETE,
            GROUP,
            "Removes a group of consumers.",
            QueueApi::group,
            part -> service.removeGroup(part.queue(), part.group()).map(QueueView::toJson)));
  }

  private static List<Operation<?>> redrives(QueueService service) {
    return List.of(
        Operation.of(
                "redrive",
                POST,
                REDRIVE,
                "Moves messages to where they came from or another queue, or tells which ones.",
                Redrive::from,
                request -> service.redrive(request).map(RedriveState::toJson))
            .alsoWriting(request -> named(request, "to")),
        Operation.of(
            "redrive-state",
            GET,
            REDRIVE,
            "Shows how far the last redrive is.",
            QueueApi::queue,
            queue -> service.redriveState(queue).map(RedriveState::toJson)),
        Operation.of(
            "cancel-redrive",
            DELETE,
            REDRIVE,
            "Ends a redrive.",
            QueueApi::queue,
            queue -> service.cancelRedrive(queue).map(RedriveState::toJson)));
  }

  private static List<Operation<?>> subscriptions(QueueService service) {
    return List.of(
        Operation.of(
            "subscribe",
            POST,
            SUBSCRIPTIONS,
            "Has messages sent to an address of the event bus, or posted to a server.",
            Subscription::from,
            request -> service.subscribe(request).map(QueueView::toJson)),
        Operation.of(
            "unsubscribe",
            DELETE,
            SUBSCRIPTIONS,
            "Sends no more to an address or server.",
            QueueApi::subscription,
            part ->
                service
                    .unsubscribe(part.queue(), part.group(), part.address())
                    .map(QueueView::toJson)));
  }

  private static JsonObject sent(EventMessages.Sending request, List<Outcome<SentMessage>> items) {
    return request.batch()
        ? Outcome.toJson(items, SentMessage::toJson)
        : items.get(0).get().toJson();
  }

  private static JsonObject received(List<ReceivedMessage> messages) {
    return new JsonObject()
        .put("messages", new JsonArray(messages.stream().map(ReceivedMessage::toJson).toList()));
  }

  private static String queue(Fields fields) {
    String queue = QueueFields.queue(fields);
    return fields.build(() -> queue);
  }

  private static Sending sendingOne(Fields fields) {
    String queue = QueueFields.queue(fields);
    NewMessage message = NewMessage.from(fields);
    return fields.build(() -> new Sending(queue, List.of(message)));
  }

  private static Sending sending(Fields fields) {
    String queue = QueueFields.queue(fields);
    List<NewMessage> messages =
        fields
            .objects("messages", QueueFields.MAX_BATCH, NewMessage::from)
            .about("What is sent.")
            .required();
    return fields.build(
        () -> {
          if (messages.isEmpty()) {
            throw Failure.invalid("/messages", "must hold a message");
          }
          return new Sending(queue, messages);
        });
  }

  private static Part group(Fields fields) {
    String queue = QueueFields.queue(fields);
    String group = QueueFields.name(fields, "group").about("The group of consumers.").required();
    return fields.build(() -> new Part(queue, group, ""));
  }

  private static Part subscription(Fields fields) {
    String queue = QueueFields.queue(fields);
    String group = QueueFields.group(fields);
    String address = Subscription.address(fields);
    return fields.build(
        () -> {
          if (address.isEmpty()) {
            throw Failure.invalid("/address", "or url must be given");
          }
          return new Part(queue, group, address);
        });
  }
}
