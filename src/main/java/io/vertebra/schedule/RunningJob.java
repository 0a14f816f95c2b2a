package io.vertebra.schedule;

import io.vertebra.schedule.CallService.OpenCall;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The calls of targets under way on this node, kept as the states say: what is to run and is not
 * called is called, what is called and is not to run any more is aborted. For one thread.
 */
final class RunningJob {
  private final Vertx vertx;
  private final CallService calls;
  private final Clock clock;
  private final int maxConcurrent;
  private final ScheduleMeters meters;
  private final BiConsumer<String, RunEnd> ended;
  private final Consumer<String> look;
  private final Map<String, Map<Attempt, OpenCall>> open = new HashMap<>();

  /** Schedules with runs for which there was no room. */
  private final Set<String> waiting = new LinkedHashSet<>();

  private int count;
  private boolean offering;

  private record Attempt(Instant nominal, int shard, int number) {
    static Attempt of(Run run) {
      return new Attempt(run.nominal(), run.shard(), run.attempts());
    }
  }

  /**
   * @param ended is told the name of the schedule and how an attempt ended
   * @param look is told the name of a schedule for which there may be room now
   */
  RunningJob(
      Vertx vertx,
      CallService calls,
      Clock clock,
      int maxConcurrent,
      ScheduleMeters meters,
      BiConsumer<String, RunEnd> ended,
      Consumer<String> look) {
    this.vertx = vertx;
    this.calls = calls;
    this.clock = clock;
    this.maxConcurrent = maxConcurrent;
    this.meters = meters;
    this.ended = ended;
    this.look = look;
  }

  /** Whether there is no room for another call. */
  boolean isFull() {
    return count >= maxConcurrent;
  }

  /** Ends all calls of a schedule that is gone. */
  void end(String schedule) {
    abortAllBut(schedule, Set.of());
    waiting.remove(schedule);
    tell();
    offerRoom();
  }

  /** Calls what is to run and aborts what is not; what ended here already is let alone. */
  void match(Track track, long token) {
    Job job = track.job;
    List<Run> wanted =
        track.state.runs().stream()
            .filter(run -> run.is(Phase.RUNNING))
            .filter(run -> track.ends.stream().noneMatch(end -> end.isOf(run)))
            .toList();
    Set<Attempt> attempts = new LinkedHashSet<>();
    wanted.forEach(run -> attempts.add(Attempt.of(run)));
    abortAllBut(job.name(), attempts);
    waiting.remove(job.name());
    for (Run run : wanted) {
      if (open.getOrDefault(job.name(), Map.of()).containsKey(Attempt.of(run))) {
        continue;
      }
      if (isFull()) {
        waiting.add(job.name());
        break;
      }
      begin(job, run, token);
    }
    tell();
    offerRoom();
  }

  /**
   * Has those that wait looked at, as many as there is room for, once what is under way here is
   * done. Each is called, or waits no more, or has a write under way, after which it is matched.
   */
  private void offerRoom() {
    if (offering || isFull() || waiting.isEmpty()) {
      return;
    }
    offering = true;
    vertx.runOnContext(
        turn -> {
          offering = false;
          waiting.stream().limit(maxConcurrent - count).toList().forEach(look);
        });
  }

  private void abortAllBut(String schedule, Set<Attempt> wanted) {
    List<OpenCall> aborted = new ArrayList<>();
    Iterator<Map.Entry<Attempt, OpenCall>> each =
        open.getOrDefault(schedule, new HashMap<>()).entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Attempt, OpenCall> call = each.next();
      if (!wanted.contains(call.getKey())) {
        aborted.add(call.getValue());
        each.remove();
        count--;
      }
    }
    forgetIfEmpty(schedule);
    aborted.forEach(OpenCall::abort);
  }

  private void begin(Job job, Run run, long token) {
    Instant now = clock.instant();
    meters.attempt();
    if (run.attempts() == 1 && run.cause() == Cause.SCHEDULE) {
      meters.fired(Duration.between(Due.fireAt(job, run.nominal()), now));
    }
    OpenCall call = calls.call(new Invocation(job, run, token, now));
    open.computeIfAbsent(job.name(), name -> new HashMap<>()).put(Attempt.of(run), call);
    count++;
    call.result()
        .onSuccess(done -> over(job.name(), Attempt.of(run), call, ""))
        .onFailure(cause -> over(job.name(), Attempt.of(run), call, told(cause)));
  }

  private static String told(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }

  /** Ignored if it was aborted. */
  private void over(String schedule, Attempt attempt, OpenCall call, String problem) {
    Map<Attempt, OpenCall> there = open.getOrDefault(schedule, new HashMap<>());
    if (!there.remove(attempt, call)) {
      return;
    }
    forgetIfEmpty(schedule);
    count--;
    tell();
    ended.accept(
        schedule,
        new RunEnd(attempt.nominal(), attempt.shard(), attempt.number(), clock.instant(), problem));
    offerRoom();
  }

  private void forgetIfEmpty(String schedule) {
    Map<Attempt, OpenCall> left = open.get(schedule);
    if (left != null && left.isEmpty()) {
      open.remove(schedule);
    }
  }

  private void tell() {
    meters.running.set(count);
    meters.waiting.set(waiting.size());
  }
}
