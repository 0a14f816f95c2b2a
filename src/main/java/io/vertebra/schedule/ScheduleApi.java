package io.vertebra.schedule;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.schedule.cron.Preview;
import io.vertebra.schedule.cron.Timetable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The operations on schedules: the one place that names them, their paths and their JSON. A
 * schedule is answered as {@code {name, revision, value, ...}}, where {@code value} can be put as
 * it is; a secret in it is not told, and kept if it is put without.
 */
final class ScheduleApi {
  static final String CONCERN = "schedule";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final int MAX_BACKFILLED = 100;
  private static final String SCHEDULES = "/api/v1/schedules";
  private static final String SCHEDULE = SCHEDULES + "/:name";

  private final ScheduleService service;
  private final Clock clock;

  private ScheduleApi(ScheduleService service, Clock clock) {
    this.service = service;
    this.clock = clock;
  }

  static Api of(ScheduleService service, CalendarService calendars, Clock clock) {
    ScheduleApi api = new ScheduleApi(service, clock);
    List<Operation<?>> all =
        List.of(
            api.list(),
            api.get(),
            api.put(),
            api.delete(),
            api.pause("pause", true, "Has occurrences pass without running."),
            api.pause("resume", false, "Has occurrences run again."),
            api.trigger(),
            api.cancel(),
            api.backfill(),
            api.preview(),
            api.previewAny(),
            api.history(),
            api.watch());
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        Stream.concat(all.stream(), CalendarApi.operations(calendars).stream()).toList());
  }

  private Operation<?> list() {
    return Operation.of(
        "list",
        GET,
        SCHEDULES,
        "Lists schedules by name.",
        CalendarApi::page,
        page ->
            service
                .list(page.cursor(), page.limit())
                .map(
                    found -> {
                      JsonObject part = items(found.items(), ScheduleView::toJson);
                      found.cursor().ifPresent(last -> part.put("cursor", last));
                      return part;
                    }));
  }

  private Operation<?> get() {
    return Operation.of(
        "get",
        GET,
        SCHEDULE,
        "Shows a schedule and what it is at.",
        ScheduleApi::name,
        name -> service.get(name).map(ScheduleView::toJson));
  }

  private Operation<?> put() {
    return Operation.of(
            "put",
            PUT,
            SCHEDULE,
            "Writes a schedule, which is at work from then on.",
            WriteSchedule.reading(fields -> Definition.reading(fields, clock.instant())),
            change -> service.put(change).map(ScheduleView::toJson))
        .alsoWriting(Target::written);
  }

  private Operation<?> delete() {
    return Operation.of(
        "delete",
        DELETE,
        SCHEDULE,
        "Removes a schedule, its runs and its history.",
        WriteSchedule.reading(fields -> () -> ""),
        change ->
            service
                .delete(change)
                .map(
                    revision ->
                        new JsonObject().put("name", change.name()).put("revision", revision)));
  }

  private Operation<?> pause(String action, boolean paused, String summary) {
    return Operation.of(
        action,
        POST,
        SCHEDULE + "/" + action,
        summary,
        WriteSchedule.reading(fields -> () -> ""),
        change -> service.pause(change, paused).map(ScheduleView::toJson));
  }

  private Operation<?> trigger() {
    return Operation.of(
        "trigger",
        POST,
        SCHEDULE + "/trigger",
        "Has a schedule run now, even if it is paused, as far as its overlap policy allows.",
        ScheduleApi::name,
        name -> service.trigger(name).map(id -> new JsonObject().put("occurrence", id)));
  }

  private record Cancel(String name, Instant nominal) {}

  private Operation<?> cancel() {
    return Operation.of(
        "cancel",
        POST,
        SCHEDULE + "/cancel",
        "Ends an occurrence that runs or waits, with all its shards and retries.",
        fields -> {
          String name = ScheduleFields.name(fields);
          String occurrence =
              fields.text("occurrence", 1, 300).about("Its id, as runs tell it.").required();
          return fields.build(() -> new Cancel(name, ScheduleFields.nominal(name, occurrence)));
        },
        request ->
            service
                .cancel(request.name(), request.nominal())
                .map(done -> new JsonObject().put("cancelled", true)));
  }

  private record Backfill(String name, Instant from, Instant to, int limit) {}

  private Operation<?> backfill() {
    return Operation.of(
        "backfill",
        POST,
        SCHEDULE + "/backfill",
        "Has the occurrences of a time gone by run, one after another.",
        fields -> {
          String name = ScheduleFields.name(fields);
          String from = fields.text("from", 1, 64).about("The first time that counts.").required();
          String to = fields.text("to", 1, 64).about("The last time that counts.").required();
          int limit =
              fields
                  .integer("limit", 1, MAX_BACKFILLED)
                  .about("Most occurrences, the first ones.")
                  .orElse(MAX_BACKFILLED);
          return fields.build(
              () ->
                  new Backfill(
                      name,
                      ScheduleFields.instant("/from", from),
                      ScheduleFields.instant("/to", to),
                      limit));
        },
        request ->
            service
                .backfill(request.name(), request.from(), request.to(), request.limit())
                .map(ids -> new JsonObject().put("occurrences", new JsonArray(ids))));
  }

  private record Counted<T>(T what, int count) {}

  private Operation<?> preview() {
    return Operation.of(
        "preview",
        GET,
        SCHEDULE + "/preview",
        "Tells the next firings of a schedule, and what does not fire, each with the reason.",
        fields -> {
          String name = ScheduleFields.name(fields);
          int count = count(fields);
          return fields.build(() -> new Counted<>(name, count));
        },
        request -> service.preview(request.what(), request.count()).map(Preview::toJson));
  }

  private Operation<?> previewAny() {
    return Operation.of(
        "preview-timetable",
        POST,
        SCHEDULES + ":preview",
        "Tells the same of a timetable that no schedule need have.",
        fields -> {
          Timetable timetable =
              fields
                  .object("timetable", inner -> Timetable.from(inner, clock.instant()))
                  .about("When it fires.")
                  .required();
          int count = count(fields);
          return fields.build(() -> new Counted<>(timetable, count));
        },
        request -> service.preview(request.what(), request.count()).map(Preview::toJson));
  }

  private static int count(Fields fields) {
    return fields.integer("count", 1, 100).about("Firings wanted.").orElse(10);
  }

  private Operation<?> history() {
    return Operation.of(
        "history",
        GET,
        SCHEDULE + "/history",
        "Tells the last results of a schedule, those that did not run too, the latest first.",
        fields -> {
          String name = ScheduleFields.name(fields);
          int limit =
              fields
                  .integer("limit", 1, ScheduleOptions.MAX_HISTORY)
                  .about("Most wanted.")
                  .orElse(ScheduleOptions.MAX_HISTORY);
          return fields.build(() -> new Counted<>(name, limit));
        },
        request ->
            service.history(request.what(), request.count()).map(all -> items(all, Past::toJson)));
  }

  private Operation<?> watch() {
    return Operation.feed(
        "watch",
        SCHEDULES + ":watch",
        "Tells what happens to schedules, once and in order.",
        WatchSchedules::from,
        (request, patience) -> service.watch(request).map(EventFeed::new));
  }

  private static JsonObject batch(ScheduleService.Batch batch) {
    return new JsonObject()
        .put("revision", batch.revision())
        .put("events", new JsonArray(batch.events().stream().map(ScheduleEvent::toJson).toList()));
  }

  /** A watch as a feed. */
  private static final class EventFeed implements Feed {
    private final ScheduleService.Watch watch;

    EventFeed(ScheduleService.Watch watch) {
      this.watch = watch;
    }

    @Override
    public Future<JsonObject> next() {
      return watch.next().map(ScheduleApi::batch);
    }

    @Override
    public JsonObject idle() {
      return batch(new ScheduleService.Batch(watch.told(), List.of()));
    }

    @Override
    public void close() {
      watch.close();
    }
  }

  private static <T> JsonObject items(List<T> all, Function<T, JsonObject> json) {
    return new JsonObject().put("items", new JsonArray(all.stream().map(json).toList()));
  }

  private static String name(Fields fields) {
    String name = ScheduleFields.name(fields);
    return fields.build(() -> name);
  }
}
