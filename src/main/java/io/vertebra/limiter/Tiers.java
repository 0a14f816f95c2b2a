package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits that some values get instead of the policy's.
 *
 * @param by whose value chooses; empty for no tiers
 * @param limits by that value; at most 100
 */
public record Tiers(Optional<KeyPart> by, Map<String, Limit> limits) {
  /** The policy's limit for all. */
  public static final Tiers NONE = new Tiers(Optional.empty(), Map.of());

  private static final int MOST = 100;

  public Tiers {
    limits = Map.copyOf(limits);
  }

  static Tiers from(Fields fields) {
    String by =
        fields
            .text("by", 1, KeyPart.MOST_LENGTH)
            .about("The part whose value chooses; need not be one of the key.")
            .required();
    Map<String, Limit> limits =
        fields.objectMap("limits", MOST, LimitReader::from).about("Limits by value.").required();
    return fields.build(() -> new Tiers(Optional.of(KeyPart.of(by, "/by")), limits));
  }

  Limit of(Policy policy, KeyFields fields) {
    return by.map(part -> limits.get(policy.key().value(part, fields))).orElse(policy.limit());
  }

  JsonObject toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    limits.forEach((value, limit) -> json.put(value, limit.toJson()));
    return new JsonObject()
        .put("by", by.map(KeyPart::toString).orElse(""))
        .put("limits", new JsonObject(json));
  }
}
