package io.vertebra.auth;

import io.vertebra.api.Call;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * Who asks and from where, as found out at the door and not told by the request.
 *
 * @param name of the user or API key
 * @param address of the client; empty if it is not known
 */
record Caller(String name, String kind, String session, String address) {
  /** The field in which it is handed to the operations of this concern. */
  static final String FIELD = "caller";

  static Caller of(Principal principal, Call call) {
    return new Caller(
        principal.name(), Fields.word(principal.kind()), principal.session(), call.from());
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("kind", kind)
        .put("session", session)
        .put("address", address);
  }

  static Caller read(Fields fields) {
    JsonObject json =
        fields.json(FIELD).about("Set by the node, whatever is sent.").orElse(new JsonObject());
    return new Caller(
        json.getString("name", "-"),
        json.getString("kind", "nobody"),
        json.getString("session", ""),
        json.getString("address", ""));
  }
}
