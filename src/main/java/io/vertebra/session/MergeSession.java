package io.vertebra.session;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Changes some attributes of a session and leaves the others.
 *
 * @param attributes values by name; null removes
 * @param principal whose session it is from now on; empty to leave that
 */
public record MergeSession(SessionId id, JsonObject attributes, Optional<String> principal) {

  /** Changes attributes alone. */
  public static MergeSession of(SessionId id, JsonObject attributes) {
    return new MergeSession(id, attributes, Optional.empty());
  }

  static MergeSession from(Fields fields) {
    String id = SessionId.required(fields);
    Optional<String> principal =
        Attributes.principal(fields).about("Whose session it is from now on.").optional();
    JsonObject attributes = Attributes.read(fields);
    return fields.build(() -> new MergeSession(new SessionId(id), attributes, principal));
  }

  /** The removal of one attribute. */
  static MergeSession removal(Fields fields) {
    String id = SessionId.required(fields);
    String name = fields.text("name", 1, Attributes.MAX_NAME).about("Of the attribute.").required();
    return fields.build(() -> of(new SessionId(id), new JsonObject().putNull(name)));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("sessionId", id.text()).put("attributes", attributes);
    principal.ifPresent(name -> json.put("principal", name));
    return json;
  }
}
