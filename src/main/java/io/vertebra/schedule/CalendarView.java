package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertebra.schedule.cron.Calendar;
import io.vertx.core.json.JsonObject;

/**
 * A calendar that schedules can name.
 *
 * @param revision of its last write
 * @param calendar JSON {@code value}
 */
public record CalendarView(String name, long revision, Calendar calendar) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("revision", revision)
        .put("value", calendar.toJson());
  }

  static CalendarView from(JsonObject json) {
    return new CalendarView(
        json.getString("name"),
        json.getLong("revision"),
        Calendar.from(Fields.of(json.getJsonObject("value"))));
  }
}
