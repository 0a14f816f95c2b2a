package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * A definition as it is kept.
 *
 * @param revision of the change that wrote it
 */
public record Entry<T>(String name, long revision, T value) {

  JsonObject toJson(Function<T, JsonObject> encoder) {
    return new JsonObject()
        .put("name", name)
        .put("revision", revision)
        .put("value", encoder.apply(value));
  }

  static <T> Entry<T> from(JsonObject json, Function<Fields, T> reader) {
    T value = reader.apply(Fields.of(json.getJsonObject("value")));
    return new Entry<>(json.getString("name"), json.getLong("revision"), value);
  }
}
