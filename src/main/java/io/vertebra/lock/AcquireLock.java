package io.vertebra.lock;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Asks for a lock on behalf of an owner.
 *
 * @param name 1 to 200 characters, at most 400 bytes in UTF-8, no control characters
 * @param owner the same; who asks again while holding renews
 * @param lease how long to hold without renewing, 1 s to 24 h; JSON {@code leaseMs}, 15 s unless
 *     given
 * @param patience how long to wait, at most 10 min; JSON {@code waitMs}, 0 unless given
 * @param reentrant whether an owner who holds it already is to release it once more
 * @param data text for those who look, at most 4,096 characters
 */
public record AcquireLock(
    String name,
    String owner,
    Terms terms,
    Duration lease,
    Duration patience,
    boolean reentrant,
    String data) {
  static final Duration MIN_LEASE = Duration.ofSeconds(1);
  static final Duration MAX_LEASE = Duration.ofHours(24);
  static final Duration MAX_PATIENCE = Duration.ofMinutes(10);
  static final int MAX_DATA = 4_096;
  static final Duration USUAL_LEASE = Duration.ofSeconds(15);

  public AcquireLock {
    LockNames.require("/name", name);
    LockNames.require("/owner", owner);
    check(lease, MIN_LEASE, MAX_LEASE, "/leaseMs");
    check(patience, Duration.ZERO, MAX_PATIENCE, "/waitMs");
    if (data.length() > MAX_DATA) {
      throw Failure.invalid("/data", "must have at most " + MAX_DATA + " characters");
    }
  }

  static void check(Duration time, Duration min, Duration max, String pointer) {
    if (time.compareTo(min) < 0 || time.compareTo(max) > 0) {
      throw Failure.invalid(pointer, "must be " + min.toMillis() + " to " + max.toMillis());
    }
  }

  /** Asks for all of a lock, without waiting. */
  public static AcquireLock of(String name, String owner, Duration lease) {
    return new AcquireLock(name, owner, Terms.EXCLUSIVE, lease, Duration.ZERO, false, "");
  }

  /** The same, waiting if need be. */
  public AcquireLock waiting(Duration time) {
    return new AcquireLock(name, owner, terms, lease, time, reentrant, data);
  }

  /** The same on other terms. */
  public AcquireLock on(Terms wanted) {
    return new AcquireLock(name, owner, wanted, lease, patience, reentrant, data);
  }

  /** The same, to be released once more if held already. */
  public AcquireLock again() {
    return new AcquireLock(name, owner, terms, lease, patience, true, data);
  }

  /** The same with text for those who look. */
  public AcquireLock telling(String text) {
    return new AcquireLock(name, owner, terms, lease, patience, reentrant, text);
  }

  /** The same of another lock. */
  AcquireLock named(String other) {
    return new AcquireLock(other, owner, terms, lease, patience, reentrant, data);
  }

  boolean waits() {
    return !patience.isZero();
  }

  static AcquireLock from(Fields fields) {
    String name = LockNames.read(fields, "name").required();
    Supplier<AcquireLock> unnamed = unnamed(fields);
    return fields.build(() -> unnamed.get().named(name));
  }

  /** All fields but the name. */
  static Supplier<AcquireLock> unnamed(Fields fields) {
    String owner = LockNames.read(fields, "owner").about("Who is to hold it.").required();
    Duration lease = lease(fields).orElse(USUAL_LEASE);
    Duration patience =
        fields
            .millis(Call.WAIT, 0, MAX_PATIENCE.toMillis())
            .about("How long to wait until it is free.")
            .orElse(Duration.ZERO);
    Supplier<Terms> terms = Terms.reading(fields);
    boolean reentrant =
        fields.flag("reentrant").about("Count each time the owner gets it.").orElse(false);
    String data = fields.text("data", 0, MAX_DATA).about("Text for those who look.").orElse("");
    return () -> new AcquireLock("-", owner, terms.get(), lease, patience, reentrant, data);
  }

  static io.vertebra.api.Value<Duration> lease(Fields fields) {
    return fields
        .millis("leaseMs", MIN_LEASE.toMillis(), MAX_LEASE.toMillis())
        .about("How long to hold it without renewing.");
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("owner", owner)
            .put("leaseMs", lease.toMillis())
            .put(Call.WAIT, patience.toMillis())
            .put("reentrant", reentrant)
            .put("data", data);
    return terms.writeTo(json);
  }
}
