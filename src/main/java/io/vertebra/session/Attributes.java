package io.vertebra.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** Attributes of sessions: their names, how many there may be, how they change. */
final class Attributes {
  static final int MAX_NAME = 100;
  static final int MAX_PRINCIPAL = 200;

  private Attributes() {}

  static JsonObject read(Fields fields) {
    return fields
        .json("attributes")
        .about("Attributes by name, of 1 to 100 characters; null removes one.")
        .matching(Attributes::areNamed, "must have names of 1 to 100 characters")
        .optional()
        .orElseGet(JsonObject::new);
  }

  static io.vertebra.api.Value<String> principal(Fields fields) {
    return fields
        .text("principal", 1, MAX_PRINCIPAL)
        .matching(
            text -> text.chars().noneMatch(Character::isISOControl),
            "must have no control characters");
  }

  private static boolean areNamed(JsonObject attributes) {
    return attributes.fieldNames().stream()
        .allMatch(name -> !name.isEmpty() && name.length() <= MAX_NAME);
  }

  /**
   * Some attributes with changes, each of them by itself.
   *
   * @param changes values by name; null removes
   */
  static JsonObject merge(JsonObject present, JsonObject changes) {
    Map<String, Object> merged = new LinkedHashMap<>(present.getMap());
    changes
        .getMap()
        .forEach(
            (name, value) -> {
              if (value == null) {
                merged.remove(name);
              } else {
                merged.put(name, value);
              }
            });
    return new JsonObject(merged);
  }

  /**
   * @throws Failure {@code INVALID} if they are too many or too long
   */
  static JsonObject checked(JsonObject attributes, SessionOptions options) {
    if (attributes.size() > options.maxAttributes()) {
      throw Failure.invalid(
          "/attributes",
          "would be " + attributes.size() + ", of at most " + options.maxAttributes());
    }
    int bytes = bytes(attributes);
    if (bytes > options.maxBytes()) {
      throw Failure.invalid(
          "/attributes", "would take " + bytes + " bytes, of at most " + options.maxBytes());
    }
    return attributes;
  }

  static int bytes(JsonObject attributes) {
    return attributes.encode().getBytes(UTF_8).length;
  }
}
