package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * A service of the registry whose instances an upstream has.
 *
 * @param name 1 to 200 characters; empty for none
 * @param tag that instances must have, at most 200 characters; empty for any
 * @param zone in which they must be, at most 100 characters; empty for any
 * @param passingOnly whether those that warn are left out too; critical ones always are
 */
public record FollowedService(String name, String tag, String zone, boolean passingOnly) {
  /** No service. */
  public static final FollowedService NONE = new FollowedService("", "", "", true);

  public FollowedService {
    Rules.length("/name", name, 0, 200);
    Rules.length("/tag", tag, 0, 200);
    Rules.length("/zone", zone, 0, 100);
  }

  public static FollowedService from(Fields fields) {
    String name =
        fields
            .text("name", 0, 200)
            .about("Service of the registry whose instances are the endpoints; empty for none.")
            .orElse("");
    String tag =
        fields.text("tag", 0, 200).about("Only instances with this tag; empty for any.").orElse("");
    String zone =
        fields.text("zone", 0, 100).about("Only instances there; empty for any.").orElse("");
    boolean passingOnly =
        fields
            .flag("passingOnly")
            .about("Whether instances that warn are left out too; critical ones always are.")
            .orElse(true);
    return fields.build(() -> new FollowedService(name, tag, zone, passingOnly));
  }

  public boolean isNone() {
    return name.isEmpty();
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("tag", tag)
        .put("zone", zone)
        .put("passingOnly", passingOnly);
  }
}
