package io.vertebra.registry;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * Something registered.
 *
 * @param createRevision of the store when it came to be
 * @param modifyRevision of the store when it last changed
 */
public record Entry<T>(T value, long createRevision, long modifyRevision) {

  JsonObject toJson(Function<T, JsonObject> encoder) {
    return encoder
        .apply(value)
        .put("createRevision", createRevision)
        .put("modifyRevision", modifyRevision);
  }

  static <T> Entry<T> from(JsonObject json, Function<Fields, T> reader) {
    JsonObject value = json.copy();
    long created = ((Number) value.remove("createRevision")).longValue();
    long modified = ((Number) value.remove("modifyRevision")).longValue();
    return new Entry<>(reader.apply(Fields.of(value)), created, modified);
  }
}
