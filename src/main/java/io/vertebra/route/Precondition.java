package io.vertebra.route;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a writer expects to find, and the holding it writes under. JSON {@code ifRevision} and
 * {@code fence}, over HTTP from {@code If-Match} and {@code If-Fence}.
 *
 * @param revision of the definition; 0 when it must not exist; empty when anything will do
 * @param fence the holding, of which the store judges
 */
public record Precondition(Optional<Long> revision, Optional<Fence> fence) {
  /** Anything will do. */
  public static final Precondition NONE = new Precondition(Optional.empty(), Optional.empty());

  /** The definition must not exist. */
  public static final Precondition ABSENT = new Precondition(Optional.of(0L), Optional.empty());

  public Precondition {
    if (revision.orElse(0L) < 0) {
      throw Failure.invalid("/ifRevision", "must not be negative");
    }
  }

  /** The definition must be as this change left it. */
  public static Precondition at(long revision) {
    return new Precondition(Optional.of(revision), Optional.empty());
  }

  /** The same under a holding. */
  public Precondition under(Fence holding) {
    return new Precondition(revision, Optional.of(holding));
  }

  /**
   * Tells its fields, which stand beside those of the definition, and yields it once the request is
   * {@linkplain Fields#build built}. It leaves the idempotency key to what keeps answers before any
   * operation, since a definition may be the next writer's before the same request comes again.
   */
  static Supplier<Precondition> reading(Fields fields) {
    Optional<Long> revision =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("Refuse unless the definition is at this revision; 0: unless there is none.")
            .optional();
    Supplier<Guard> guard = Guard.ofFence(fields);
    return () -> new Precondition(revision, guard.get().fence());
  }

  /** Adds its fields to a request. */
  JsonObject writeTo(JsonObject request) {
    revision.ifPresent(value -> request.put("ifRevision", value));
    fence.ifPresent(holding -> request.put(BusDoor.FENCE, holding.lock() + "@" + holding.token()));
    return request;
  }

  /**
   * Fails with {@code STALE} unless the revision is met.
   *
   * @param what the definition, for the message
   * @param present its revision; 0 when there is none
   */
  void check(String what, long present) {
    if (revision.isPresent() && revision.get() != present) {
      String state = present == 0 ? "does not exist" : "is at revision " + present;
      throw new Failure(
          FailureCode.STALE, what + " " + state + ", not at revision " + revision.get());
    }
  }
}
