package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimetableTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static Timetable timetable(String json) {
    return timetable(new JsonObject(json.replace('\'', '"')));
  }

  private static Timetable timetable(JsonObject json) {
    return Timetable.from(Fields.of(json), NOW);
  }

  private static Instant next(Timetable timetable, Instant after) {
    return timetable.next(after).orElseThrow().at();
  }

  @Test
  void readsAnExpressionWithPoliciesThatSuitIt() {
    assertThat(timetable("{'cron': '30 2 * * *', 'zone': 'Europe/Berlin'}"))
        .isEqualTo(
            CronTimetable.of(CronExpression.parse("30 2 * * *"), ZoneId.of("Europe/Berlin")));
    assertThat(timetable("{'cron': '@daily'}"))
        .isEqualTo(CronTimetable.of(CronExpression.parse("@daily"), ZoneId.of("UTC")));
  }

  @Test
  void readsAnExpressionWithPoliciesOfItsOwn() {
    Timetable timetable =
        timetable(
            "{'cron': '30 2 13 * FRI', 'zone': 'Europe/Berlin', 'days': 'and', 'gap': 'shift',"
                + " 'repeat': 'both', 'calendar': {'weekdays': ['sun']}}");
    assertThat(timetable)
        .isEqualTo(
            CronTimetable.of(
                    CronExpression.parse("30 2 13 * FRI", DayPolicy.AND),
                    ZoneId.of("Europe/Berlin"))
                .with(GapPolicy.SHIFT)
                .with(RepeatPolicy.BOTH)
                .with(Calendar.from(Fields.of(new JsonObject("{\"weekdays\": [\"sun\"]}")))));
  }

  @Test
  void firesAtARateFromAnAnchor() {
    Instant anchor = Instant.parse("2026-11-22T12:00:10Z");
    Timetable rate = timetable("{'everyMs': 1500, 'anchor': '" + anchor + "'}");
    assertThat(next(rate, NOW)).isEqualTo(anchor);
    assertThat(next(rate, anchor.minusNanos(1))).isEqualTo(anchor);
    assertThat(next(rate, anchor)).isEqualTo(anchor.plusMillis(1_500));
    assertThat(next(rate, anchor.plusMillis(1_499))).isEqualTo(anchor.plusMillis(1_500));
    assertThat(next(rate, anchor.plusMillis(1_500))).isEqualTo(anchor.plusMillis(3_000));
  }

  @Test
  void firesAtRoundTimesWithoutAnAnchor() {
    Timetable rate = timetable("{'everyMs': 3600000}");
    assertThat(next(rate, NOW.plusSeconds(61))).isEqualTo("2026-11-22T13:00:00Z");
  }

  @Test
  void firesOnce() {
    Timetable once = timetable("{'at': '2026-12-24T18:00:00Z'}");
    assertThat(next(once, NOW)).isEqualTo("2026-12-24T18:00:00Z");
    assertThat(once.next(Instant.parse("2026-12-24T18:00:00Z"))).isEmpty();
  }

  @Test
  void firesOnceAfterAWhile() {
    assertThat(timetable("{'afterMs': 90000}")).isEqualTo(new Once(NOW.plusSeconds(90)));
  }

  @Test
  void firesAWhileAfterTheEndOfARun() {
    Timetable delay = timetable("{'delayMs': 250}");
    assertThat(delay).isEqualTo(new FixedDelay(Duration.ofMillis(250)));
    assertThat(next(delay, NOW)).isEqualTo(NOW.plusMillis(250));
  }

  @Test
  void refusesToRunWithoutAPause() {
    assertThatThrownBy(() -> new FixedRate(Duration.ofMillis(99), NOW)).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> new FixedDelay(Duration.ZERO)).isInstanceOf(Failure.class);
  }

  @Test
  void beginsWithTheYear0() {
    Instant year0 = Instant.parse("0000-01-01T00:00:00Z");
    for (String json :
        new String[] {"{'cron': '@daily'}", "{'cron': '@daily', 'zone': '-18:00'}"}) {
      assertThat(next(timetable(json), Instant.MIN)).isBetween(year0, year0.plusSeconds(86_401));
      assertThat(Preview.of(timetable(json), Instant.MIN, 1).firings()).hasSize(1);
      assertThat(Preview.of(timetable(json), Instant.MAX, 1).firings()).isEmpty();
    }
    assertThat(next(new FixedRate(Duration.ofDays(1), year0), Instant.MIN)).isEqualTo(year0);
  }

  @Test
  void endsWithTheYear9999() {
    Instant late = Instant.parse("9999-12-31T23:59:59Z");
    assertThat(timetable("{'everyMs': 3600000}").next(late)).isEmpty();
    assertThat(timetable("{'everyMs': 3600000}").next(Instant.MAX)).isEmpty();
    assertThat(timetable("{'delayMs': 250}").next(late)).isEmpty();
    assertThat(timetable("{'delayMs': 250}").next(Instant.MAX)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'cron': '30 2 13 * FRI', 'zone': 'Europe/Berlin', 'days': 'and', 'gap': 'shift',"
            + " 'repeat': 'both', 'calendar': {'weekdays': ['sun'], 'times': ['12:00/13:00']}}",
        "{'everyMs': 1500, 'anchor': '2026-11-22T12:00:10Z'}",
        "{'delayMs': 1500}",
        "{'at': '2026-12-24T18:00:00Z'}",
        "{'afterMs': 5}"
      })
  void readsWhatItWrites(String json) {
    Timetable timetable = timetable(json);
    assertThat(timetable(timetable.toJson())).isEqualTo(timetable);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{} ; must have one of cron",
        "{'at': '2026-12-24T18:00:00Z', 'afterMs': 5} ; must have one of cron",
        "{'cron': '60 * * * *'} ; /cron minute, at character 1: it must be 0 to 59, not 60",
        "{'cron': '@daily', 'zone': 'Mars/Olympus'} ; /zone is no time zone that this node knows",
        "{'cron': '@daily', 'gap': 'jump'} ; /gap must be one of skip, after, shift",
        "{'cron': '@daily', 'anchor': '2026-12-24T18:00:00Z'} ; /anchor does not go with",
        "{'cron': '@daily', 'calendar': {'dates': ['x']}} ; /calendar/dates/0 must be",
        "{'everyMs': 1000, 'zone': 'UTC'} ; /zone does not go with this kind",
        "{'everyMs': 99} ; /everyMs must be 100 to 315619200000",
        "{'everyMs': 1000, 'anchor': 'noon'} ; /anchor must be a time such as",
        "{'at': '+10000-01-01T00:00:00Z'} ; /at must be in the years 0000 to 9999",
        "{'everyMs': 1000, 'anchor': '-0001-01-01T00:00:00Z'} ; /anchor must be in the years 0000 to 9999",
        "{'afterMs': -1} ; /afterMs must be 0 to",
        "{'delayMs': 0} ; /delayMs must be 1 to",
        "{'at': 'tomorrow'} ; /at must be a time such as",
        "{'every': 1000} ; /every is not known here"
      })
  void refusesWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> timetable(json))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void describesItself() {
    JsonObject schema = Fields.describe(fields -> Timetable.from(fields, NOW));
    assertThat(schema.getJsonObject("properties").fieldNames())
        .contains("cron", "zone", "calendar", "everyMs", "anchor", "delayMs", "at", "afterMs");
  }
}
