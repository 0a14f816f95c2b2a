package io.vertebra.schedule;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.STALE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.kv.WatchRequest;
import io.vertebra.schedule.cron.Firing;
import io.vertebra.schedule.cron.FixedDelay;
import io.vertebra.schedule.cron.Preview;
import io.vertebra.schedule.cron.Timetable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntSupplier;

/**
 * Schedules in the store. Definitions and requests are written by any node; what becomes of them is
 * up to the one that leads.
 */
final class StoredScheduleService implements ScheduleService {
  private static final int MAX_TRIES = 10;

  /** Most requests of a schedule that wait to be done. */
  private static final int MAX_REQUESTS = 1_000;

  private final Vertx vertx;
  private final KvService kv;
  private final Clock clock;
  private final TargetCheckService targets;
  private final int maxSchedules;
  private final IntSupplier known;

  /**
   * @param known how many schedules there are, about
   */
  StoredScheduleService(
      Vertx vertx,
      KvService kv,
      Clock clock,
      TargetCheckService targets,
      int maxSchedules,
      IntSupplier known) {
    this.vertx = vertx;
    this.kv = kv;
    this.clock = clock;
    this.targets = targets;
    this.maxSchedules = maxSchedules;
    this.known = known;
  }

  /**
   * A schedule as it is kept, with how far it is.
   *
   * @param revision of the definition's last write
   */
  private record Stored(Job job, long revision, JobState state) {
    ScheduleView view() {
      return ScheduleView.of(job, revision, state);
    }
  }

  @Override
  public Future<ScheduleView> put(WriteSchedule<Definition> change) {
    return change(change, this::defined, MAX_TRIES).map(Stored::view);
  }

  private Job defined(WriteSchedule<Definition> change, Optional<Job> present) {
    Instant now = now();
    if (present.isEmpty() && known.getAsInt() >= maxSchedules) {
      throw new Failure(CONFLICT, "there are as many schedules as there can be");
    }
    return targets.check(
        present
            .map(job -> job.with(change.value(), now))
            .orElseGet(() -> Job.of(change.name(), change.value(), now)));
  }

  @Override
  public Future<ScheduleView> pause(WriteSchedule<String> change, boolean paused) {
    return change(
            change,
            (asked, present) ->
                present.orElseThrow(() -> notFound(asked.name())).paused(paused, now()),
            MAX_TRIES)
        .map(Stored::view);
  }

  /** Writes what {@code next} makes of what is there, unless that changes meanwhile. */
  private <T> Future<Stored> change(
      WriteSchedule<T> change, BiFunction<WriteSchedule<T>, Optional<Job>, Job> next, int tries) {
    return read(change.name())
        .compose(
            present -> {
              long revision = present.map(Stored::revision).orElse(0L);
              if (change.ifRevision().isPresent() && change.ifRevision().get() != revision) {
                return stale(change.name());
              }
              Job job = next.apply(change, present.map(Stored::job));
              JobState state = present.map(Stored::state).orElse(JobState.NEW);
              return requireCalendars(change.value(), job)
                  .compose(required -> write(change, job, revision))
                  .compose(
                      result ->
                          result.succeeded()
                              ? excluding(new Stored(job, result.revision(), state))
                              : tries > 1
                                  ? change(change, next, tries - 1)
                                  : Failure.future(CONFLICT, "others change it too often"));
            });
  }

  /** The calendars that are named are there to the end, and whoever removes one sees it named. */
  private Future<TxnResult> write(WriteSchedule<?> change, Job job, long revision) {
    Bytes key = ScheduleKeys.job(change.name());
    List<Compare> compares = new ArrayList<>();
    List<Op> steps = new ArrayList<>();
    compares.add(Compare.modifiedAt(key, revision));
    steps.add(Op.put(key, Bytes.utf8(job.toStored().encode())));
    if (change.value() instanceof Definition definition) {
      for (String calendar : Set.copyOf(definition.calendars())) {
        compares.add(Compare.exists(ScheduleKeys.calendar(calendar)));
        steps.add(Op.put(ScheduleKeys.users(calendar), Bytes.EMPTY));
      }
    }
    return kv.txn(change.guard().on(new Txn(compares, steps, List.of(), Optional.empty(), "")));
  }

