package io.vertebra.session;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Begins a session.
 *
 * @param id chosen by the caller from a secure source; empty to be given one
 * @param principal whose it is; empty for nobody's as yet
 * @param idle as {@link SessionOptions#idle} unless given, 1 s to 90 d; JSON {@code idleMs}
 * @param absolute as {@link SessionOptions#absolute} unless given, 1 s to 400 d; JSON {@code
 *     absoluteMs}
 */
public record CreateSession(
    Optional<SessionId> id,
    Optional<String> principal,
    Optional<Duration> idle,
    Optional<Duration> absolute,
    JsonObject attributes) {

  /** With an id and times of the server's choice. */
  public static CreateSession of(JsonObject attributes) {
    return new CreateSession(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), attributes);
  }

  static CreateSession from(Fields fields) {
    Optional<String> id =
        SessionId.read(fields, "sessionId")
            .about("An id of the caller's own, from a secure source; without it one is made.")
            .optional();
    Optional<String> principal =
        Attributes.principal(fields).about("Whose session it is.").optional();
    Optional<Duration> idle =
        fields
            .millis("idleMs", SessionOptions.MIN_MS, SessionOptions.MAX_IDLE_MS)
            .about("Without a touch for this long it ends.")
            .optional();
    Optional<Duration> absolute =
        fields
            .millis("absoluteMs", SessionOptions.MIN_MS, SessionOptions.MAX_ABSOLUTE_MS)
            .about("It ends this long after its creation whatever happens.")
            .optional();
    JsonObject attributes = Attributes.read(fields);
    return fields.build(
        () -> new CreateSession(id.map(SessionId::new), principal, idle, absolute, attributes));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    id.ifPresent(chosen -> json.put("sessionId", chosen.text()));
    principal.ifPresent(name -> json.put("principal", name));
    idle.ifPresent(time -> json.put("idleMs", time.toMillis()));
    absolute.ifPresent(time -> json.put("absoluteMs", time.toMillis()));
    return json.put("attributes", attributes);
  }
}
