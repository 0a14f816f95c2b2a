package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A queue as it is kept.
 *
 * @param number under which its messages are kept, never used before; a queue that is purged gets a
 *     new one
 * @param nextGroup the number of the next group
 * @param revision of the store at which this was written
 */
record StoredQueue(
    String name,
    long number,
    QueueDefinition definition,
    List<StoredGroup> groups,
    int nextGroup,
    List<Subscription> subscriptions,
    long revision) {

  StoredQueue {
    groups = List.copyOf(groups);
    subscriptions = List.copyOf(subscriptions);
  }

  /** A new one with the group that all have. */
  static StoredQueue fresh(String name, long number, QueueDefinition definition) {
    StoredGroup group = new StoredGroup(QueueFields.DEFAULT_GROUP, 1, 0);
    return new StoredQueue(name, number, definition, List.of(group), 2, List.of(), 0);
  }

  StoredQueue at(long written) {
    return new StoredQueue(name, number, definition, groups, nextGroup, subscriptions, written);
  }

  StoredQueue defined(QueueDefinition wanted) {
    return new StoredQueue(name, number, wanted, groups, nextGroup, subscriptions, revision);
  }

  /** Without its messages. */
  StoredQueue emptied(long newNumber) {
    return new StoredQueue(name, newNumber, definition, groups, nextGroup, subscriptions, revision);
  }

  StoredQueue subscribed(List<Subscription> all) {
    return new StoredQueue(name, number, definition, groups, nextGroup, all, revision);
  }

  Optional<StoredGroup> group(String wanted) {
    return groups.stream().filter(group -> group.name().equals(wanted)).findFirst();
  }

  /** With a group that begins at an id, be it new or there. */
  StoredQueue withGroup(String wanted, long from) {
    List<StoredGroup> all = new ArrayList<>(groups);
    all.removeIf(group -> group.name().equals(wanted));
    all.add(new StoredGroup(wanted, nextGroup, from));
    return new StoredQueue(name, number, definition, all, nextGroup + 1, subscriptions, revision);
  }

  StoredQueue withoutGroup(String unwanted) {
    return new StoredQueue(
        name,
        number,
        definition,
        groups.stream().filter(group -> !group.name().equals(unwanted)).toList(),
        nextGroup,
        subscriptions.stream().filter(each -> !each.group().equals(unwanted)).toList(),
        revision);
  }

  Bytes encode() {
    JsonObject json =
        new JsonObject()
            .put("number", number)
            .put("definition", definition.toJson())
            .put("groups", new JsonArray(groups.stream().map(StoredGroup::toJson).toList()))
            .put("nextGroup", nextGroup)
            .put(
                "subscriptions",
                new JsonArray(subscriptions.stream().map(Subscription::toJson).toList()));
    return Bytes.utf8(json.encode());
  }

  static StoredQueue decode(String name, Bytes value, long revision) {
    JsonObject json = new JsonObject(new String(value.unsafeArray(), StandardCharsets.UTF_8));
    return new StoredQueue(
        name,
        json.getLong("number"),
        QueueDefinition.from(name, Fields.of(json.getJsonObject("definition"))),
        objects(json, "groups").stream().map(StoredGroup::from).toList(),
        json.getInteger("nextGroup"),
        objects(json, "subscriptions").stream()
            .map(each -> Subscription.from(Fields.of(each)))
            .toList(),
        revision);
  }

  private static List<JsonObject> objects(JsonObject json, String name) {
    return json.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }
}
