package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A change of a policy, and what it is made under.
 *
 * @param value the policy, or the name of the one to remove
 * @param ifRevision the revision that it must have, 0 for none at all; JSON {@code ifRevision},
 *     over HTTP from {@code If-Match}
 */
public record WritePolicy<T>(T value, Optional<Long> ifRevision, Guard guard) {

  /** A change of whatever is there. */
  public static <T> WritePolicy<T> of(T value) {
    return new WritePolicy<>(value, Optional.empty(), Guard.NONE);
  }

  static <T> Function<Fields, WritePolicy<T>> reading(Function<Fields, T> reader) {
    return fields -> {
      Optional<Long> revision =
          fields
              .longInteger("ifRevision", 0, Long.MAX_VALUE)
              .about("Refuse unless the policy is at this revision; 0: unless there is none.")
              .optional();
      Supplier<Guard> guard = Guard.of(fields);
      T value = reader.apply(fields);
      return new WritePolicy<>(value, revision, guard.get());
    };
  }
}
