package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * A change that was made, as it is announced on the bus.
 *
 * @param revision the change's own
 */
public record Change(Kind kind, String name, long revision, Type change) {

  /** What was changed. */
  public enum Kind {
    ROUTE,
    UPSTREAM
  }

  /** What was done with it. */
  public enum Type {
    PUT,
    DELETE
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("kind", Fields.word(kind))
        .put("name", name)
        .put("revision", revision)
        .put("change", Fields.word(change));
  }
}
