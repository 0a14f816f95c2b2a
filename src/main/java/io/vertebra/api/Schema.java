package io.vertebra.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

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

  static JsonObject textType(int min, int max) {
    JsonObject type = new JsonObject().put("type", "string");
    return (min == 0 ? type : type.put("minLength", min)).put("maxLength", max);
  }

  static JsonObject base64Type(int max) {
    return textType(0, max).put("contentEncoding", "base64");
  }

  static JsonObject choiceType(List<String> words) {
    return new JsonObject()
        .put("type", "string")
        .put("enum", new JsonArray(new ArrayList<>(words)));
  }

  static JsonObject idType() {
    return new JsonObject()
        .put("type", new JsonArray().add("string").add("integer"))
        .put("minimum", 0)
        .put("pattern", "^[0-9]{1,19}$");
  }

  static JsonObject numberType(double min, double max) {
    return new JsonObject().put("type", "number").put("minimum", min).put("maximum", max);
  }

  static JsonObject integerType(long min, long max) {
    return new JsonObject().put("type", "integer").put("minimum", min).put("maximum", max);
  }

  /** The schema of an object whose member {@code key} comes from elsewhere. */
  static JsonObject without(String key, JsonObject schema) {
    schema.getJsonObject("properties", new JsonObject()).remove(key);
    schema.getJsonArray("required", new JsonArray()).remove(key);
    return schema;
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
