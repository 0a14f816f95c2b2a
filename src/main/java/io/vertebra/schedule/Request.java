package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * What somebody asked of a schedule, kept until the node that leads has done it.
 *
 * @param nominal of the occurrence that it is about
 */
record Request(Kind kind, Instant nominal) {

  /** What is asked for. */
  enum Kind {
    /** To run an occurrence now. */
    TRIGGER,
    /** To run an occurrence of the past. */
    BACKFILL,
    /** To end an occurrence. */
    CANCEL
  }

  JsonObject toJson() {
    return new JsonObject().put("kind", Fields.word(kind)).put("nominal", nominal.toString());
  }

  static Request from(JsonObject json) {
    return new Request(
        Words.constant(Kind.class, json.getString("kind")),
        Instant.parse(json.getString("nominal")));
  }
}
