package io.vertebra.limiter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What all policies asked at once said together. If refused, nothing was taken from any of them.
 *
 * @param policies what each said, in the order they were asked, up to the one that refused
 * @param permit by which permits that are held are given back
 */
public record Admission(boolean allowed, List<PolicyDecision> policies, String permit) {

  public Admission {
    policies = List.copyOf(policies);
  }

  /** The policy that refused. */
  public Optional<PolicyDecision> refusal() {
    return allowed
        ? Optional.empty()
        : policies.stream().filter(each -> !each.passes()).findFirst();
  }

  /** Milliseconds after which to ask again; 0 if allowed, {@link Decision#NEVER} for never. */
  public long retryAfterMs() {
    return refusal().map(each -> each.decision().retryAfterMs()).orElse(0L);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("allowed", allowed)
        .put("retryAfterMs", retryAfterMs())
        .put("permit", permit)
        .put("policies", new JsonArray(policies.stream().map(PolicyDecision::toJson).toList()));
  }

  static Admission from(JsonObject json) {
    List<PolicyDecision> policies =
        json.getJsonArray("policies").stream()
            .map(each -> PolicyDecision.from((JsonObject) each))
            .toList();
    return new Admission(json.getBoolean("allowed"), policies, json.getString("permit"));
  }
}
