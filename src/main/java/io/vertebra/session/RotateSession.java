package io.vertebra.session;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Gives a session another id, with changes in the same step.
 *
 * @param next the new id, chosen by the caller from a secure source; empty to be given one; JSON
 *     {@code newSessionId}
 * @param attributes values by name; null removes
 * @param principal whose session it is from now on; empty to leave that
 */
public record RotateSession(
    SessionId id, Optional<SessionId> next, JsonObject attributes, Optional<String> principal) {

  public RotateSession {
    if (next.isPresent() && next.get().equals(id)) {
      throw Failure.invalid("/newSessionId", "must be another one");
    }
  }

  /** With an id of the server's choice, and no changes. */
  public static RotateSession of(SessionId id) {
    return new RotateSession(id, Optional.empty(), new JsonObject(), Optional.empty());
  }

  static RotateSession from(Fields fields) {
    String id = SessionId.required(fields);
    Optional<String> next =
        SessionId.read(fields, "newSessionId")
            .about("An id of the caller's own, from a secure source; without it one is made.")
            .optional();
    Optional<String> principal =
        Attributes.principal(fields).about("Whose session it is from now on.").optional();
    JsonObject attributes = Attributes.read(fields);
    return fields.build(
        () ->
            new RotateSession(new SessionId(id), next.map(SessionId::new), attributes, principal));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("sessionId", id.text()).put("attributes", attributes);
    next.ifPresent(chosen -> json.put("newSessionId", chosen.text()));
    principal.ifPresent(name -> json.put("principal", name));
    return json;
  }
}
