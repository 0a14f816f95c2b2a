package io.vertebra.kafka;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where Kafka is. Off unless servers are given.
 *
 * @param bootstrapServers {@code host:port} of some brokers; at most 100
 * @param properties settings of Kafka's clients for security, by their own names: those that begin
 *     with {@code security.}, {@code ssl.} or {@code sasl.}; at most 50
 * @param propertiesFile file of more of them, as {@code name=value} lines, for what is secret
 * @param timeout within which each call ends; JSON {@code timeoutMs}, 1 s to 5 min, 30 s unless
 *     given
 */
public record KafkaOptions(
    List<String> bootstrapServers,
    Map<String, String> properties,
    Optional<Path> propertiesFile,
    Duration timeout) {
  private static final String ADDRESS = "[^\\s/@]+:[0-9]{1,5}";
  private static final Pattern SECURITY = Pattern.compile("(security|ssl|sasl)\\..+");

  public KafkaOptions {
    bootstrapServers = List.copyOf(bootstrapServers);
    properties = Map.copyOf(properties);
    if (!bootstrapServers.stream().allMatch(address -> address.matches(ADDRESS))) {
      throw Failure.invalid("/bootstrapServers", "must each be host:port");
    }
    requireSecurity("/properties", properties);
  }

  static void requireSecurity(String pointer, Map<String, String> properties) {
    properties.keySet().stream()
        .filter(name -> !SECURITY.matcher(name).matches())
        .findFirst()
        .ifPresent(
            name -> {
              throw Failure.invalid(
                  pointer, "must have names with security., ssl. or sasl., not " + name);
            });
  }

  /** Whether there is one to be used. */
  public boolean isGiven() {
    return !bootstrapServers.isEmpty();
  }

  public static KafkaOptions from(Fields fields) {
    List<String> bootstrapServers =
        fields
            .texts("bootstrapServers", 100, 300)
            .about("Some brokers, each host:port; none for no Kafka.")
            .orElse(List.of());
    Map<String, String> properties =
        fields
            .textMap("properties", 50, 4_096)
            .secret()
            .about("Settings security.*, ssl.* and sasl.* of Kafka's clients.")
            .orElse(Map.of());
    Optional<String> file =
        fields.text("propertiesFile", 1, 4_096).about("File of more of them.").optional();
    Duration timeout =
        fields
            .millis("timeoutMs", 1_000, 300_000)
            .about("Within which each call ends.")
            .orElse(Duration.ofSeconds(30));
    return fields.build(
        () -> new KafkaOptions(bootstrapServers, properties, file.map(Path::of), timeout));
  }

  @Override
  public String toString() {
    return "KafkaOptions[bootstrapServers=" + bootstrapServers + "]";
  }
}
