package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often things may be done.
 *
 * @param policies by name, in force when the node starts; at most 1,000
 * @param api policies that requests to our own API over HTTP are held to; each one of {@code
 *     policies}, at most 8
 * @param timeout how long whoever keeps a state may take to answer; JSON {@code timeoutMs}, 1 ms to
 *     10 s, default 250 ms
 * @param storeTimeout the same where the state is on disk; JSON {@code storeTimeoutMs}, 1 ms to 10
 *     s, default 1 s
 * @param maxKeys most keys that a node owns in memory, and most in the store; 1 to 100 million,
 *     default 200,000, each about 300 bytes on two nodes
 */
public record LimiterOptions(
    Map<String, Policy> policies,
    List<String> api,
    Duration timeout,
    Duration storeTimeout,
    int maxKeys) {
  static final int MOST_POLICIES = 1_000;
  static final int MOST_AT_ONCE = 8;

  public LimiterOptions {
    policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
    api = List.copyOf(api);
    for (String name : api) {
      if (!policies.containsKey(name)) {
        throw Failure.invalid("/api", "must name policies of limiter.policies");
      }
    }
    for (Policy policy : policies.values()) {
      for (String parent : policy.parents()) {
        if (!policies.containsKey(parent)) {
          throw Failure.invalid(
              "/policies/" + policy.name() + "/parents", "must name policies of limiter.policies");
        }
      }
    }
  }

  /** Whether a policy keeps its state in an engine. */
  public boolean uses(Policy.Engine engine) {
    return policies.values().stream().anyMatch(policy -> policy.engine() == engine);
  }

  public static LimiterOptions from(Fields fields) {
    Map<String, Policy> policies =
        fields
            .keyedObjects("policies", MOST_POLICIES, "name", Policy::from)
            .about("Policies by name, in force when the node starts.")
            .orElse(Map.of());
    List<String> api =
        fields
            .texts("api", MOST_AT_ONCE, Policy.MOST_NAME)
            .about("Policies for requests to the API over HTTP.")
            .orElse(List.of());
    Duration timeout =
        fields
            .millis("timeoutMs", 1, 10_000)
            .about("How long the owner of a key may take before its policy's outage mode holds.")
            .orElse(Duration.ofMillis(250));
    Duration storeTimeout =
        fields
            .millis("storeTimeoutMs", 1, 10_000)
            .about("The same for policies whose engine is kv.")
            .orElse(Duration.ofSeconds(1));
    int maxKeys =
        fields
            .integer("maxKeys", 1, 100_000_000)
            .about("Most keys that a node owns in memory, and most in the store.")
            .orElse(200_000);
    return fields.build(() -> new LimiterOptions(policies, api, timeout, storeTimeout, maxKeys));
  }
}
