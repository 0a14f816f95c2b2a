package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A release to some.
 *
 * @param order 0 to 1000; of several that are for a caller the one with the least counts, then the
 *     one whose name comes first
 * @param revision of the release that made it
 * @param changes what it gives each key; empty for removed
 */
record Gray(
    String name,
    int order,
    long revision,
    GrayRule rule,
    NavigableMap<String, Optional<Entry>> changes)
    implements Comparable<Gray> {
  static final int MAX_ORDER = 1000;

  Gray {
    changes = Collections.unmodifiableNavigableMap(new TreeMap<>(changes));
  }

  @Override
  public int compareTo(Gray other) {
    return order != other.order ? Integer.compare(order, other.order) : name.compareTo(other.name);
  }

  /** Without the changes. */
  JsonObject headJson() {
    return new JsonObject()
        .put("order", order)
        .put("revision", revision)
        .put("rule", rule.toJson());
  }

  static Gray decode(String name, JsonObject head, NavigableMap<String, Optional<Entry>> changes) {
    return new Gray(
        name,
        head.getInteger("order"),
        head.getLong("revision"),
        GrayRule.from(Fields.of(head.getJsonObject("rule"))),
        changes);
  }

  Gray withChanges(NavigableMap<String, Optional<Entry>> others) {
    return new Gray(name, order, revision, rule, others);
  }
}
