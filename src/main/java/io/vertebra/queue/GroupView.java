package io.vertebra.queue;

import io.vertx.core.json.JsonObject;

/**
 * How a group stands.
 *
 * @param ready messages that could be received now, those behind another of their key included
 * @param delayed whose time has not come, or that rest after a failure
 * @param inFlight that a receiver has
 */
public record GroupView(String name, int ready, int delayed, int inFlight) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("ready", ready)
        .put("delayed", delayed)
        .put("inFlight", inFlight);
  }

  static GroupView from(JsonObject json) {
    return new GroupView(
        json.getString("name"),
        json.getInteger("ready"),
        json.getInteger("delayed"),
        json.getInteger("inFlight"));
  }
}
