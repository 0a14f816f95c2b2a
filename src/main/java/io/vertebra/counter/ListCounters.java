package io.vertebra.counter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Optional;

/**
 * Asks for counters by the order of their names. What is added or removed between two parts may
 * show or not; what stays shows exactly once.
 *
 * @param prefix what the names begin with
 * @param cursor of the part before; empty for the first
 * @param limit the most counters, 1 to 1000; default 100
 */
public record ListCounters(String prefix, Optional<String> cursor, int limit) {
  private static final int MAX_LIMIT = 1000;

  /** Of a name in base64, whose characters take up to three bytes. */
  private static final int MAX_CURSOR = Names.MAX_LENGTH * 4;

  static ListCounters from(Fields fields) {
    String prefix = fields.text("prefix", 0, Names.MAX_LENGTH).orElse("");
    Optional<String> cursor =
        fields
            .text("cursor", 1, MAX_CURSOR)
            .matching(ListCounters::isCursor, "must be a cursor of an earlier answer")
            .about("The cursor of the part before; none for the first.")
            .optional();
    int limit = fields.integer("limit", 1, MAX_LIMIT).about("The most counters.").orElse(100);
    return fields.build(() -> new ListCounters(prefix, cursor, limit));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("prefix", prefix).put("limit", limit);
    cursor.ifPresent(value -> json.put("cursor", value));
    return json;
  }

  /** The name after which the part begins. */
  Optional<String> after() {
    return cursor.map(text -> new String(Base64.getUrlDecoder().decode(text), UTF_8));
  }

  static String cursorAfter(String name) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(UTF_8));
  }

  private static boolean isCursor(String text) {
    try {
      return Base64.getUrlDecoder().decode(text).length > 0;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
