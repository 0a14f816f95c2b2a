package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

final class CronTimetableTest {
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

  private static CronTimetable timetable(String expression, String zone) {
    return CronTimetable.of(CronExpression.parse(expression), ZoneId.of(zone));
  }

  private static CronTimetable withPolicy(CronTimetable timetable, String policy) {
    if (policy.equals("default")) {
      return timetable;
    }
    String[] parts = policy.toUpperCase(Locale.ROOT).split("/");
    return timetable.with(GapPolicy.valueOf(parts[0])).with(RepeatPolicy.valueOf(parts[1]));
  }

  @ParameterizedTest(name = "{0} in {1}, {2}, from {3}: {5}")
  @CsvFileSource(resources = "/schedule/firings.csv", delimiter = ';', numLinesToSkip = 2)
  void fires(String expression, String zone, String policy, String from, String expected) {
    CronTimetable timetable = withPolicy(timetable(expression, zone), policy);
    Instant last = OffsetDateTime.parse(from).toInstant();
    for (String text : expected.split(" ")) {
      Optional<Firing> next = timetable.next(last);
      if (text.equals("never")) {
        assertThat(next).isEmpty();
      } else {
        OffsetDateTime wanted = OffsetDateTime.parse(text);
        assertThat(next.orElseThrow().at().atZone(ZoneId.of(zone)).toOffsetDateTime())
            .isEqualTo(wanted);
        last = wanted.toInstant();
      }
    }
  }

  @Test
  void isExclusiveOfTheInstantAsked() {
    CronTimetable everySecond = timetable("* * * * * *", "UTC");
    assertThat(everySecond.next(NEW_YEAR).orElseThrow().at()).isEqualTo(NEW_YEAR.plusSeconds(1));
    assertThat(everySecond.next(NEW_YEAR.minusNanos(1)).orElseThrow().at()).isEqualTo(NEW_YEAR);
    assertThat(everySecond.next(NEW_YEAR.plusNanos(1)).orElseThrow().at())
        .isEqualTo(NEW_YEAR.plusSeconds(1));
  }

  @Test
  void decidesByTheKindOfExpressionIfNotToldOtherwise() {
    CronTimetable fixed = timetable("30 2 * * *", "Europe/Berlin");
    assertThat(fixed.gap()).isEqualTo(GapPolicy.AFTER);
    assertThat(fixed.repeat()).isEqualTo(RepeatPolicy.FIRST);
    CronTimetable interval = timetable("30 * * * *", "Europe/Berlin");
    assertThat(interval.gap()).isEqualTo(GapPolicy.SKIP);
    assertThat(interval.repeat()).isEqualTo(RepeatPolicy.BOTH);
  }

  @Test
  void leavesOutWhatTheCalendarExcludes() {
    Calendar calendar =
        new Calendar(
            List.of(new DateRange(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 1, 6))),
            Set.of(),
            Set.of(DayOfWeek.FRIDAY),
            List.of(TimeRange.parse("09:00/17:00")));
    CronTimetable timetable = timetable("0 8-18/3 * * *", "UTC").with(calendar);
    assertThat(timetable.next(NEW_YEAR).orElseThrow().at()).isEqualTo("2026-01-07T08:00:00Z");
    assertThat(timetable.next(Instant.parse("2026-01-07T08:00:00Z")).orElseThrow().at())
        .isEqualTo("2026-01-07T17:00:00Z");
    assertThat(timetable.next(Instant.parse("2026-01-08T17:00:00Z")).orElseThrow().at())
        .isEqualTo("2026-01-10T08:00:00Z");
  }

  @Test
  void judgesATimeInAGapByTheDateItNames() {
    Calendar calendar =
        new Calendar(
            List.of(new DateRange(LocalDate.of(2011, 12, 30), LocalDate.of(2011, 12, 30))),
            Set.of(),
            Set.of(),
            List.of());
    assertThat(
            timetable("0 9 * * *", "Pacific/Apia")
                .with(calendar)
                .next(Instant.parse("2011-12-29T19:00:00Z"))
                .orElseThrow()
                .at())
        .isEqualTo("2011-12-30T19:00:00Z");
  }

  @Test
  void givesUpOnWhatIsAlwaysExcluded() {
    Calendar mondays = new Calendar(List.of(), Set.of(), Set.of(DayOfWeek.MONDAY), List.of());
    assertThat(timetable("* * * * MON", "Europe/Berlin").with(mondays).next(NEW_YEAR)).isEmpty();
  }

  @Test
  void passesOverAnExclusionWithoutCountingItsSeconds() {
    Calendar years =
        new Calendar(
            List.of(new DateRange(LocalDate.of(2026, 1, 1), LocalDate.of(2125, 12, 31))),
            Set.of(),
            Set.of(),
            List.of());
    assertThat(timetable("* * * * * *", "UTC").with(years).next(NEW_YEAR).orElseThrow().at())
        .isEqualTo("2126-01-01T00:00:00Z");
  }

  @Test
  void endsWithTheYear9999() {
    CronTimetable yearly = timetable("@yearly", "America/New_York");
    assertThat(yearly.next(Instant.parse("9998-06-01T00:00:00Z"))).isPresent();
    assertThat(yearly.next(Instant.parse("9999-06-01T00:00:00Z"))).isEmpty();
    assertThat(yearly.next(Instant.MAX)).isEmpty();
  }

  @Test
  void answersInEveryZoneAtEveryChangeOfTheClock() {
    CronExpression expression = CronExpression.parse("*/10 * * * *");
    for (String zone : ZoneId.getAvailableZoneIds()) {
      CronTimetable timetable = CronTimetable.of(expression, ZoneId.of(zone)).with(GapPolicy.SHIFT);
      changes(ZoneId.of(zone).getRules())
          .forEach(
              change -> {
                Instant before = change.getInstant().minusSeconds(1);
                assertThat(timetable.next(before).orElseThrow().at())
                    .isAfter(before)
                    .isBefore(before.plusSeconds(1_202));
              });
    }
  }

  /** The search for shifted times relies on it. */
  @Test
  void knowsNoZoneThatChangesAgainWithinTheLengthOfAGap() {
    List<String> found = new ArrayList<>();
    for (String zone : ZoneId.getAvailableZoneIds()) {
      ZoneRules rules = ZoneId.of(zone).getRules();
      changes(rules)
          .filter(ZoneOffsetTransition::isGap)
          .filter(
              gap -> {
                ZoneOffsetTransition next = rules.nextTransition(gap.getInstant());
                return next != null
                    && next.getInstant().isBefore(gap.getInstant().plus(gap.getDuration()));
              })
          .forEach(gap -> found.add(zone + " " + gap));
    }
    assertThat(found).isEmpty();
  }

  private static Stream<ZoneOffsetTransition> changes(ZoneRules rules) {
    Instant end = Instant.parse("2040-01-01T00:00:00Z");
    return Stream.iterate(
        rules.nextTransition(Instant.parse("1800-01-01T00:00:00Z")),
        change -> change != null && change.getInstant().isBefore(end),
        change -> rules.nextTransition(change.getInstant()));
  }
}
