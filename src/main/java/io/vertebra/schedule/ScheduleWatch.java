package io.vertebra.schedule;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link Board} like the store, so that a node that comes to lead has all in memory. What
 * the leader wrote itself it knows already; then the later revision counts.
 */
final class ScheduleWatch implements RangeWatch.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduleWatch.class);

  /** Entries read in one go, so that the event loop gets on with other things. */
  private static final int SLICE = 200;

  private final Vertx vertx;
  private final Board board;
  private final RangeWatch watch;
  private final Consumer<String> changed;
  private final Consumer<Long> reached;

  /**
   * @param changed is told the names of schedules that changed, went or were asked something of
   * @param reached is told up to which revision the board is complete
   */
  ScheduleWatch(
      Vertx vertx, KvService kv, Board board, Consumer<String> changed, Consumer<Long> reached) {
    this.vertx = vertx;
    this.board = board;
    this.changed = changed;
    this.reached = reached;
    this.watch =
        new RangeWatch(
            vertx, kv, WatchRequest.of(ScheduleKeys.FOLLOWED), "schedule.definitions", this);
  }

  void start() {
    watch.start();
  }

  void stop() {
    watch.stop();
  }

  @Override
  public Future<?> replace(RangeResult all) {
    Set<String> there = names(all.entries(), ScheduleKeys.JOB);
    Set<String> begun = names(all.entries(), ScheduleKeys.STATE);
    for (String name : board.names()) {
      if (!there.contains(name)) {
        removed(name);
      } else if (!begun.contains(name)) {
        beginAnew(name, all.revision());
      }
    }
    board.forgetRequests();
    follow(calendars(all.entries()));
    Promise<Void> done = Promise.promise();
    putAll(all.entries(), 0, done);
    return done.future().onSuccess(unused -> reached.accept(all.revision()));
  }

  private static Set<String> names(List<KvEntry> entries, String prefix) {
    return entries.stream()
        .map(entry -> entry.key().toString())
        .filter(key -> key.startsWith(prefix))
        .map(key -> ScheduleKeys.nameIn(key, prefix))
        .collect(Collectors.toSet());
  }

  /** A store that was put back may be of a time when a schedule had not begun. */
  private void beginAnew(String name, long revision) {
    Track track = board.find(name);
    if (track != null && track.stateRevision > 0 && track.stateRevision <= revision) {
      track.state = JobState.NEW;
      track.stateRevision = 0;
      board.arm(track);
    }
  }

  private void putAll(List<KvEntry> entries, int from, Promise<Void> done) {
    int to = Math.min(entries.size(), from + SLICE);
    entries.subList(from, to).forEach(this::put);
    if (to == entries.size()) {
      done.complete();
    } else {
      vertx.runOnContext(next -> putAll(entries, to, done));
    }
  }

  @Override
  public Future<?> change(WatchBatch batch) {
    follow(batch);
    for (KvEvent event : batch.events()) {
      if (event.type() == KvEvent.Type.PUT) {
        put(event.entry());
      } else {
        delete(event.entry().key());
      }
    }
    reached.accept(batch.revision());
    return Future.succeededFuture();
  }

  private static Map<String, Calendars.Kept> calendars(List<KvEntry> entries) {
    Map<String, Calendars.Kept> found = new HashMap<>();
    for (KvEntry entry : entries) {
      String key = entry.key().toString();
      if (key.startsWith(ScheduleKeys.OFF)) {
        readCalendar(entry)
            .ifPresent(kept -> found.put(ScheduleKeys.nameIn(key, ScheduleKeys.OFF), kept));
      }
    }
    return found;
  }

  private static Optional<Calendars.Kept> readCalendar(KvEntry entry) {
    try {
      return Optional.of(StoredCalendarService.kept(entry));
    } catch (RuntimeException unreadable) {
      LOG.error("schedule.calendar unreadable key={}", entry.key(), unreadable);
      return Optional.empty();
    }
  }

  private void follow(WatchBatch batch) {
    Map<String, Calendars.Kept> next = new HashMap<>(board.calendars().known());
    for (KvEvent event : batch.events()) {
      String key = event.entry().key().toString();
      if (key.startsWith(ScheduleKeys.OFF)) {
        String name = ScheduleKeys.nameIn(key, ScheduleKeys.OFF);
        next.remove(name);
        if (event.type() == KvEvent.Type.PUT) {
          readCalendar(event.entry()).ifPresent(kept -> next.put(name, kept));
        }
      }
    }
    follow(next);
  }

  private void follow(Map<String, Calendars.Kept> next) {
    Calendars before = board.calendars();
    Calendars after = new Calendars(next);
    Set<String> names = new HashSet<>(before.known().keySet());
    names.addAll(next.keySet());
    names.removeIf(name -> before.revision(name) == after.revision(name));
    if (!names.isEmpty()) {
      board.follow(after, names).forEach(changed);
    }
  }

  /** What this version cannot read must not keep the rest from being followed. */
  private void put(KvEntry entry) {
    String key = entry.key().toString();
    try {
      if (key.startsWith(ScheduleKeys.JOB)) {
        putJob(ScheduleKeys.nameIn(key, ScheduleKeys.JOB), entry);
      } else if (key.startsWith(ScheduleKeys.REQUEST)) {
        putRequest(ScheduleKeys.nameIn(key, ScheduleKeys.REQUEST), entry);
      } else if (key.startsWith(ScheduleKeys.STATE)) {
        putState(ScheduleKeys.nameIn(key, ScheduleKeys.STATE), entry);
      }
    } catch (RuntimeException unreadable) {
      LOG.error("schedule.entry unreadable key={}", key.replace('\0', ' '), unreadable);
    }
  }

  private void putJob(String name, KvEntry entry) {
    Track known = board.find(name);
    if (known != null && known.jobRevision >= entry.modRevision()) {
      return;
    }
    Job job = Job.fromStored(name, json(entry)).without(board.calendars());
    boolean same = known != null && known.createRevision == entry.createRevision();
    Track track =
        same && known != null
            ? known.with(job, entry.modRevision())
            : Track.of(job, entry.createRevision(), entry.modRevision());
    board.put(track);
    changed.accept(name);
  }

  private void putState(String name, KvEntry entry) {
    Track track = board.find(name);
    if (track != null && track.stateRevision < entry.modRevision()) {
      track.state = JobState.from(json(entry));
      track.stateRevision = entry.modRevision();
      board.arm(track);
    }
  }

  private void putRequest(String name, KvEntry entry) {
    Track track = board.find(name);
    if (track != null) {
      track.requests.put(entry.key(), Request.from(json(entry)));
      board.arm(track);
      changed.accept(name);
    }
  }

  private void delete(Bytes key) {
    String text = key.toString();
    if (text.startsWith(ScheduleKeys.JOB)) {
      removed(ScheduleKeys.nameIn(text, ScheduleKeys.JOB));
    } else if (text.startsWith(ScheduleKeys.REQUEST)) {
      Track track = board.find(ScheduleKeys.nameIn(text, ScheduleKeys.REQUEST));
      if (track != null) {
        track.requests.remove(key);
        board.arm(track);
      }
    }
  }

  private void removed(String name) {
    board.remove(name);
    changed.accept(name);
  }

  private static JsonObject json(KvEntry entry) {
    return new JsonObject(entry.value().toString());
  }
}
