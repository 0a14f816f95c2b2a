package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A release that was made.
 *
 * @param gray the release to some that it made, ended or promoted; empty if none
 * @param changes by key, in order
 * @param bytes of the former values it ended
 */
public record Released(
    long revision,
    Kind kind,
    String gray,
    String author,
    String comment,
    Instant at,
    List<Changed> changes,
    long bytes) {

  /** What was done. */
  public enum Kind {
    RELEASE,
    REVERT,
    IMPORT,
    GRAY,
    PROMOTE,
    ROLLBACK,
    RULES,
    RE_ENCRYPT
  }

  /** A key that was written or removed. */
  public record Changed(String key, boolean removed) {
    JsonObject toJson() {
      return new JsonObject().put("key", key).put("change", removed ? "delete" : "put");
    }
  }

  public Released {
    changes = List.copyOf(changes);
  }

  JsonObject toJson() {
    JsonArray list = new JsonArray();
    changes.forEach(change -> list.add(change.toJson()));
    JsonObject json =
        new JsonObject()
            .put("revision", revision)
            .put("kind", Fields.word(kind))
            .put("author", author)
            .put("comment", comment)
            .put("at", at.toString());
    if (!gray.isEmpty()) {
      json.put("gray", gray);
    }
    return json.put("changes", list);
  }

  JsonObject encode() {
    return toJson().put("bytes", bytes);
  }

  static Released from(JsonObject json) {
    List<Changed> changes =
        json.getJsonArray("changes").stream()
            .map(JsonObject.class::cast)
            .map(each -> new Changed(each.getString("key"), isDelete(each)))
            .toList();
    return new Released(
        json.getLong("revision"),
        Kind.valueOf(json.getString("kind").toUpperCase(Locale.ROOT).replace('-', '_')),
        json.getString("gray", ""),
        json.getString("author"),
        json.getString("comment"),
        Instant.parse(json.getString("at")),
        changes,
        json.getLong("bytes", 0L));
  }

  private static boolean isDelete(JsonObject change) {
    return change.getString("change").equals("delete");
  }
}
