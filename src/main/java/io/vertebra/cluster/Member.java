package io.vertebra.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * A node of the cluster.
 *
 * @param id unique for one run of a process
 * @param address where it meets members, {@code host:port}
 */
public record Member(String id, String address, NodeFacts facts) {

  /** How long it has been up; where clocks differ, as much off as they are. */
  Duration uptimeAt(Instant now) {
    Duration uptime = Duration.between(facts.startedAt(), now);
    return uptime.isNegative() ? Duration.ZERO : uptime;
  }

  JsonObject toJson(Instant now) {
    return new JsonObject()
        .put("id", id)
        .put("name", facts.name())
        .put("address", address)
        .put("roles", new JsonArray(facts.roles()))
        .put("version", facts.version())
        .put("startedAt", facts.startedAt().toString())
        .put("uptimeMs", uptimeAt(now).toMillis());
  }
}
