package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/** One instance of an upstream. Placeholder until the balancer is merged. */
public record Endpoint(String host, int port, State state) {

  /** Whether it gets requests. */
  public enum State {
    UP,
    DRAINING,
    DOWN
  }

  public String id() {
    return host + ":" + port;
  }

  public static Endpoint from(Fields fields) {
    String host = fields.text("host", 1, 255).required();
    int port = fields.integer("port", 1, 65535).required();
    State state = fields.choice("state", State.class).orElse(State.UP);
    return fields.build(() -> new Endpoint(host, port, state));
  }

  public JsonObject toJson() {
    return new JsonObject().put("host", host).put("port", port).put("state", Fields.word(state));
  }
}
