package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lets the lease of a lock begin anew.
 *
 * @param token that the owner must hold; empty for whichever
 * @param lease the length from now on, as in {@link AcquireLock}; empty to leave it
 * @param data the text from now on, as in {@link AcquireLock}; empty to leave it
 */
public record RenewLock(
    String name,
    String owner,
    OptionalLong token,
    Optional<Duration> lease,
    Optional<String> data) {

  public RenewLock {
    ReleaseLock checked = new ReleaseLock(name, owner, token);
    lease.ifPresent(
        time -> AcquireLock.check(time, AcquireLock.MIN_LEASE, AcquireLock.MAX_LEASE, "/leaseMs"));
    data.ifPresent(
        text -> {
          if (text.length() > AcquireLock.MAX_DATA) {
            throw io.vertebra.api.Failure.invalid(
                "/data", "must have at most " + AcquireLock.MAX_DATA + " characters");
          }
        });
    name = checked.name();
  }

  /** Lets it begin anew as it is. */
  public static RenewLock of(String name, String owner, long token) {
    return new RenewLock(name, owner, OptionalLong.of(token), Optional.empty(), Optional.empty());
  }

  static RenewLock from(Fields fields) {
    String name = LockNames.read(fields, "name").required();
    String owner = LockNames.read(fields, "owner").required();
    OptionalLong token = ReleaseLock.token(fields);
    Optional<Duration> lease = AcquireLock.lease(fields).optional();
    Optional<String> data =
        fields.text("data", 0, AcquireLock.MAX_DATA).about("Text for those who look.").optional();
    return fields.build(() -> new RenewLock(name, owner, token, lease, data));
  }

  JsonObject toJson() {
    JsonObject json = new ReleaseLock(name, owner, token).toJson();
    lease.ifPresent(time -> json.put("leaseMs", time.toMillis()));
    data.ifPresent(text -> json.put("data", text));
    return json;
  }
}
