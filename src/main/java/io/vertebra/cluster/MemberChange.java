package io.vertebra.cluster;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** A node that came or went. */
public record MemberChange(Kind kind, Member member) {

  /** What happened. */
  public enum Kind {
    JOINED,
    LEFT
  }

  JsonObject toJson(Instant now) {
    return new JsonObject().put("change", Fields.word(kind)).put("member", member.toJson(now));
  }
}
