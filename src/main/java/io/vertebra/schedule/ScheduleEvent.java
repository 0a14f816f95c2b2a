package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Something that happened to a schedule.
 *
 * @param past what became of an occurrence, of a {@link Type#RESULT}
 */
public record ScheduleEvent(Type type, String schedule, Optional<Past> past) {

  /** What happened. */
  public enum Type {
    /** Its definition was written, or it was paused or resumed. */
    CHANGED,
    REMOVED,
    /** Something became of an occurrence, or will not. */
    RESULT,
    /** It is without a success for longer than its {@code deadManMs}. */
    ALARM,
    /** A success came after an alarm, or the alarm was taken back. */
    RECOVERED
  }

  static ScheduleEvent of(Type type, String schedule) {
    return new ScheduleEvent(type, schedule, Optional.empty());
  }

  JsonObject toJson() {
    JsonObject json = past.map(Past::toJson).orElseGet(JsonObject::new);
    return json.put("type", Fields.word(type)).put("schedule", schedule);
  }

  static ScheduleEvent from(JsonObject json) {
    Type type = Words.constant(Type.class, json.getString("type"));
    return new ScheduleEvent(
        type,
        json.getString("schedule"),
        type == Type.RESULT ? Optional.of(Past.from(json)) : Optional.empty());
  }
}
