package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * A queue and how it stands.
 *
 * @param messages that are there, those kept for replay included
 * @param bytes of their bodies and headers
 * @param oldest how long ago the oldest message was sent that some group is not done with; zero if
 *     there is none
 * @param revision of its definition
 */
public record QueueView(
    String name,
    QueueDefinition definition,
    int messages,
    long bytes,
    Duration oldest,
    List<GroupView> groups,
    List<Subscription> subscriptions,
    long revision) {

  public QueueView {
    groups = List.copyOf(groups);
    subscriptions = List.copyOf(subscriptions);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("definition", definition.toJson())
        .put("messages", messages)
        .put("bytes", bytes)
        .put("oldestMs", oldest.toMillis())
        .put("groups", new JsonArray(groups.stream().map(GroupView::toJson).toList()))
        .put(
            "subscriptions",
            new JsonArray(subscriptions.stream().map(Subscription::toView).toList()))
        .put("revision", revision);
  }

  static QueueView from(JsonObject json) {
    String name = json.getString("name");
    return new QueueView(
        name,
        QueueDefinition.from(name, Fields.of(json.getJsonObject("definition"))),
        json.getInteger("messages"),
        json.getLong("bytes"),
        Duration.ofMillis(json.getLong("oldestMs")),
        objects(json, "groups").stream().map(GroupView::from).toList(),
        objects(json, "subscriptions").stream().map(Subscription::fromView).toList(),
        json.getLong("revision"));
  }

  private static List<JsonObject> objects(JsonObject json, String name) {
    return json.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }
}
