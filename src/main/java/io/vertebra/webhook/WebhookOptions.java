package io.vertebra.webhook;

import io.vertebra.api.Fields;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code webhook}: what queues and schedules may call.
 *
 * @param hosts that may be called; empty for those of {@link #hosts(boolean)}
 * @param maxConnections to one server, 1 to 1,000, 20 unless given
 */
public record WebhookOptions(Optional<List<String>> hosts, int maxConnections) {
  /** As if none were given. */
  public static final WebhookOptions DEFAULTS = new WebhookOptions(Optional.empty(), 20);

  private static final int MAX_HOSTS = 200;

  public WebhookOptions {
    hosts = hosts.map(List::copyOf);
    AllowedHosts unused = AllowedHosts.of(hosts.orElse(List.of()));
  }

  public static WebhookOptions from(Fields fields) {
    Optional<List<String>> hosts =
        fields
            .texts("hosts", MAX_HOSTS, 253)
            .about(
                "Servers that webhooks of queues and schedules may call: names, *. and a name,"
                    + " addresses, blocks, the words public and loopback. Unless given public ones,"
                    + " and this machine if only it can call the API.")
            .optional();
    int maxConnections =
        fields
            .integer("maxConnections", 1, 1_000)
            .about("Most connections to one server.")
            .orElse(DEFAULTS.maxConnections);
    return fields.build(() -> new WebhookOptions(hosts, maxConnections));
  }

  /**
   * Which hosts may be called.
   *
   * @param open whether nobody but this machine can call the API and whoever does is asked for
   *     nothing, so that calls to this machine give nobody anything
   */
  public AllowedHosts hosts(boolean open) {
    List<String> otherwise =
        open ? List.of(AllowedHosts.PUBLIC, AllowedHosts.LOOPBACK) : List.of(AllowedHosts.PUBLIC);
    return AllowedHosts.of(hosts.orElse(otherwise));
  }
}
