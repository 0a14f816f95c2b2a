package io.vertebra.registry;

import io.vertebra.api.Fields;
import java.time.Duration;
import java.util.List;

/**
 * The section {@code registry}.
 *
 * @param maxNodes most nodes, 1 to 100,000, 5,000 unless given
 * @param maxInstances most instances of all services, 1 to 200,000, 20,000 unless given
 * @param maxChecks most checks, 1 to 400,000, 40,000 unless given
 * @param maxWaiting most readers on one node that wait for news, 1 to 1,000,000, 10,000 unless
 *     given
 * @param checks how checks are run
 */
public record RegistryOptions(
    int maxNodes, int maxInstances, int maxChecks, int maxWaiting, Checks checks) {
  public static final RegistryOptions DEFAULTS =
      new RegistryOptions(5_000, 20_000, 40_000, 10_000, Checks.DEFAULTS);

  /**
   * How this node runs checks over HTTP and TCP.
   *
   * @param enabled whether it runs any; true unless given
   * @param networks blocks that may be called; loopback and private ones unless given
   * @param maxConcurrent most at once, 1 to 10,000, 64 unless given
   * @param outputInterval how often an output that changed alone is written, in JSON {@code
   *     outputIntervalMs}, 1 s to 1 h, 30 s unless given
   */
  public record Checks(
      boolean enabled, List<String> networks, int maxConcurrent, Duration outputInterval) {
    /** Blocks of loopback, private, shared and unique local addresses. */
    private static final List<String> INSIDE =
        List.of(
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "::1/128",
            "fc00::/7");

    public static final Checks DEFAULTS = new Checks(true, INSIDE, 64, Duration.ofSeconds(30));

    public Checks {
      networks = List.copyOf(networks);
      Networks unused = Networks.of(networks, "/networks");
    }

    static Checks from(Fields fields) {
      boolean enabled =
          fields
              .flag("enabled")
              .about("Whether this node runs checks over HTTP and TCP.")
              .orElse(DEFAULTS.enabled);
      List<String> networks =
          fields
              .texts("networks", 100, 50)
              .about("Networks that checks may call, as blocks such as 10.0.0.0/8.")
              .orElse(DEFAULTS.networks);
      int maxConcurrent =
          fields
              .integer("maxConcurrent", 1, 10_000)
              .about("Most checks that this node runs at once.")
              .orElse(DEFAULTS.maxConcurrent);
      Duration outputInterval =
          fields
              .millis("outputIntervalMs", 1_000, 3_600_000)
              .about("How often the output of a check is written when its status is as before.")
              .orElse(DEFAULTS.outputInterval);
      return fields.build(() -> new Checks(enabled, networks, maxConcurrent, outputInterval));
    }
  }

  public static RegistryOptions from(Fields fields) {
    int maxNodes =
        fields.integer("maxNodes", 1, 100_000).about("Most nodes.").orElse(DEFAULTS.maxNodes);
    int maxInstances =
        fields
            .integer("maxInstances", 1, 200_000)
            .about("Most instances of all services.")
            .orElse(DEFAULTS.maxInstances);
    int maxChecks =
        fields.integer("maxChecks", 1, 400_000).about("Most checks.").orElse(DEFAULTS.maxChecks);
    int maxWaiting =
        fields
            .integer("maxWaiting", 1, 1_000_000)
            .about("Most readers on one node that wait for news.")
            .orElse(DEFAULTS.maxWaiting);
    Checks checks = fields.section("checks", Checks::from);
    return fields.build(
        () -> new RegistryOptions(maxNodes, maxInstances, maxChecks, maxWaiting, checks));
  }
}
