package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A change of a schedule, and what it is made under.
 *
 * @param value what it is to become
 * @param ifRevision the revision that it must have, 0 for none at all; JSON {@code ifRevision},
 *     over HTTP from {@code If-Match}
 */
public record WriteSchedule<T>(String name, T value, Optional<Long> ifRevision, Guard guard) {

  /** A change of whatever is there. */
  public static <T> WriteSchedule<T> of(String name, T value) {
    return new WriteSchedule<>(name, value, Optional.empty(), Guard.NONE);
  }

  /** Without the value. */
  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name);
    ifRevision.ifPresent(revision -> json.put("ifRevision", revision));
    return json;
  }

  static <T> Function<Fields, WriteSchedule<T>> reading(
      Function<Fields, Supplier<? extends T>> reader) {
    return fields -> {
      String name = ScheduleFields.name(fields);
      Optional<Long> revision =
          fields
              .longInteger("ifRevision", 0, Long.MAX_VALUE)
              .about("Refuse unless the schedule is at this revision; 0: unless there is none.")
              .optional();
      Supplier<Guard> guard = Guard.ofFence(fields);
      Supplier<? extends T> value = reader.apply(fields);
      return fields.build(() -> new WriteSchedule<>(name, value.get(), revision, guard.get()));
    };
  }
}
