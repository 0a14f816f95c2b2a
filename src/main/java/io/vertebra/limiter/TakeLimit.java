package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a policy, and those that it names, about one request.
 *
 * @param fields values by part of the key as policies write it, as {@code client} or {@code
 *     header:x-tenant}; at most 32, each at most 1,000 characters
 * @param cost permits wanted, 0 to 1,000,000; by default what each policy says
 * @param permit names what is held under a concurrency limit, 1 to 64 characters; empty for one
 *     that is made up
 */
public record TakeLimit(
    String policy, Map<String, String> fields, Optional<Long> cost, String permit)
    implements KeyFields {
  static final int MOST_PERMIT = 64;
  private static final int MOST_FIELDS = 32;
  private static final int MOST_LENGTH = 1_000;

  public TakeLimit {
    fields = Map.copyOf(fields);
    if (permit.length() > MOST_PERMIT) {
      throw Failure.invalid("/permit", "must have at most " + MOST_PERMIT + " characters");
    }
  }

  /** Asks for as many permits as the policies say. */
  public static TakeLimit of(String policy, Map<String, String> fields) {
    return new TakeLimit(policy, fields, Optional.empty(), "");
  }

  public static TakeLimit from(Fields fields) {
    String policy =
        fields
            .text("policy", 1, Policy.MOST_NAME)
            .matching(Policy::isName, "must be the name of a policy")
            .required();
    Map<String, String> values =
        fields
            .textMap("fields", MOST_FIELDS, MOST_LENGTH)
            .about("Values by part of the key, such as client or header:x-tenant.")
            .orElse(Map.of());
    Optional<Long> cost =
        fields
            .longInteger("cost", 0, LimitReader.MOST_PERMITS)
            .about("Permits wanted; by default what each policy says.")
            .optional();
    String permit =
        fields
            .text("permit", 1, MOST_PERMIT)
            .about("Names what is held under a concurrency limit; by default made up.")
            .optional()
            .orElse("");
    return fields.build(() -> new TakeLimit(policy, canonical(values), cost, permit));
  }

  /** Names of headers in lower case, as in policies. */
  private static Map<String, String> canonical(Map<String, String> values) {
    Map<String, String> canonical = new LinkedHashMap<>();
    values.forEach(
        (part, value) ->
            canonical.put(
                KeyPart.of(part, "/fields/" + part.replace("/", "~1")).toString(), value));
    return canonical;
  }

  @Override
  public String value(KeyPart part) {
    return fields.getOrDefault(part.toString(), "");
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("policy", policy)
            .put("fields", new JsonObject(new LinkedHashMap<>(fields)));
    cost.ifPresent(given -> json.put("cost", given));
    return permit.isEmpty() ? json : json.put("permit", permit);
  }
}
