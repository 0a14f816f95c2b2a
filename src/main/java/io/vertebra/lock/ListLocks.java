package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Asks for a part of the list of locks.
 *
 * @param prefix what their names begin with; empty for all
 * @param cursor of the part before; empty for the first
 * @param limit the most locks, 1 to 1000; default 100
 */
public record ListLocks(String prefix, String cursor, int limit) {
  private static final int MAX_LIMIT = 1_000;

  public ListLocks {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw Failure.invalid("/limit", "must be 1 to " + MAX_LIMIT);
    }
    Object unused = decoded(cursor);
  }

  static ListLocks from(Fields fields) {
    String prefix = fields.text("prefix", 0, 200).about("What the names begin with.").orElse("");
    String cursor =
        fields.text("cursor", 0, 1_000).about("The cursor of the part before.").orElse("");
    int limit = fields.integer("limit", 1, MAX_LIMIT).about("The most locks.").orElse(100);
    return fields.build(() -> new ListLocks(prefix, cursor, limit));
  }

  /** The name after which the part begins; empty for the first. */
  String after() {
    return decoded(cursor);
  }

  static String cursorAfter(String name) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    try {
      return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      throw Failure.invalid("/cursor", "must be a cursor of an earlier answer");
    }
  }

  JsonObject toJson() {
    return new JsonObject().put("prefix", prefix).put("cursor", cursor).put("limit", limit);
  }
}
