package io.vertebra.route;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What a writer expects to find. JSON {@code ifRevision}, over HTTP from {@code If-Match}.
 *
 * @param revision of the definition; 0 when it must not exist; empty when anything will do
 */
public record Precondition(Optional<Long> revision) {
  /** Anything will do. */
  public static final Precondition NONE = new Precondition(Optional.empty());

  /** The definition must not exist. */
  public static final Precondition ABSENT = new Precondition(Optional.of(0L));

  public Precondition {
    if (revision.orElse(0L) < 0) {
      throw Failure.invalid("/ifRevision", "must not be negative");
    }
  }

  /** The definition must be as this change left it. */
  public static Precondition at(long revision) {
    return new Precondition(Optional.of(revision));
  }

  /** Reads its one field beside those of the definition. */
  static Precondition from(Fields fields) {
    Optional<Long> revision =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("Refuse unless the definition is at this revision; 0: unless there is none.")
            .optional();
    return new Precondition(revision);
  }

  /** Adds its field to a request. */
  JsonObject writeTo(JsonObject request) {
    revision.ifPresent(value -> request.put("ifRevision", value));
    return request;
  }

  /**
   * Fails with {@code STALE} unless met.
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
