package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Asks for what happens to schedules.
 *
 * @param name of the schedule; none for all
 * @param fromRevision the first one wanted; 0 for what happens from now on
 */
public record WatchSchedules(Optional<String> name, long fromRevision) {

  /** Of all, from now on. */
  public static WatchSchedules all() {
    return new WatchSchedules(Optional.empty(), 0);
  }

  /** The same from a revision on. */
  public WatchSchedules from(long revision) {
    return new WatchSchedules(name, revision);
  }

  static WatchSchedules from(Fields fields) {
    Optional<String> name = ScheduleFields.anyName(fields).optional();
    long from =
        fields
            .longInteger("fromRevision", 0, Long.MAX_VALUE)
            .about("The first revision wanted; 0 for what happens from now on.")
            .orElse(0L);
    return fields.build(() -> new WatchSchedules(name, from));
  }

  boolean wants(String schedule) {
    return name.filter(wanted -> !wanted.equals(schedule)).isEmpty();
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("fromRevision", fromRevision);
    name.ifPresent(wanted -> json.put("name", wanted));
    return json;
  }
}
