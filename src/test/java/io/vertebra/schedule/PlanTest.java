package io.vertebra.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlanTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  private JobState state = JobState.NEW;
  private List<Past> past = List.of();

  private static Job job(String rest) {
    return job("{'everyMs': 60000}", rest);
  }

  private static Job job(String timetable, String rest) {
    String json =
        "{'timetable': " + timetable + ", 'target': {'bus': {'address': 'a'}}" + rest + "}";
    Fields fields = Fields.of(new JsonObject(json.replace('\'', '"')));
    return Job.of("j", Definition.from(fields, START), START.plusSeconds(1));
  }

  private static Instant minute(int number) {
    return START.plus(Duration.ofMinutes(number));
  }

  private void at(Job job, Instant now, RunEnd... ends) {
    Plan plan = new Plan(job, state, now, "n");
    for (RunEnd end : ends) {
      plan.ended(end);
    }
    plan.advance();
    state = plan.state();
    past = plan.past();
  }

  private void ask(Job job, Request.Kind kind, Instant nominal, Instant now) {
    Plan plan = new Plan(job, state, now, "n");
    plan.asked(new Request(kind, nominal));
    plan.advance();
    state = plan.state();
    past = plan.past();
  }

  private static RunEnd end(Instant nominal, int attempt, Instant at, String problem) {
    return new RunEnd(nominal, 0, attempt, at, problem);
  }

  private List<String> runs() {
    return state.runs().stream()
        .map(
            run ->
                Duration.between(START, run.nominal()).toMinutes() + " " + Fields.word(run.phase()))
        .toList();
  }

  private List<String> results() {
    return past.stream()
        .map(
            one ->
                Duration.between(START, one.nominal()).toMinutes()
                    + " "
                    + Fields.word(one.result())
                    + (one.others() == 0 ? "" : " +" + one.others()))
        .toList();
  }

  @Test
  void firesAtItsTimeAndNotBefore() {
    Job job = job("");
    at(job, minute(1).minusMillis(1));
    assertThat(runs()).isEmpty();
    at(job, minute(1));
    assertThat(runs()).containsExactly("1 running");
    assertThat(results()).isEmpty();
    at(job, minute(1).plusSeconds(2), end(minute(1), 1, minute(1).plusSeconds(2), ""));
    assertThat(runs()).isEmpty();
    assertThat(results()).containsExactly("1 succeeded");
    assertThat(past.get(0).ran().orElseThrow().took()).isEqualTo(Duration.ofSeconds(2));
    assertThat(state.lastSuccess()).isEqualTo(minute(1).plusSeconds(2));
  }

  @Test
  void firesNothingTwiceWhenTheClockGoesBack() {
    Job job = job("");
    at(job, minute(1), end(minute(1), 1, minute(1), ""));
    at(job, minute(1), end(minute(1), 1, minute(1), ""));
    at(job, minute(0));
    at(job, minute(1));
    assertThat(runs()).isEmpty();
    assertThat(state.sequence()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "skip, 1 running, 2 overlapped",
    "queue-one, 1 running|2 queued, ''",
    "queue-all, 1 running|2 queued, ''",
    "replace, 2 running, 1 replaced"
  })
  void doesWithOneThatOverlapsWhatThePolicySays(String overlap, String runs, String results) {
    Job job = job(", 'overlap': '" + overlap + "'");
    at(job, minute(1));
    at(job, minute(2));
    assertThat(String.join("|", runs())).isEqualTo(runs);
    assertThat(String.join("|", results())).isEqualTo(results);
  }

  @Test
  void holdsWhatWaitsWhilePausedButNotWhatIsAskedFor() {
    Job job = job(", 'overlap': 'queue-all'");
    at(job, minute(1));
    at(job, minute(2));
    at(job, minute(3));
    Job paused = job.paused(true, minute(3));
    at(paused, minute(3), end(minute(1), 1, minute(3), ""));
    assertThat(runs()).containsExactly("2 queued", "3 queued");
    Instant asked = minute(3).plusSeconds(30);
    ask(paused, Request.Kind.TRIGGER, asked, asked);
    ask(paused, Request.Kind.BACKFILL, minute(0), asked);
    assertThat(runs()).containsExactly("2 queued", "3 queued", "3 running", "0 queued");
    at(paused, asked, end(asked, 1, asked, ""));
    assertThat(runs()).containsExactly("2 queued", "3 queued", "0 running");
    at(paused, asked, end(minute(0), 1, asked, ""));
    at(paused, minute(4));
    assertThat(runs()).containsExactly("2 queued", "3 queued");
    assertThat(results()).containsExactly("4 paused");
    Job resumed = paused.paused(false, minute(4));
    at(resumed, minute(4));
    assertThat(runs()).containsExactly("2 running", "3 queued");
    at(resumed, minute(4), end(minute(2), 1, minute(4), ""));
    assertThat(runs()).containsExactly("3 running");
  }

  @Test
  void triggersWhilePausedThoughWhatIsCaughtUpWaits() {
    Job job = job(", 'misfire': {'policy': 'catch-up', 'graceMs': 1000, 'limit': 2}");
    at(job, minute(4).plusSeconds(30));
    assertThat(runs()).containsExactly("3 running", "4 queued");
    Instant asked = minute(4).plusSeconds(40);
    Job paused = job.paused(true, asked);
    at(paused, asked, end(minute(3), 1, asked, ""));
    ask(paused, Request.Kind.TRIGGER, asked, asked);
    assertThat(runs()).containsExactly("4 queued", "4 running");
    assertThat(results()).isEmpty();
  }

  @Test
  void queuesOneOrAllAndBeginsThemInOrder() {
    Job one = job(", 'overlap': 'queue-one'");
    at(one, minute(1));
    at(one, minute(2));
    at(one, minute(3));
    assertThat(results()).containsExactly("3 overlapped");
    at(one, minute(3), end(minute(1), 1, minute(3), ""));
    assertThat(runs()).containsExactly("2 running");

    state = JobState.NEW;
    Job all = job(", 'overlap': 'queue-all'");
    for (int i = 1; i <= JobState.MAX_QUEUED + 3; i++) {
      at(all, minute(i));
    }
    assertThat(state.runs()).hasSize(JobState.MAX_QUEUED + 1);
    assertThat(results()).containsExactly((JobState.MAX_QUEUED + 3) + " overlapped");
  }

  @ParameterizedTest
  @CsvSource({
    "skip, '', 1 missed +8",
    "run-once, 9 running, 1 missed +7",
    "catch-up, 7 running|8 queued|9 queued, 1 missed +5"
  })
  void doesWithWhatWasMissedWhatThePolicySays(String policy, String runs, String results) {
    Job job = job(", 'misfire': {'policy': '" + policy + "', 'graceMs': 30000, 'limit': 3}");
    at(job, minute(9).plusSeconds(40));
    assertThat(String.join("|", runs())).isEqualTo(runs);
    assertThat(String.join("|", results())).isEqualTo(results);
    assertThat(state.cursor()).isEqualTo(minute(9));
  }

  @Test
  void doesNotMissWhatIsLateWithinTheGrace() {
    Job job = job(", 'misfire': {'policy': 'skip', 'graceMs': 30000}");
    at(job, minute(1).plusSeconds(29));
    assertThat(runs()).containsExactly("1 running");
    assertThat(results()).isEmpty();
  }

  @Test
  void getsOverVeryManyThatWereMissed() {
    Job job =
        job("{'everyMs': 100}", ", 'misfire': {'policy': 'catch-up', 'graceMs': 1000, 'limit': 2}");
    Instant now = START.plus(Duration.ofDays(365));
    at(job, now);
    Instant last = now.minusSeconds(1);
    assertThat(state.runs()).extracting(Run::nominal).startsWith(last.minusMillis(100), last);
    assertThat(past.get(0).others()).isEqualTo(-1);
  }

  @Test
  void triesAgainAfterWaitingLongerEachTime() {
    Job job = job(", 'retries': {'maxAttempts': 3, 'backoffMs': 1000, 'maxBackoffMs': 1500}");
    at(job, minute(1));
    Instant failed = minute(1).plusSeconds(1);
    at(job, failed, end(minute(1), 1, failed, "HTTP status 500"));
    assertThat(runs()).containsExactly("1 retrying");
    assertThat(Due.wake(job, state)).contains(failed.plusSeconds(1));
    at(job, failed.plusMillis(999));
    assertThat(runs()).containsExactly("1 retrying");
    at(job, failed.plusSeconds(1));
    assertThat(state.runs()).extracting(Run::attempts).containsExactly(2);
    Instant again = failed.plusSeconds(2);
    at(job, again, end(minute(1), 2, again, "x"));
    assertThat(Due.wake(job, state)).contains(again.plusMillis(1_500));
    at(job, again.plusMillis(1_500));
    at(job, again.plusSeconds(3), end(minute(1), 3, again.plusSeconds(3), "at last"));
    assertThat(results()).containsExactly("1 failed");
    assertThat(past.get(0).detail()).isEqualTo("at last");
    assertThat(past.get(0).ran().orElseThrow().attempts()).isEqualTo(3);
    assertThat(state.lastSuccess()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void ignoresTheEndOfAnAttemptThatIsNotTheLast() {
    Job job = job(", 'retries': {'maxAttempts': 3, 'backoffMs': 1000}");
    at(job, minute(1));
    at(job, minute(1), end(minute(1), 1, minute(1), "x"));
    at(job, minute(1).plusSeconds(1));
    at(job, minute(1).plusSeconds(1), end(minute(1), 1, minute(1), ""));
    assertThat(runs()).containsExactly("1 running");
  }

  @Test
  void tellsWhatPassedWhilePaused() {
    Job job = job("").paused(true, START);
    at(job, minute(1));
    assertThat(runs()).isEmpty();
    assertThat(results()).containsExactly("1 paused");
    at(job, minute(9));
    assertThat(results()).containsExactly("2 paused +6", "9 paused");
    at(job.paused(false, minute(9)), minute(10));
    assertThat(runs()).containsExactly("10 running");
  }

  @Test
  void runsAllShardsBeforeTheNextOccurrence() {
    Job job = job(", 'shards': 3, 'overlap': 'queue-one'");
    at(job, minute(1));
    assertThat(state.runs()).extracting(Run::shard).containsExactly(0, 1, 2);
    assertThat(state.runs().get(2).occurrence("j").id()).isEqualTo("j@2030-01-01T00:01:00Z#2");
    at(job, minute(2), end(minute(1), 1, minute(2), ""));
    assertThat(state.lastSuccess()).isEqualTo(Instant.EPOCH);
    assertThat(runs())
        .containsExactly("1 running", "1 running", "2 queued", "2 queued", "2 queued");
    at(
        job,
        minute(2),
        new RunEnd(minute(1), 1, 1, minute(2), ""),
        new RunEnd(minute(1), 2, 1, minute(2), ""));
    assertThat(runs()).containsExactly("2 running", "2 running", "2 running");
    assertThat(state.lastSuccess()).isEqualTo(minute(2));
  }

  @Test
  void waitsTheDelayAfterTheEndOfARun() {
    Job job = job("{'delayMs': 60000}", "");
    Instant first = START.plusSeconds(61);
    assertThat(Due.wake(job, state)).contains(first);
    at(job, first);
    assertThat(Due.wake(job, state)).isEmpty();
    at(job, minute(5), end(first, 1, minute(5), ""));
    assertThat(Due.wake(job, state)).contains(minute(6));
  }

  @Test
  void runsWhenTriggeredAndOnlyOnceForTheSameTime() {
    Job job = job("").paused(true, START);
    Instant now = START.plusSeconds(7);
    ask(job, Request.Kind.TRIGGER, now, now);
    assertThat(state.runs()).extracting(Run::cause).containsExactly(Cause.TRIGGER);
    ask(job, Request.Kind.TRIGGER, now, now);
    assertThat(state.runs()).hasSize(1);
    ask(job, Request.Kind.TRIGGER, now.plusMillis(1), now);
    assertThat(past).extracting(Past::result).containsExactly(Result.OVERLAPPED);
  }

  @Test
  void endsWhatIsCancelledWithItsRetries() {
    Job job = job(", 'retries': {'maxAttempts': 9}");
    at(job, minute(1));
    at(job, minute(1), end(minute(1), 1, minute(1), "x"));
    ask(job, Request.Kind.CANCEL, minute(1), minute(1).plusMillis(1));
    assertThat(runs()).isEmpty();
    assertThat(results()).containsExactly("1 cancelled");
  }

  @Test
  void backfillsOneAfterAnother() {
    Job job = job("");
    for (int i = -3; i < 0; i++) {
      ask(job, Request.Kind.BACKFILL, minute(i), START.plusSeconds(2));
    }
    assertThat(runs()).containsExactly("-3 running", "-2 queued", "-1 queued");
  }

  @Test
  void tellsTimesInAGapOfTheClockAndExcludedOnes() {
    Job gap = berlin("'cron': '30 2 * * *', 'gap': 'skip'", "2030-03-30T02:00:00Z");
    at(gap, Instant.parse("2030-04-01T00:30:00Z"));
    assertThat(past).extracting(Past::result).containsExactly(Result.IN_A_GAP);
    assertThat(state.runs()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'cron': '0 12 * * *', 'calendar': {'dates': ['2030-05-02']} | EXCLUDED_BY_CALENDAR",
        "'cron': '30 2 * * *', 'repeat': 'second'                    | FIRST_TIME_NOT_WANTED",
        "'cron': '30 2 * * *', 'repeat': 'first'                     | SECOND_TIME_NOT_WANTED",
        "'cron': '0,30 2 * * *', 'gap': 'after'                      | SAME_TIME_AS_ANOTHER",
      })
  void tellsWhyATimeThatIsNamedDoesNotFire(String cron, Result result) {
    String since =
        switch (result) {
          case EXCLUDED_BY_CALENDAR -> "2030-05-01T12:00:00Z";
          case SAME_TIME_AS_ANOTHER -> "2030-03-30T12:00:00Z";
          default -> "2030-10-26T12:00:00Z";
        };
    Job job = berlin(cron, since);
    at(job, Instant.parse(since).plus(Duration.ofHours(50)));
    assertThat(past).extracting(Past::result).contains(result);
  }

  private static Job berlin(String cron, String since) {
    String json =
        "{'timetable': {'zone': 'Europe/Berlin', %s}, 'target': {'bus': {'address': 'a'}},"
                .formatted(cron)
            + " 'misfire': {'graceMs': 864000000}, 'overlap': 'queue-all'}";
    Definition definition =
        Definition.from(Fields.of(new JsonObject(json.replace('\'', '"'))), START);
    Instant begin = Instant.parse(since);
    return new Job("j", definition, definition.timetable(), Optional.empty(), false, begin, START);
  }

  @Test
  void alarmsOnceWhenThereWasNoSuccessForTooLong() {
    Job job = job("{'at': '2031-01-01T00:00:00Z'}", ", 'deadManMs': 60000");
    assertThat(Due.wake(job, state)).contains(START.plusSeconds(61));
    at(job, START.plusSeconds(61));
    assertThat(state.alarmed()).isTrue();
    assertThat(Due.wake(job, state)).contains(Instant.parse("2031-01-01T00:00:00Z"));
    Instant nominal = START.plusSeconds(70);
    ask(job, Request.Kind.TRIGGER, nominal, nominal);
    at(job, nominal, end(nominal, 1, nominal, ""));
    assertThat(state.alarmed()).isFalse();
    assertThat(Due.alarmAt(job, state)).contains(nominal.plusSeconds(60));
  }

  @Test
  void spreadsFiringsWithinTheJitterAlwaysTheSame() {
    Job job = job(", 'jitterMs': 1000");
    List<Long> delays =
        IntStream.range(0, 500)
            .mapToObj(i -> Duration.between(minute(i), Due.fireAt(job, minute(i))).toMillis())
            .toList();
    assertThat(delays).allMatch(delay -> delay >= 0 && delay <= 1_000);
    assertThat(delays.stream().mapToLong(each -> each).average().orElseThrow())
        .isBetween(400.0, 600.0);
    assertThat(Due.fireAt(job, minute(1))).isEqualTo(Due.fireAt(job, minute(1)));
  }

  @Test
  void keepsTheStateThroughJson() {
    Job job = job(", 'shards': 2, 'overlap': 'queue-all'");
    at(job, minute(1));
    at(job, minute(2));
    assertThat(JobState.from(new JsonObject(state.toJson().encode()))).isEqualTo(state);
    assertThat(Job.fromStored("j", new JsonObject(job.toStored().encode()))).isEqualTo(job);
  }
}
