package io.vertebra.election;

import io.vertebra.api.Call;
import io.vertebra.api.Fields;
import io.vertebra.lock.AcquireLock;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Wants to lead.
 *
 * @param lock what that takes: the lease, 1 s to 24 h and 15 s unless given; the patience, at most
 *     10 min; the value told to observers, at most 4,096 characters
 */
public record Campaign(String name, AcquireLock lock) {

  /** Wants to lead, without waiting. */
  public static Campaign of(String name, String candidate, Duration lease) {
    return new Campaign(name, AcquireLock.of(ElectionNames.lock(name), candidate, lease));
  }

  /** The same, waiting to be elected. */
  public Campaign waiting(Duration time) {
    return new Campaign(name, lock.waiting(time));
  }

  /** The same with a value for observers. */
  public Campaign telling(String value) {
    return new Campaign(name, lock.telling(value));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("candidate", lock.owner())
        .put("value", lock.data())
        .put("leaseMs", lock.lease().toMillis())
        .put(Call.WAIT, lock.patience().toMillis());
  }

  static Campaign from(Fields fields) {
    String name = ElectionNames.read(fields).required();
    String candidate = ElectionNames.candidate(fields).required();
    String value = fields.text("value", 0, 4_096).about("What observers see.").orElse("");
    Duration lease =
        fields
            .millis("leaseMs", 1_000, 86_400_000)
            .about("How long to lead without renewing.")
            .orElse(Duration.ofSeconds(15));
    Duration patience =
        fields
            .millis(Call.WAIT, 0, 600_000)
            .about("How long to wait to be elected.")
            .orElse(Duration.ZERO);
    return fields.build(() -> of(name, candidate, lease).waiting(patience).telling(value));
  }
}
