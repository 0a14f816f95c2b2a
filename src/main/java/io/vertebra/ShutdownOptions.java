package io.vertebra;

import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * How a node stops.
 *
 * @param delay from failing the ready check to refusing work, so that balancers look elsewhere
 *     first; 0 to 5 min
 * @param timeout how long work under way may take to end; 0 to 1 h
 */
public record ShutdownOptions(Duration delay, Duration timeout) {

  static ShutdownOptions from(Fields fields) {
    Duration delay =
        fields
            .millis("delayMs", 0, 300_000)
            .about("Time between failing the ready check and refusing work.")
            .orElse(Duration.ZERO);
    Duration timeout =
        fields
            .millis("timeoutMs", 0, 3_600_000)
            .about("Time that work under way has to end.")
            .orElse(Duration.ofSeconds(30));
    return fields.build(() -> new ShutdownOptions(delay, timeout));
  }
}
