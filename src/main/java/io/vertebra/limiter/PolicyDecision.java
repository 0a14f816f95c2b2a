package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What one policy said.
 *
 * @param windowMs after which all permits are there again; 0 if they are given back instead
 * @param note how the decision came about
 */
public record PolicyDecision(String policy, Decision decision, long windowMs, Note note) {

  /** How a decision came about. */
  public enum Note {
    /** By the state of the key. */
    DECIDED,
    /** The policy only looks on: a refusal is told and not made. */
    DRY_RUN,
    /** The request is not counted. */
    EXEMPT,
    /** The state could not be asked. */
    OUTAGE
  }

  /** Whether the request may go on as far as this policy is concerned. */
  boolean passes() {
    return decision.allowed() || note == Note.DRY_RUN;
  }

  boolean isConcurrency() {
    return windowMs == 0;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("policy", policy)
        .mergeIn(decision.toJson())
        .put("windowMs", windowMs)
        .put("note", Fields.word(note));
  }

  static PolicyDecision from(JsonObject json) {
    Decision decision =
        new Decision(
            json.getBoolean("allowed"),
            json.getLong("limit"),
            json.getLong("remaining"),
            json.getLong("retryAfterMs"),
            json.getLong("resetMs"),
            0);
    String note = json.getString("note").toUpperCase(Locale.ROOT).replace('-', '_');
    return new PolicyDecision(
        json.getString("policy"), decision, json.getLong("windowMs"), Note.valueOf(note));
  }
}