  /** A definition that is put names calendars that are there. */
  private Future<Void> requireCalendars(Object value, Job job) {
    return value instanceof Definition definition
        ? calendars(job).map(calendars -> calendars.require(definition.calendars())).mapEmpty()
        : Future.succeededFuture();
  }

  /** The calendars that a schedule names. */
  private Future<Calendars> calendars(Job job) {
    List<String> names = job.definition().calendars();
    if (names.isEmpty()) {
      return Future.succeededFuture(Calendars.NONE);
    }
    Op[] reads = names.stream().map(name -> Op.get(ScheduleKeys.calendar(name))).toArray(Op[]::new);
    return kv.txn(Txn.of(reads))
        .map(
            result -> {
              Map<String, Calendars.Kept> found = new HashMap<>();
              for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                first(result, i)
                    .ifPresent(entry -> found.put(name, StoredCalendarService.kept(entry)));
              }
              return new Calendars(found);
            });
  }

  private Future<Stored> excluding(Stored stored) {
    return calendars(stored.job())
        .map(
            calendars ->
                new Stored(stored.job().without(calendars), stored.revision(), stored.state()));
  }

  @Override
  public Future<ScheduleView> get(String name) {
    return present(name).map(Stored::view);
  }

  private Future<Stored> present(String name) {
    return read(name)
        .compose(
            found ->
                found
                    .map(Future::succeededFuture)
                    .orElseGet(() -> Future.failedFuture(notFound(name))));
  }

  private Future<Optional<Stored>> read(String name) {
    return kv.txn(Txn.of(Op.get(ScheduleKeys.job(name)), Op.get(ScheduleKeys.state(name))))
        .map(
            result ->
                first(result, 0)
                    .map(job -> stored(name, job, first(result, 1).map(KvEntry::value))))
        .compose(
            found ->
                found
                    .map(stored -> excluding(stored).map(Optional::of))
                    .orElseGet(() -> Future.succeededFuture(Optional.empty())));
  }

  private static Optional<KvEntry> first(TxnResult result, int step) {
    return result.results().get(step) instanceof OpResult.Get got
        ? got.result().first()
        : Optional.empty();
  }

  private static Stored stored(String name, KvEntry job, Optional<Bytes> state) {
    return new Stored(
        Job.fromStored(name, json(job.value())),
        job.modRevision(),
        state.map(value -> JobState.from(json(value))).orElse(JobState.NEW));
  }

  @Override
  public Future<Listed> list(String cursor, int limit) {
    Bytes from = cursor.isEmpty() ? ScheduleKeys.job("") : ScheduleKeys.job(cursor).successor();
    KeyRange range = new KeyRange(from, ScheduleKeys.JOBS.to());
    return kv.range(RangeRequest.all(range).limited(limit))
        .compose(
            found -> {
              List<String> names =
                  found.entries().stream()
                      .map(entry -> ScheduleKeys.nameIn(entry.key().toString(), ScheduleKeys.JOB))
                      .toList();
              List<Future<Optional<Stored>>> read = names.stream().map(this::read).toList();
              return Future.all(read)
                  .map(
                      all ->
                          new Listed(
                              read.stream()
                                  .flatMap(each -> each.result().map(Stored::view).stream())
                                  .toList(),
                              found.more()
                                  ? Optional.of(names.get(names.size() - 1))
                                  : Optional.empty()));
            });
  }

  @Override
  public Future<Long> delete(WriteSchedule<String> change) {
    String name = change.name();
    Bytes key = ScheduleKeys.job(name);
    List<Compare> compares = new ArrayList<>();
    compares.add(Compare.exists(key));
    change.ifRevision().ifPresent(wanted -> compares.add(Compare.modifiedAt(key, wanted)));
    List<Op> ops =
        List.of(
            Op.delete(key),
            Op.delete(ScheduleKeys.state(name)),
            Op.delete(ScheduleKeys.alarm(name)),
            new Op.Delete(ScheduleKeys.requests(name), false),
            new Op.Delete(ScheduleKeys.history(name), false));
    Txn txn = new Txn(compares, ops, List.of(Op.get(key)), Optional.empty(), "");
    return kv.txn(change.guard().on(txn))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(result.revision())
                    : first(result, 0).isEmpty()
                        ? Future.failedFuture(notFound(name))
                        : stale(name));
  }

  @Override
  public Future<String> trigger(String name) {
    Instant now = now();
    return ask(name, List.of(new Request(Request.Kind.TRIGGER, now)))
        .map(done -> new Occurrence(name, now, 0, 1).id());
  }

  @Override
  public Future<Void> cancel(String name, Instant nominal) {
    return present(name)
        .compose(
            stored ->
                stored.state().runs().stream().anyMatch(run -> run.nominal().equals(nominal))
                    ? ask(name, List.of(new Request(Request.Kind.CANCEL, nominal)))
                    : Failure.future(
                        NOT_FOUND, "the occurrence at " + nominal + " neither runs nor waits"));
  }

  @Override
  public Future<List<String>> backfill(String name, Instant from, Instant to, int limit) {
    if (to.isAfter(now())) {
      return Future.failedFuture(Failure.invalid("/to", "must not be in the future"));
    }
    if (from.isAfter(to)) {
      return Future.failedFuture(Failure.invalid("/from", "must not be after to"));
    }
    return present(name)
        .compose(
            stored -> {
              Timetable timetable = stored.job().timetable();
              if (timetable instanceof FixedDelay) {
                return Future.failedFuture(
                    Failure.invalid("/name", "must have a timetable that tells times gone by"));
              }
              List<Instant> nominals = between(timetable, from, to, limit);
              List<Request> requests =
                  nominals.stream().map(at -> new Request(Request.Kind.BACKFILL, at)).toList();
              return ask(name, requests)
                  .map(
                      done ->
                          nominals.stream()
                              .map(at -> new Occurrence(name, at, 0, 1).id())
                              .toList());
            });
  }

  private static List<Instant> between(Timetable timetable, Instant from, Instant to, int limit) {
    List<Instant> found = new ArrayList<>();
    Optional<Instant> next = timetable.next(from.minusNanos(1)).map(Firing::at);
    while (found.size() < limit && next.isPresent() && !next.get().isAfter(to)) {
      found.add(next.get());
      next = timetable.next(next.get()).map(Firing::at);
    }
    return found;
  }

  /** Leaves requests to the node that leads. */
  private Future<Void> ask(String name, List<Request> requests) {
    RangeRequest waiting = RangeRequest.all(ScheduleKeys.requests(name)).limited(MAX_REQUESTS);
    return kv.range(waiting)
        .compose(
            found ->
                found.entries().size() + requests.size() > MAX_REQUESTS
                    ? Failure.future(CONFLICT, "as many requests wait as there may")
                    : kv.txn(asking(name, requests)))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture()
                    : Future.failedFuture(notFound(name)));
  }

  private static Txn asking(String name, List<Request> requests) {
    List<Op> ops = new ArrayList<>();
    for (Request request : requests) {
      Bytes key = ScheduleKeys.request(name, request);
      ops.add(Op.put(key, Bytes.utf8(request.toJson().encode())));
    }
    return Txn.when(Compare.exists(ScheduleKeys.job(name)), ops.toArray(new Op[0]));
  }

  @Override
  public Future<Preview> preview(String name, int count) {
    return present(name)
        .map(
            stored ->
                Preview.of(
                    stored.job().timetable(), Due.latest(now(), stored.state().cursor()), count));
  }

  @Override
  public Future<Preview> preview(Timetable timetable, int count) {
    return Future.succeededFuture(Preview.of(timetable, now(), count));
  }

  @Override
  public Future<List<Past>> history(String name, int limit) {
    return present(name)
        .compose(there -> kv.all(ScheduleKeys.history(name)))
        .map(RangeResult::entries)
        .map(
            entries ->
                entries.stream()
                    .map(entry -> Past.from(json(entry.value())))
                    .sorted(Comparator.comparing(Past::sequence).reversed())
                    .limit(limit)
                    .toList());
  }

  @Override
  public Future<Watch> watch(WatchSchedules request) {
    return kv.watch(WatchRequest.of(ScheduleKeys.TOLD).from(request.fromRevision()))
        .map(watch -> new StoredEventWatch(vertx, watch, request));
  }

  /** Times of occurrences are told in milliseconds. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Failure notFound(String name) {
    return new Failure(NOT_FOUND, "there is no schedule " + name);
  }

  private static <T> Future<T> stale(String name) {
    return Failure.future(STALE, "schedule " + name + " is not at the revision expected");
  }

  private static JsonObject json(Bytes value) {
    return new JsonObject(value.toString());
  }
}
