package io.vertebra.schedule;

import io.vertebra.kv.BusCallService;
import io.vertebra.schedule.cron.Calendar;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The calendars of a cluster, called over the event bus. */
public final class BusCalendarService implements CalendarService {
  private final BusCallService bus;

  public BusCalendarService(Vertx vertx) {
    this.bus = new BusCallService(vertx, ScheduleApi.ADDRESS);
  }

  @Override
  public Future<CalendarView> put(WriteSchedule<Calendar> change) {
    JsonObject request = change.value().toJson().mergeIn(change.toJson());
    return bus.call("put-calendar", request, change.guard()).map(CalendarView::from);
  }

  @Override
  public Future<CalendarView> get(String name) {
    return bus.call("get-calendar", new JsonObject().put("name", name)).map(CalendarView::from);
  }

  @Override
  public Future<List<CalendarView>> list(String after, int limit) {
    return bus.call("list-calendars", new JsonObject().put("cursor", after).put("limit", limit))
        .map(json -> json.getJsonArray("items"))
        .map(all -> all.stream().map(each -> CalendarView.from((JsonObject) each)).toList());
  }

  @Override
  public Future<Long> delete(WriteSchedule<String> change) {
    return bus.call("delete-calendar", change.toJson(), change.guard())
        .map(json -> json.getLong("revision"));
  }
}
