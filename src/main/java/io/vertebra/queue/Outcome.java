package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What became of one item of a batch: a value or a failure.
 *
 * @param value what was asked for; empty if it failed
 * @param failure why it failed
 */
public record Outcome<T>(Optional<T> value, Optional<Failure> failure) {

  /** An item of which this became. */
  public static <T> Outcome<T> of(T value) {
    return new Outcome<>(Optional.of(value), Optional.empty());
  }

  static <T> Outcome<T> failed(Throwable cause) {
    return new Outcome<>(Optional.empty(), Optional.of(Failure.of(cause)));
  }

  /** The value; throws the failure if there is none. */
  public T get() {
    return value.orElseThrow(
        () ->
            failure.orElseGet(
                () -> new Failure(FailureCode.INTERNAL, "neither a value nor a failure")));
  }

  static <T> JsonObject toJson(List<Outcome<T>> items, Function<T, JsonObject> writer) {
    JsonArray array = new JsonArray();
    for (Outcome<T> item : items) {
      array.add(item.value().map(writer).orElseGet(() -> problem(item.failure().orElseThrow())));
    }
    return new JsonObject().put("items", array);
  }

  private static JsonObject problem(Failure failure) {
    return new JsonObject()
        .put("code", failure.code().label())
        .put("status", failure.code().httpStatus())
        .put("detail", failure.getMessage());
  }

  static <T> List<Outcome<T>> from(JsonObject answer, Function<JsonObject, T> reader) {
    return answer.getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .map(
            item ->
                item.containsKey("code")
                    ? Outcome.<T>failed(failure(item))
                    : of(reader.apply(item)))
        .toList();
  }

  private static Failure failure(JsonObject item) {
    String word = item.getString("code").toUpperCase(Locale.ROOT);
    return new Failure(FailureCode.valueOf(word), item.getString("detail"));
  }
}
