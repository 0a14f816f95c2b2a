package io.vertebra.schedule;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.schedule.cron.Calendar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The operations on calendars, a part of {@link ScheduleApi}. */
final class CalendarApi {
  private static final String CALENDARS = "/api/v1/calendars";
  private static final String CALENDAR = CALENDARS + "/:name";
  private static final int MAX_LISTED = 200;

  private CalendarApi() {}

  record Page(String cursor, int limit) {}

  static List<Operation<?>> operations(CalendarService service) {
    return List.of(
        Operation.of(
            "put-calendar",
            PUT,
            CALENDAR,
            "Writes a calendar of times at which schedules do not fire.",
            WriteSchedule.reading(
                fields -> {
                  Calendar calendar = Calendar.from(fields);
                  return () -> calendar;
                }),
            change -> service.put(change).map(CalendarView::toJson)),
        Operation.of(
            "get-calendar",
            GET,
            CALENDAR,
            "Shows a calendar.",
            CalendarApi::name,
            name -> service.get(name).map(CalendarView::toJson)),
        Operation.of(
            "list-calendars",
            GET,
            CALENDARS,
            "Lists calendars by name.",
            CalendarApi::page,
            page ->
                service
                    .list(page.cursor(), page.limit() + 1)
                    .map(found -> part(found, page.limit()))),
        Operation.of(
            "delete-calendar",
            DELETE,
            CALENDAR,
            "Removes a calendar that no schedule names.",
            WriteSchedule.reading(fields -> () -> ""),
            change ->
                service
                    .delete(change)
                    .map(
                        revision ->
                            new JsonObject()
                                .put("name", change.name())
                                .put("revision", revision))));
  }

  static Page page(Fields fields) {
    String cursor =
        fields.text("cursor", 0, 200).about("The cursor of the part before.").orElse("");
    int limit = fields.integer("limit", 1, MAX_LISTED).about("Most wanted.").orElse(100);
    return fields.build(() -> new Page(cursor, limit));
  }

  private static String name(Fields fields) {
    String name = ScheduleFields.name(fields);
    return fields.build(() -> name);
  }

  private static JsonObject part(List<CalendarView> found, int limit) {
    List<JsonObject> items = found.stream().limit(limit).map(CalendarView::toJson).toList();
    JsonObject part = new JsonObject().put("items", new JsonArray(items));
    return found.size() > limit ? part.put("cursor", found.get(limit - 1).name()) : part;
  }
}
