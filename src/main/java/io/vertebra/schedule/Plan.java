package io.vertebra.schedule;

import io.vertebra.schedule.Past.Ran;
import io.vertebra.schedule.cron.FixedDelay;
import io.vertebra.schedule.cron.Skipped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is to become of a schedule at one time: told what happened, then {@linkplain #advance
 * advanced}, it yields the state after and what that adds to the history. The rules of overlap,
 * misfire and retry are here and nowhere else. Pure; for one use.
 */
final class Plan {
  /** Most occurrences decided at once; the rest is due at once again. */
  static final int MOST_AT_ONCE = 64;

  /** Most times that do not fire told for one that does. */
  static final int MOST_SKIPPED = 10;

  private final Job job;
  private final JobState before;
  private final Instant now;
  private final String node;
  private final List<Run> runs;
  private final List<Past> past = new ArrayList<>();
  private Instant cursor;
  private Instant lastEnd;
  private Instant lastSuccess;
  private boolean alarmed;

  /**
   * @param node that decides
   */
  Plan(Job job, JobState before, Instant now, String node) {
    this.job = job;
    this.before = before;
    this.now = now;
    this.node = node;
    this.runs = new ArrayList<>(before.runs());
    this.cursor = before.cursor();
    this.lastEnd = before.lastEnd();
    this.lastSuccess = before.lastSuccess();
    this.alarmed = before.alarmed();
  }

  JobState state() {
    return new JobState(
        cursor, before.sequence() + past.size(), runs, lastEnd, lastSuccess, alarmed);
  }

  /** What is added to the history, in order. */
  List<Past> past() {
    return List.copyOf(past);
  }

