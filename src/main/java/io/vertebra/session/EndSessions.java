package io.vertebra.session;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Ends all sessions of somebody.
 *
 * @param except the handle of one that stays; empty for none
 */
public record EndSessions(String principal, Optional<String> except) {

  static EndSessions from(Fields fields) {
    String principal = Attributes.principal(fields).about("Whose.").required();
    Optional<String> except =
        Handles.read(fields, "except").about("The handle of one that stays.").optional();
    return fields.build(() -> new EndSessions(principal, except));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("principal", principal);
    except.ifPresent(handle -> json.put("except", handle));
    return json;
  }
}
