package io.vertebra.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The JSON Schema of an object, as its reader tells it field by field. */
final class Schema {
  private final JsonObject properties = new JsonObject();
  private final JsonArray required = new JsonArray();

  JsonObject property(String name, JsonObject type) {
    properties.put(name, type);
    return type;
  }

  void require(String name) {
    required.add(name);
  }

  JsonObject toJson() {
    JsonObject schema =
        new JsonObject()
            .put("type", "object")
            .put("properties", properties)
            .put("additionalProperties", false);
    return required.isEmpty() ? schema : schema.put("required", required);
  }

  static JsonObject integerType(long min, long max) {
    return new JsonObject().put("type", "integer").put("minimum", min).put("maximum", max);
  }

  static JsonObject arrayType(JsonObject item, int maxItems) {
    return new JsonObject().put("type", "array").put("items", item).put("maxItems", maxItems);
  }

  static JsonObject mapType(JsonObject item, int maxItems) {
    return new JsonObject()
        .put("type", "object")
        .put("additionalProperties", item)
        .put("maxProperties", maxItems);
  }
}
