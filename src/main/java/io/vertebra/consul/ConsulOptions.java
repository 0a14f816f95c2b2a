package io.vertebra.consul;

import io.vertebra.api.Fields;

/**
 * The section {@code consul}.
 *
 * @param enabled whether the paths are offered; true unless given
 * @param datacenter its name in answers, 1 to 100 characters, {@code dc1} unless given
 * @param blockingQueries most queries that wait at once, 1 to 1,000,000, 4,096 unless given
 * @param listBytes most bytes of keys and values in one answer, 64 KiB to 1 GiB, 16 MiB unless
 *     given
 * @param sessionTtlFactor how many times its time to live a session lasts that is not renewed, 1 or
 *     2, 2 unless given: as with Consul, whose clients count on it
 */
public record ConsulOptions(
    boolean enabled, String datacenter, int blockingQueries, long listBytes, int sessionTtlFactor) {

  public static ConsulOptions from(Fields fields) {
    boolean enabled =
        fields.flag("enabled").about("Whether Consul's paths under /v1 are offered.").orElse(true);
    String datacenter =
        fields.text("datacenter", 1, 100).about("Name of the datacenter in answers.").orElse("dc1");
    int blockingQueries =
        fields
            .integer("blockingQueries", 1, 1_000_000)
            .about("Most queries that wait for a change at once.")
            .orElse(4096);
    long listBytes =
        fields
            .longInteger("listBytes", 1 << 16, 1 << 30)
            .about("Most bytes of keys and values in one answer.")
            .orElse(16L << 20);
    int sessionTtlFactor =
        fields
            .integer("sessionTtlFactor", 1, 2)
            .about("How many times its TTL a session lasts that is not renewed; 2 as with Consul.")
            .orElse(2);
    return fields.build(
        () -> new ConsulOptions(enabled, datacenter, blockingQueries, listBytes, sessionTtlFactor));
  }
}
