package io.vertebra.schedule;

import io.vertebra.api.Call;
import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertebra.schedule.cron.Preview;
import io.vertebra.schedule.cron.Timetable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The schedules of a cluster, called over the event bus; a watch asks again and again. */
public final class BusScheduleService implements ScheduleService {
  private static final Duration POLL = Duration.ofSeconds(30);

  private final BusCallService bus;

  public BusScheduleService(Vertx vertx) {
    this.bus = new BusCallService(vertx, ScheduleApi.ADDRESS);
  }

  @Override
  public Future<ScheduleView> put(WriteSchedule<Definition> change) {
    JsonObject request = change.value().toRequest().mergeIn(change.toJson());
    return bus.call("put", request, change.guard()).map(ScheduleView::from);
  }

  @Override
  public Future<ScheduleView> get(String name) {
    return bus.call("get", named(name)).map(ScheduleView::from);
  }

  @Override
  public Future<Listed> list(String cursor, int limit) {
    return bus.call("list", new JsonObject().put("cursor", cursor).put("limit", limit))
        .map(
            json ->
                new Listed(
                    items(json, "items", ScheduleView::from),
                    Optional.ofNullable(json.getString("cursor"))));
  }

  @Override
  public Future<Long> delete(WriteSchedule<String> change) {
    return bus.call("delete", change.toJson(), change.guard())
        .map(json -> json.getLong("revision"));
  }

  @Override
  public Future<ScheduleView> pause(WriteSchedule<String> change, boolean paused) {
    return bus.call(paused ? "pause" : "resume", change.toJson(), change.guard())
        .map(ScheduleView::from);
  }

  @Override
  public Future<String> trigger(String name) {
    return bus.call("trigger", named(name)).map(json -> json.getString("occurrence"));
  }

  @Override
  public Future<Void> cancel(String name, Instant nominal) {
    String id = new Occurrence(name, nominal, 0, 1).id();
    return bus.call("cancel", named(name).put("occurrence", id)).mapEmpty();
  }

  @Override
  public Future<List<String>> backfill(String name, Instant from, Instant to, int limit) {
    JsonObject request =
        named(name).put("from", from.toString()).put("to", to.toString()).put("limit", limit);
    return bus.call("backfill", request)
        .map(json -> json.getJsonArray("occurrences"))
        .map(ids -> ids.stream().map(String::valueOf).toList());
  }

  @Override
  public Future<Preview> preview(String name, int count) {
    return bus.call("preview", named(name).put("count", count)).map(Preview::from);
  }

  @Override
  public Future<Preview> preview(Timetable timetable, int count) {
    JsonObject request = new JsonObject().put("timetable", timetable.toJson()).put("count", count);
    return bus.call("preview-timetable", request).map(Preview::from);
  }

  @Override
  public Future<List<Past>> history(String name, int limit) {
    return bus.call("history", named(name).put("limit", limit))
        .map(json -> items(json, "items", Past::from));
  }

  @Override
  public Future<Watch> watch(WatchSchedules request) {
    return Future.succeededFuture(new Polling(request));
  }

  private static JsonObject named(String name) {
    return new JsonObject().put("name", name);
  }

  private static <T> List<T> items(JsonObject json, String name, Function<JsonObject, T> reader) {
    JsonArray all = json.getJsonArray(name);
    return all.stream().map(each -> reader.apply((JsonObject) each)).toList();
  }

  /** A watch made of long polls. */
  private final class Polling implements Watch {
    private final WatchSchedules request;
    private volatile long next;

    Polling(WatchSchedules request) {
      this.request = request;
      this.next = request.fromRevision();
    }

    @Override
    public Future<Batch> next() {
      JsonObject asked = request.from(next).toJson().put(Call.WAIT, POLL.toMillis());
      return bus.call("watch", asked, Guard.NONE, POLL)
          .compose(
              json -> {
                next = json.getLong("revision") + 1;
                List<ScheduleEvent> events = items(json, "events", ScheduleEvent::from);
                return events.isEmpty()
                    ? next()
                    : Future.succeededFuture(new Batch(next - 1, events));
              });
    }

    @Override
    public long told() {
      return next - 1;
    }

    @Override
    public void close() {}
  }
}
