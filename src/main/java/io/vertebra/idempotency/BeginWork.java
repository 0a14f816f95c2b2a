package io.vertebra.idempotency;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Asks to do some work, unless it is done or under way.
 *
 * @param fingerprint what tells one request from another of the same key, such as a hash; up to 128
 *     characters
 * @param owner who asks, to be told to the others; up to 200 characters
 * @param lease how long the work may go on without being extended; JSON {@code leaseMs}, 1 s to 1
 *     h, 30 s unless given
 */
public record BeginWork(Subject subject, String fingerprint, String owner, Duration lease) {
  static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);
  private static final int MAX_FINGERPRINT = 128;
  private static final int MAX_OWNER = 200;
  private static final long MAX_LEASE_MS = 3_600_000;

  static BeginWork from(Fields fields) {
    Supplier<Subject> subject = Subject.reading(fields);
    String fingerprint =
        fields
            .text("fingerprint", 0, MAX_FINGERPRINT)
            .about("What tells one request from another of the same key, such as a hash.")
            .orElse("");
    String owner = fields.text("owner", 0, MAX_OWNER).about("Told to the others.").orElse("");
    Duration lease =
        fields
            .millis("leaseMs", 1000, MAX_LEASE_MS)
            .about("How long the work may go on without being extended.")
            .orElse(DEFAULT_LEASE);
    return fields.build(() -> new BeginWork(subject.get(), fingerprint, owner, lease));
  }

  JsonObject toJson() {
    return subject
        .toJson()
        .put("fingerprint", fingerprint)
        .put("owner", owner)
        .put("leaseMs", lease.toMillis());
  }
}
