package io.vertebra.route;

import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.balancer.Upstream;
import io.vertx.core.json.JsonObject;

/**
 * Asks that an endpoint get requests, or none.
 *
 * @param upstream the name of the upstream
 * @param endpoint the endpoint's id in it, {@code host:port}
 */
public record SetEndpointState(String upstream, String endpoint, State state) {

  /** What an endpoint may be told to be. */
  public enum State {
    /** It gets requests. */
    UP,
    /** It gets no more requests and finishes those it has. */
    DRAINING,
    /** It gets no requests. */
    DOWN
  }

  static SetEndpointState from(Fields fields) {
    String upstream = Names.read(fields, "name").required();
    String endpoint = fields.text("id", 1, 300).about("The endpoint, host:port.").required();
    State state = fields.choice("state", State.class).required();
    return fields.build(() -> new SetEndpointState(upstream, endpoint, state));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", upstream)
        .put("id", endpoint)
        .put("state", Fields.word(state));
  }

  /** The definition with the state set; fails with {@code NOT_FOUND} without such an endpoint. */
  Upstream on(Upstream definition) {
    for (int i = 0; i < definition.endpoints().size(); i++) {
      if (definition.endpoints().get(i).id().equals(endpoint)) {
        JsonObject json = definition.toJson().copy();
        json.getJsonArray("endpoints").getJsonObject(i).put("state", Fields.word(state));
        return Upstream.from(Fields.of(json));
      }
    }
    throw new Failure(NOT_FOUND, "upstream " + upstream + " has no endpoint " + endpoint);
  }
}
