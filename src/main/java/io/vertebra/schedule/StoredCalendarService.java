package io.vertebra.schedule;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.STALE;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.schedule.cron.Calendar;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Calendars in the store. */
final class StoredCalendarService implements CalendarService {
  private static final int PART = 500;
  private static final int MAX_TRIES = 10;

  private final KvService kv;
  private final Clock clock;

  StoredCalendarService(KvService kv, Clock clock) {
    this.kv = kv;
    this.clock = clock;
  }

  static Calendars.Kept kept(KvEntry entry) {
    Instant since = Instant.parse(json(entry).getString("since"));
    return new Calendars.Kept(calendar(entry), entry.modRevision(), since);
  }

  private static Calendar calendar(KvEntry entry) {
    return Calendar.from(Fields.of(json(entry).getJsonObject("value")));
  }

  private static JsonObject json(KvEntry entry) {
    return new JsonObject(entry.value().toString());
  }

  private static CalendarView view(KvEntry entry) {
    String name = ScheduleKeys.nameIn(entry.key().toString(), ScheduleKeys.OFF);
    return new CalendarView(name, entry.modRevision(), calendar(entry));
  }

  @Override
  public Future<CalendarView> put(WriteSchedule<Calendar> change) {
    Bytes key = ScheduleKeys.calendar(change.name());
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    JsonObject stored =
        new JsonObject().put("value", change.value().toJson()).put("since", now.toString());
    Op put = Op.put(key, Bytes.utf8(stored.encode()));
    Txn txn = new Txn(expected(change, key), List.of(put), List.of(), Optional.empty(), "");
    return kv.range(RangeRequest.all(ScheduleKeys.calendarsAfter("")).limited(MAX_CALENDARS))
        .compose(
            all ->
                all.entries().size() == MAX_CALENDARS
                        && all.entries().stream().noneMatch(entry -> entry.key().equals(key))
                    ? Failure.future(CONFLICT, "there are as many calendars as there can be")
                    : kv.txn(change.guard().on(txn)))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(
                        new CalendarView(change.name(), result.revision(), change.value()))
                    : stale(change.name()));
  }

  private static List<Compare> expected(WriteSchedule<?> change, Bytes key) {
    return change
        .ifRevision()
        .map(revision -> List.of(Compare.modifiedAt(key, revision)))
        .orElse(List.of());
  }

  @Override
  public Future<CalendarView> get(String name) {
    return kv.get(ScheduleKeys.calendar(name))
        .map(found -> found.map(StoredCalendarService::view).orElseThrow(() -> notFound(name)));
  }

  @Override
  public Future<List<CalendarView>> list(String after, int limit) {
    return kv.range(RangeRequest.all(ScheduleKeys.calendarsAfter(after)).limited(limit))
        .map(found -> found.entries().stream().map(StoredCalendarService::view).toList());
  }

  @Override
  public Future<Long> delete(WriteSchedule<String> change) {
    return delete(change, MAX_TRIES);
  }

  /** Looks again if a schedule that names it was put meanwhile. */
  private Future<Long> delete(WriteSchedule<String> change, int tries) {
    String name = change.name();
    return kv.get(ScheduleKeys.users(name))
        .map(users -> users.map(KvEntry::modRevision).orElse(0L))
        .compose(
            seen ->
                requireUnused(name, ScheduleKeys.JOBS)
                    .compose(unused -> kv.txn(change.guard().on(removal(change, seen)))))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(result.revision())
                    : get(name).compose(there -> deleteAgain(change, there, tries)));
  }

  private Future<Long> deleteAgain(WriteSchedule<String> change, CalendarView there, int tries) {
    if (change.ifRevision().filter(wanted -> wanted != there.revision()).isPresent()) {
      return stale(change.name());
    }
    return tries > 1
        ? delete(change, tries - 1)
        : Failure.future(CONFLICT, "schedules that name the calendar change too often");
  }

  /**
   * Removes a calendar.
   *
   * @param seen the revision since which no schedule that names it was put
   */
  private static Txn removal(WriteSchedule<String> change, long seen) {
    Bytes key = ScheduleKeys.calendar(change.name());
    Bytes users = ScheduleKeys.users(change.name());
    List<Compare> compares = new ArrayList<>(expected(change, key));
    compares.add(Compare.exists(key));
    compares.add(Compare.modifiedAt(users, seen));
    List<Op> steps = List.of(Op.delete(key), Op.delete(users));
    return new Txn(compares, steps, List.of(), Optional.empty(), "");
  }

  private Future<Void> requireUnused(String name, KeyRange schedules) {
    return kv.range(RangeRequest.all(schedules).limited(PART))
        .compose(
            found -> {
              for (KvEntry entry : found.entries()) {
                if (names(entry, name)) {
                  String key = entry.key().toString();
                  String user = ScheduleKeys.nameIn(key, ScheduleKeys.JOB);
                  return Failure.future(CONFLICT, "schedule " + user + " names the calendar");
                }
              }
              if (!found.more()) {
                return Future.succeededFuture();
              }
              Bytes last = found.entries().get(found.entries().size() - 1).key();
              return requireUnused(name, new KeyRange(last.successor(), schedules.to()));
            });
  }

  private static boolean names(KvEntry schedule, String calendar) {
    JsonObject definition = json(schedule).getJsonObject("definition");
    return definition.getJsonArray("calendars", new JsonArray()).contains(calendar);
  }

  private static Failure notFound(String name) {
    return new Failure(NOT_FOUND, "there is no calendar " + name);
  }

  private static <T> Future<T> stale(String name) {
    return Failure.future(STALE, "calendar " + name + " is not at the revision expected");
  }
}
