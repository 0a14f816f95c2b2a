package io.vertebra.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Optional;

/**
 * Asks for a part of a list. What is added or removed between two parts may show or not; what stays
 * shows exactly once.
 *
 * @param cursor of the part before; empty for the first
 * @param limit the most entries, 1 to 1000; default 100
 */
public record PageRequest(Optional<String> cursor, int limit) {
  private static final int MAX_LIMIT = 1000;
  private static final int MAX_CURSOR = 200;
  private static final Rule<String> CURSOR =
      new Rule<>(PageRequest::isCursor, "must be a cursor of an earlier answer");

  public PageRequest {
    cursor.ifPresent(value -> CURSOR.require("/cursor", value));
    if (limit < 1 || limit > MAX_LIMIT) {
      throw Failure.invalid("/limit", "must be 1 to " + MAX_LIMIT);
    }
  }

  /** Asks for the first part. */
  public static PageRequest first(int limit) {
    return new PageRequest(Optional.empty(), limit);
  }

  static PageRequest from(Fields fields) {
    Optional<String> cursor =
        CURSOR
            .on(fields.text("cursor", 1, MAX_CURSOR))
            .about("The cursor of the part before; none for the first.")
            .optional();
    int limit = fields.integer("limit", 1, MAX_LIMIT).about("The most entries.").orElse(100);
    return fields.build(() -> new PageRequest(cursor, limit));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("limit", limit);
    cursor.ifPresent(value -> json.put("cursor", value));
    return json;
  }

  /** The name after which the part begins. */
  Optional<String> after() {
    return cursor.map(value -> new String(Base64.getUrlDecoder().decode(value), UTF_8));
  }

  static String cursorAfter(String name) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(UTF_8));
  }

  private static boolean isCursor(String text) {
    try {
      return Names.RULE.holds().test(new String(Base64.getUrlDecoder().decode(text), UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
