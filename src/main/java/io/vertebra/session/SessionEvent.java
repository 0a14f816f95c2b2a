package io.vertebra.session;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What happened to a session.
 *
 * @param handle the one it has, or had last
 * @param previous the handle before a rotation
 */
public record SessionEvent(
    Type type, String handle, Optional<String> principal, Optional<String> previous) {

  /** Kinds of events; in JSON in lower case. */
  public enum Type {
    /** Its time was over. */
    EXPIRED,
    /** Somebody ended it. */
    INVALIDATED,
    /** It has another id. */
    ROTATED
  }

  static SessionEvent of(Type type, String handle, Optional<String> principal) {
    return new SessionEvent(type, handle, principal, Optional.empty());
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("type", Fields.word(type)).put("handle", handle);
    principal.ifPresent(name -> json.put("principal", name));
    previous.ifPresent(old -> json.put("previous", old));
    return json;
  }
}
