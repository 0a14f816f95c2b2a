package io.vertebra.session;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Asks for a part of the sessions, in the order of their handles. What begins or ends meanwhile may
 * show or not.
 *
 * @param principal whose; empty for everybody's
 * @param cursor of the part before, which is the last handle there; empty for the first
 * @param limit the most sessions, 1 to 100; default 100
 */
public record ListSessions(Optional<String> principal, Optional<String> cursor, int limit) {
  static final int MAX_LIMIT = 100;

  /** The first of somebody's. */
  public static ListSessions of(String principal) {
    return new ListSessions(Optional.of(principal), Optional.empty(), MAX_LIMIT);
  }

  static ListSessions from(Fields fields) {
    Optional<String> principal =
        Attributes.principal(fields).about("Whose; without it everybody's.").optional();
    Optional<String> cursor =
        Handles.read(fields, "cursor")
            .about("The cursor of the part before; none for the first.")
            .optional();
    int limit = fields.integer("limit", 1, MAX_LIMIT).about("The most sessions.").orElse(MAX_LIMIT);
    return fields.build(() -> new ListSessions(principal, cursor, limit));
  }

  ListSessions after(String handle) {
    return new ListSessions(principal, Optional.of(handle), limit);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("limit", limit);
    principal.ifPresent(name -> json.put("principal", name));
    cursor.ifPresent(handle -> json.put("cursor", handle));
    return json;
  }
}
