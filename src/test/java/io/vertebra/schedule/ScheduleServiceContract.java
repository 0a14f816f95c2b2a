package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What schedules do, wherever they are kept and however they are called. */
public abstract class ScheduleServiceContract {
  private static final Duration SECOND = Duration.ofSeconds(1);
  protected static final String OPTIONS = "{'historySize': 5, 'maxConcurrent': 3}";
  private final ScheduleRig rig = rig();
  private final ScheduleService schedules = client(rig);

  protected abstract ScheduleRig rig();

  /** What is called; the service of the node itself unless told otherwise. */
  protected ScheduleService client(ScheduleRig opened) {
    return opened.service;
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static FailureCode refused(Future<?> future) {
    return Failure.of(catchThrowable(() -> await(future))).code();
  }

  private static WriteSchedule<String> named(String name) {
    return WriteSchedule.of(name, "");
  }

  @Test
  void firesEachOccurrenceOnceAndTellsWhatBecameOfIt() {
    rig.put("a", "");
    rig.pass(SECOND, 1);
    rig.pass(SECOND, 2);
    assertThat(rig.calls.ids()).containsExactly("a@2030-01-01T00:00:01Z", "a@2030-01-01T00:00:02Z");
    assertThat(rig.results("a", 2)).containsExactly("succeeded", "succeeded");
    assertThat(await(schedules.get("a")).runs()).isEmpty();
    eventually(() -> assertThat(rig.events).hasSize(2));
    assertThat(rig.events.get(0).getString("schedule")).isEqualTo("a");
  }

  @Test
  void keepsNoMoreOfTheHistoryThanTheOptionsSay() {
    rig.put("a", "");
    for (int i = 1; i <= 8; i++) {
      rig.pass(SECOND, i);
    }
    eventually(
        () ->
            assertThat(await(schedules.history("a", 100)))
                .extracting(Past::sequence)
                .containsExactly(8L, 7L, 6L, 5L, 4L));
    assertThat(await(schedules.history("a", 2))).hasSize(2);
  }

  @Test
  void triesAgainWithTheSameIdAndTheNextNumber() {
    rig.calls.answering(false);
    rig.put("a", ", 'retries': {'maxAttempts': 2, 'backoffMs': 200}");
    rig.pass(SECOND, 1);
    rig.calls.last().promise.fail("HTTP status 503");
    eventually(
        () ->
            assertThat(await(schedules.get("a")).runs())
                .extracting(RunView::phase)
                .containsExactly(Phase.RETRYING));
    rig.pass(Duration.ofMillis(200), 2);
    assertThat(rig.calls.ids()).containsOnly("a@2030-01-01T00:00:01Z");
    assertThat(rig.calls.last().invocation.run().attempts()).isEqualTo(2);
    rig.calls.last().promise.fail("HTTP status 502");
    assertThat(rig.results("a", 1)).containsExactly("failed");
  }

  @Test
  void abortsTheCallThatALaterOneReplaces() {
    rig.calls.answering(false);
    rig.put("a", ", 'overlap': 'replace'");
    rig.pass(SECOND, 1);
    rig.pass(SECOND, 2);
    assertThat(rig.calls.all().get(0).aborted).isTrue();
    assertThat(rig.calls.last().aborted).isFalse();
    assertThat(rig.results("a", 1)).containsExactly("replaced");
    rig.calls.all().get(0).promise.complete();
    rig.calls.last().promise.complete();
    assertThat(rig.results("a", 2)).containsExactly("succeeded", "replaced");
  }

  @Test
  void firesNothingWhilePausedAndGoesOnWhenResumed() {
    rig.put("a", "");
    await(schedules.pause(named("a"), true));
    rig.letTimePass(SECOND);
    assertThat(rig.results("a", 1)).containsExactly("paused");
    await(schedules.pause(named("a"), false));
    rig.pass(SECOND, 1);
    assertThat(rig.calls.ids()).containsExactly("a@2030-01-01T00:00:02Z");
  }

  @Test
  void runsWhenTriggeredEvenIfPaused() {
    rig.put("a", "");
    await(schedules.pause(named("a"), true));
    String id = await(schedules.trigger("a"));
    eventually(() -> assertThat(rig.calls.ids()).containsExactly(id));
    assertThat(rig.results("a", 1)).containsExactly("succeeded");
  }

  @Test
  void cancelsWhatRunsAndRefusesWhatDoesNot() {
    rig.calls.answering(false);
    rig.put("a", ", 'retries': {'maxAttempts': 5}");
    rig.pass(SECOND, 1);
    Instant nominal = rig.clock.instant();
    await(schedules.cancel("a", nominal));
    eventually(() -> assertThat(rig.calls.last().aborted).isTrue());
    assertThat(rig.results("a", 1)).containsExactly("cancelled");
    assertThat(refused(schedules.cancel("a", nominal))).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void backfillsATimeGoneByInOrder() {
    rig.put("a", "");
    Instant now = rig.clock.instant();
    List<String> ids = await(schedules.backfill("a", now.minusSeconds(10), now, 3));
    assertThat(ids).hasSize(3).startsWith("a@2029-12-31T23:59:50Z");
    eventually(() -> assertThat(rig.calls.ids()).isEqualTo(ids));
    assertThat(rig.results("a", 3)).containsOnly("succeeded");
    assertThat(refused(schedules.backfill("a", now, now.plusSeconds(1), 3)))
        .isEqualTo(FailureCode.INVALID);
  }

  @Test
  void callsNoMoreAtOnceThanTheOptionsSayAndTheRestLater() {
    rig.calls.answering(false);
    rig.put("a", ", 'shards': 5");
    rig.pass(SECOND, 3);
    rig.calls.all().get(1).promise.complete();
    eventually(() -> assertThat(rig.calls.all()).hasSize(4));
    rig.calls.all().get(0).promise.complete();
    eventually(() -> assertThat(rig.calls.all()).hasSize(5));
    rig.calls.all().forEach(call -> call.promise.tryComplete());
    assertThat(rig.results("a", 5)).containsOnly("succeeded");
    assertThat(rig.calls.ids()).doesNotHaveDuplicates().hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callsAllThatWaitedOnceOthersAreAborted(boolean removed) {
    rig.calls.answering(false);
    rig.put("a", ", 'shards': 3");
    rig.pass(SECOND, 3);
    Instant nominal = rig.clock.instant();
    List<String> late = new ArrayList<>();
    for (String name : List.of("b", "c")) {
      rig.put(name, "");
      late.add(await(schedules.trigger(name)));
      eventually(
          () ->
              assertThat(await(schedules.get(name)).runs())
                  .extracting(RunView::phase)
                  .containsExactly(Phase.RUNNING));
    }
    assertThat(rig.calls.ids()).doesNotContainAnyElementsOf(late);
    if (removed) {
      await(schedules.delete(named("a")));
    } else {
      await(schedules.cancel("a", nominal));
    }
    eventually(() -> assertThat(rig.calls.ids()).containsAll(late).hasSize(5));
  }

  @Test
  void tellsOnceThatThereWasNoSuccessForTooLong() {
    rig.calls.answering(false);
    rig.put("a", ", 'deadManMs': 3000");
    rig.letTimePass(Duration.ofSeconds(3));
    eventually(() -> assertThat(await(schedules.get("a")).alarmed()).isTrue());
    rig.letTimePass(Duration.ofSeconds(3));
    eventually(() -> assertThat(rig.calls.all()).isNotEmpty());
    rig.calls.last().promise.complete();
    eventually(() -> assertThat(await(schedules.get("a")).alarmed()).isFalse());
    assertThat(rig.events.stream().filter(event -> event.containsKey("alarm"))).hasSize(1);
  }

  @Test
  void followsAChangedTimetableFromThenOn() {
    rig.put("a", "");
    rig.pass(SECOND, 1);
    rig.letTimePass(Duration.ofMillis(500));
    String yearly =
        "{'timetable': {'at': '2030-01-01T00:00:05Z'}, 'target': {'bus': {'address': 'a'}}}";
    await(schedules.put(WriteSchedule.of("a", rig.definition(yearly))));
    rig.letTimePass(SECOND);
    rig.pass(Duration.ofSeconds(3), 2);
    assertThat(rig.calls.last().id()).isEqualTo("a@2030-01-01T00:00:05Z");
  }

  @Test
  void tellsInOrderWhatHappens() {
    ScheduleService.Watch watch = await(schedules.watch(WatchSchedules.all()));
    Future<ScheduleService.Batch> first = watch.next();
    eventually(
        () -> {
          rig.put("other", "");
          assertThat(first.isComplete()).isTrue();
        });
    await(schedules.delete(named("other")));
    rig.calls.answering(false);
    long before = rig.put("a", ", 'deadManMs': 1500").revision();
    rig.pass(SECOND, 1);
    rig.letTimePass(SECOND);
    assertThat(rig.results("a", 1)).containsExactly("overlapped");
    rig.calls.last().promise.complete();
    assertThat(rig.results("a", 2)).containsExactly("succeeded", "overlapped");
    await(schedules.pause(named("a"), true));
    await(schedules.delete(named("a")));
    watch.close();
    List<String> told = new ArrayList<>();
    WatchSchedules wanted = new WatchSchedules(Optional.of("a"), before);
    ScheduleService.Watch replayed = await(schedules.watch(wanted));
    while (!told.contains("removed")) {
      for (ScheduleEvent event : await(replayed.next()).events()) {
        assertThat(event.schedule()).isEqualTo("a");
        String what = event.past().map(past -> Fields.word(past.result())).orElse("");
        told.add(what.isEmpty() ? Fields.word(event.type()) : what);
      }
    }
    replayed.close();
    assertThat(told)
        .containsExactlyInAnyOrder(
            "changed", "alarm", "overlapped", "recovered", "succeeded", "changed", "removed")
        .startsWith("changed")
        .endsWith("changed", "removed")
        .containsSubsequence("alarm", "recovered");
  }

  @Test
  void boundsWhatIsBackfilled() {
    rig.put("a", "");
    Instant now = rig.clock.instant();
    assertThat(await(schedules.backfill("a", now.minusSeconds(1_000), now, 7))).hasSize(7);
    assertThat(refused(schedules.backfill("a", now, now.minusSeconds(1), 7)))
        .isEqualTo(FailureCode.INVALID);
    String delay = "{'timetable': {'delayMs': 1000}, 'target': {'bus': {'address': 'a'}}}";
    await(schedules.put(WriteSchedule.of("b", rig.definition(delay))));
    assertThat(refused(schedules.backfill("b", now.minusSeconds(9), now, 7)))
        .isEqualTo(FailureCode.INVALID);
  }

  @Test
  void firesNothingTwiceWhenTheClockIsPutBack() {
    rig.put("a", "");
    rig.pass(SECOND, 1);
    assertThat(rig.results("a", 1)).containsExactly("succeeded");
    rig.letTimePass(Duration.ofSeconds(-60));
    rig.put("b", "");
    rig.letTimePass(SECOND);
    assertThat(rig.results("b", 1)).containsExactly("succeeded");
    rig.letTimePass(Duration.ofSeconds(60));
    eventually(() -> assertThat(rig.calls.ids()).contains("a@2030-01-01T00:00:02Z"));
    assertThat(rig.calls.ids().stream().filter(id -> id.startsWith("a@")))
        .containsExactly("a@2030-01-01T00:00:01Z", "a@2030-01-01T00:00:02Z");
  }

  @Test
  void takesWhatTheClockJumpedOverForMissed() {
    String each =
        "{'timetable': {'everyMs': 60000}, 'target': {'bus': {'address': 'a'}},"
            + " 'misfire': {'policy': 'skip', 'graceMs': 1000}}";
    await(schedules.put(WriteSchedule.of("a", rig.definition(each))));
    rig.pass(Duration.ofMinutes(1), 1);
    assertThat(rig.results("a", 1)).containsExactly("succeeded");
    rig.letTimePass(Duration.ofHours(2));
    assertThat(rig.results("a", 3)).containsExactly("succeeded", "missed", "succeeded");
    Past missed = await(schedules.history("a", 2)).get(1);
    assertThat(missed.occurrence()).isEqualTo("a@2030-01-01T00:02:00Z");
    assertThat(missed.others()).isEqualTo(118);
  }

  @Test
  void forgetsAllOfAScheduleThatIsRemoved() {
    rig.calls.answering(false);
    rig.put("a", "");
    rig.pass(SECOND, 1);
    await(schedules.delete(named("a")));
    eventually(() -> assertThat(rig.calls.last().aborted).isTrue());
    assertThat(refused(schedules.get("a"))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(schedules.delete(named("a")))).isEqualTo(FailureCode.NOT_FOUND);
    rig.put("a", "");
    assertThat(await(schedules.history("a", 9))).isEmpty();
    rig.pass(SECOND, 2);
    assertThat(rig.calls.last().id()).isEqualTo("a@2030-01-01T00:00:02Z");
  }

  @Test
  void refusesAChangeOfWhatIsNotAsExpected() {
    long revision = rig.put("a", "").revision();
    Definition next =
        rig.definition("{'timetable': {'everyMs': 9000}, 'target': {'bus': {'address': 'b'}}}");
    WriteSchedule<Definition> change = WriteSchedule.of("a", next);
    assertThat(
            refused(
                schedules.put(
                    new WriteSchedule<>("a", next, Optional.of(revision + 9), change.guard()))))
        .isEqualTo(FailureCode.STALE);
    assertThat(
            await(
                    schedules.put(
                        new WriteSchedule<>("a", next, Optional.of(revision), change.guard())))
                .definition())
        .isEqualTo(next);
  }

  @Test
  void listsByNamePageByPage() {
    List.of("c", "a", "b").forEach(name -> rig.put(name, ""));
    ScheduleService.Listed first = await(schedules.list("", 2));
    assertThat(first.items()).extracting(ScheduleView::name).containsExactly("a", "b");
    assertThat(first.cursor()).contains("b");
    ScheduleService.Listed second = await(schedules.list("b", 2));
    assertThat(second.items()).extracting(ScheduleView::name).containsExactly("c");
    assertThat(second.cursor()).isEmpty();
  }
}
