package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * A policy as it is kept.
 *
 * @param revision of the change that wrote it; 1 if it is of the options
 */
public record StoredPolicy(Policy policy, long revision) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", policy.name())
        .put("revision", revision)
        .put("value", policy.toJson());
  }

  static StoredPolicy from(JsonObject json) {
    return new StoredPolicy(
        Policy.from(Fields.of(json.getJsonObject("value"))), json.getLong("revision"));
  }
}