  /** An attempt ended; ignored if its run is none of this schedule any more. */
  void ended(RunEnd end) {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      if (end.isOf(run)) {
        ended(i, run, end);
        return;
      }
    }
  }

  private void ended(int index, Run run, RunEnd end) {
    boolean succeeded = end.problem().isEmpty();
    Retries retries = job.definition().retries();
    if (!succeeded && run.attempts() < retries.maxAttempts()) {
      runs.set(index, run.retryingAt(end.at().plus(retries.after(run.attempts()))));
      return;
    }
    runs.remove(index);
    over(run, succeeded ? Result.SUCCEEDED : Result.FAILED, end.at(), end.problem());
    if (succeeded && runs.stream().noneMatch(other -> other.nominal().equals(run.nominal()))) {
      lastSuccess = Due.latest(lastSuccess, end.at());
      alarmed = false;
    }
  }

  /** Somebody asked for something. */
  void asked(Request request) {
    switch (request.kind()) {
      case TRIGGER -> admit(request.nominal(), Cause.TRIGGER);
      case BACKFILL -> admit(request.nominal(), Cause.BACKFILL);
      case CANCEL -> drop(Result.CANCELLED, run -> run.nominal().equals(request.nominal()));
    }
  }

  /** Does what is due by now. */
  void advance() {
    retry();
    promote();
    for (int i = 0; i < MOST_AT_ONCE; i++) {
      Optional<Instant> next = Due.next(job, state());
      if (next.isEmpty() || Due.fireAt(job, next.get()).isAfter(now)) {
        break;
      }
      decide(next.get());
    }
    Optional<Instant> alarm = Due.alarmAt(job, state());
    if (alarm.isPresent() && !alarm.get().isAfter(now)) {
      alarmed = true;
    }
  }

  private void retry() {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      if (run.is(Phase.RETRYING) && !run.retryAt().isAfter(now)) {
        runs.set(i, run.tried());
      }
    }
  }

  private void decide(Instant nominal) {
    Misfire misfire = job.definition().misfire();
    Instant inTime = now.minus(misfire.grace()).minus(job.definition().jitter());
    boolean waited = job.timetable() instanceof FixedDelay;
    if (nominal.isBefore(inTime) && !waited) {
      late(Due.late(job.timetable(), nominal, inTime, misfire.limit()));
      return;
    }
    noteSkipped(nominal);
    cursor = nominal;
    if (job.paused()) {
      note(nominal, Result.PAUSED, 0);
    } else {
      admit(nominal, Cause.SCHEDULE);
    }
  }

  private void late(Due.Late late) {
    noteSkipped(late.last());
    cursor = late.last();
    Misfire.Policy policy = job.definition().misfire().policy();
    List<Instant> fired =
        job.paused() || policy == Misfire.Policy.SKIP
            ? List.of()
            : policy == Misfire.Policy.RUN_ONCE ? List.of(late.last()) : late.latest();
    int others = late.others(fired.size());
    if (others != 0) {
      Result result = job.paused() ? Result.PAUSED : Result.MISSED;
      note(late.first(), result, others < 0 ? others : others - 1);
    }
    fired.forEach(nominal -> admit(nominal, Cause.CATCH_UP));
  }

  /** Tells the times up to an occurrence that the timetable names and that do not fire. */
  private void noteSkipped(Instant until) {
    Instant from = Due.latest(cursor, job.since());
    for (Skipped skipped : job.timetable().skipped(from, until, MOST_SKIPPED)) {
      note(skipped.at(), Result.of(skipped.reason()), 0);
    }
  }

  /** Lets an occurrence run, wait or not, as the overlap policy says. */
  private void admit(Instant nominal, Cause cause) {
    if (runs.stream().anyMatch(run -> run.nominal().equals(nominal))) {
      return;
    }
    Overlap overlap = job.definition().overlap();
    if (overlap == Overlap.REPLACE && !cause.alwaysQueues()) {
      drop(Result.REPLACED, run -> true);
    }
    boolean waits = !runs.stream().allMatch(this::isHeld);
    if (waits && !mayWait(cause, overlap)) {
      note(nominal, Result.OVERLAPPED, 0);
      return;
    }
    int shards = job.definition().shards();
    for (int shard = 0; shard < shards; shard++) {
      Run run = Run.queued(nominal, shard, shards, cause, now);
      runs.add(waits ? run : run.started(now));
    }
  }

  private boolean mayWait(Cause cause, Overlap overlap) {
    Set<Instant> waiting = new LinkedHashSet<>();
    runs.stream().filter(run -> !run.isActive()).forEach(run -> waiting.add(run.nominal()));
    int most =
        cause.alwaysQueues() || overlap == Overlap.QUEUE_ALL
            ? JobState.MAX_QUEUED
            : overlap == Overlap.QUEUE_ONE ? 1 : 0;
    return waiting.size() < most && runs.size() + job.definition().shards() <= JobState.MAX_RUNS;
  }

  /** Begins the first occurrence that waits and is not held, if none runs. */
  private void promote() {
    if (runs.stream().anyMatch(Run::isActive)) {
      return;
    }
    Optional<Instant> first =
        runs.stream().filter(run -> !isHeld(run)).map(Run::nominal).findFirst();
    first.ifPresent(
        nominal -> runs.replaceAll(run -> run.nominal().equals(nominal) ? run.started(now) : run));
  }

  /** Whether it waits for the end of a pause. */
  private boolean isHeld(Run run) {
    return job.paused() && !run.isActive() && !run.cause().isAskedFor();
  }

  private void drop(Result result, Predicate<Run> which) {
    List<Run> dropped = runs.stream().filter(which).toList();
    runs.removeAll(dropped);
    dropped.forEach(run -> over(run, result, now, ""));
  }

  private void over(Run run, Result result, Instant at, String problem) {
    Optional<Ran> ran = Optional.empty();
    if (run.isActive()) {
      lastEnd = Due.latest(lastEnd, at);
      Duration took = Duration.between(run.firedAt(), at);
      ran = Optional.of(new Ran(run.firedAt(), took, run.attempts(), run.cause(), node));
    }
    String id = run.occurrence(job.name()).id();
    past.add(new Past(nextSequence(), id, run.nominal(), at, result, 0, ran, problem));
  }

  private void note(Instant nominal, Result result, int others) {
    String id = new Occurrence(job.name(), nominal, 0, 1).id();
    past.add(new Past(nextSequence(), id, nominal, now, result, others, Optional.empty(), ""));
  }

  private long nextSequence() {
    return before.sequence() + past.size() + 1;
  }
}
