package io.vertebra.consul;

import io.vertebra.registry.Check;
import io.vertebra.registry.CheckDefinition.Reported;
import io.vertebra.registry.CheckState;
import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Entry;
import io.vertebra.registry.HealthCheck;
import io.vertebra.registry.Instance;
import io.vertebra.registry.Node;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/** One of each of what is listed, by which filters are checked. */
record FilterSamples(RegistryJson json) {
  private static final Instance INSTANCE = Instance.of("sample", "sample", "", 0);
  private static final Entry<Node> NODE = new Entry<>(Node.named("sample"), 1, 1);
  private static final Entry<Instance> SERVICE = new Entry<>(INSTANCE, 1, 1);
  private static final Entry<HealthCheck> CHECK =
      new Entry<>(
          new HealthCheck(
              Check.of(INSTANCE, "sample", new Reported()),
              new CheckState(CheckStatus.PASSING, "", Instant.EPOCH)),
          1,
          1);

  JsonObject node() {
    return json.node(NODE);
  }

  JsonObject service() {
    return json.service(SERVICE);
  }

  JsonObject row() {
    return json.row(NODE, SERVICE);
  }

  static JsonObject check() {
    return RegistryJson.check(CHECK, Optional.of(INSTANCE));
  }

  JsonObject health() {
    return new JsonObject()
        .put("Node", node())
        .put("Service", service())
        .put("Checks", new JsonArray().add(check()));
  }
}
