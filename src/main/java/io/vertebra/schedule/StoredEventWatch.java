package io.vertebra.schedule;

import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.WatchBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what happens to schedules from the changes of the store. */
final class StoredEventWatch implements ScheduleService.Watch {
  private final Vertx vertx;
  private final KvWatch watch;
  private final WatchSchedules wanted;
  private volatile long told;

  StoredEventWatch(Vertx vertx, KvWatch watch, WatchSchedules wanted) {
    this.vertx = vertx;
    this.watch = watch;
    this.wanted = wanted;
    this.told = watch.fromRevision() - 1;
  }

  @Override
  public Future<ScheduleService.Batch> next() {
    Promise<ScheduleService.Batch> found = Promise.promise();
    look(found);
    return found.future();
  }

  /** Others get the event loop between two batches, however many of them are not wanted. */
  private void look(Promise<ScheduleService.Batch> found) {
    watch
        .next()
        .map(this::events)
        .onSuccess(
            events -> {
              if (events.isEmpty()) {
                vertx.runOnContext(next -> look(found));
              } else {
                found.complete(new ScheduleService.Batch(told, events));
              }
            })
        .onFailure(found::fail);
  }

  private List<ScheduleEvent> events(WatchBatch batch) {
    told = batch.revision();
    Set<String> removed = new HashSet<>();
    for (KvEvent event : batch.events()) {
      String key = event.entry().key().toString();
      if (event.type() == KvEvent.Type.DELETE && key.startsWith(ScheduleKeys.JOB)) {
        removed.add(at(ScheduleKeys.nameIn(key, ScheduleKeys.JOB), event));
      }
    }
    List<ScheduleEvent> events = new ArrayList<>();
    for (KvEvent event : batch.events()) {
      event(event, removed).filter(known -> wanted.wants(known.schedule())).ifPresent(events::add);
    }
    return events;
  }

  /**
   * What a change tells, if anything.
   *
   * @param removed schedules, each with the revision of that: an alarm that goes with it is no news
   */
  private static Optional<ScheduleEvent> event(KvEvent event, Set<String> removed) {
    String key = event.entry().key().toString();
    boolean put = event.type() == KvEvent.Type.PUT;
    if (key.startsWith(ScheduleKeys.JOB)) {
      String name = ScheduleKeys.nameIn(key, ScheduleKeys.JOB);
      return Optional.of(
          ScheduleEvent.of(put ? ScheduleEvent.Type.CHANGED : ScheduleEvent.Type.REMOVED, name));
    }
    if (key.startsWith(ScheduleKeys.HISTORY) && put) {
      String name = ScheduleKeys.nameIn(key, ScheduleKeys.HISTORY);
      Past past = Past.from(new JsonObject(event.entry().value().toString()));
      return Optional.of(new ScheduleEvent(ScheduleEvent.Type.RESULT, name, Optional.of(past)));
    }
    if (key.startsWith(ScheduleKeys.ALARM)) {
      String name = ScheduleKeys.nameIn(key, ScheduleKeys.ALARM);
      return Optional.of(
              ScheduleEvent.of(put ? ScheduleEvent.Type.ALARM : ScheduleEvent.Type.RECOVERED, name))
          .filter(known -> put || !removed.contains(at(name, event)));
    }
    return Optional.empty();
  }

  private static String at(String name, KvEvent event) {
    return name + "@" + event.entry().modRevision();
  }

  @Override
  public long told() {
    return told;
  }

  @Override
  public void close() {
    watch.close();
  }
}
