package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * A release to some, as it is listed.
 *
 * @param items what its readers see instead, secrets hidden
 * @param removed what they do not see
 */
public record GrayRelease(
    String name, int order, long revision, GrayRule rule, List<Item> items, List<String> removed) {

  static GrayRelease of(Gray gray) {
    List<Item> items = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    gray.changes()
        .forEach(
            (key, change) ->
                change.ifPresentOrElse(
                    entry -> items.add(Item.of(new Namespace.Seen(entry, gray.name()))),
                    () -> removed.add(key)));
    return new GrayRelease(gray.name(), gray.order(), gray.revision(), gray.rule(), items, removed);
  }

  JsonObject toJson() {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(item.toJson()));
    return new JsonObject()
        .put("name", name)
        .put("order", order)
        .put("revision", revision)
        .put("rule", rule.toJson())
        .put("items", array)
        .put("removed", new JsonArray(removed));
  }

  static GrayRelease from(JsonObject json) {
    return new GrayRelease(
        json.getString("name"),
        json.getInteger("order"),
        json.getLong("revision"),
        GrayRule.from(Fields.of(json.getJsonObject("rule"))),
        json.getJsonArray("items").stream().map(each -> Item.from((JsonObject) each)).toList(),
        json.getJsonArray("removed").stream().map(String.class::cast).toList());
  }
}
