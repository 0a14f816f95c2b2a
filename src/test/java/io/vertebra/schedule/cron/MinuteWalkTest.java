package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The search finds what a walk, minute by minute, sees. */
final class MinuteWalkTest {
  private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");
  private static final int TWENTY_FIVE_YEARS_HOURS = 219_000;

  /**
   * Each with an instant near a change of its clock that is out of the ordinary, or of any year.
   */
  private static final List<String> CHANGES =
      List.of(
          "America/New_York 2026-03-08",
          "America/New_York 2026-11-01",
          "Europe/London 2026-03-29",
          "Europe/Berlin 2026-10-25",
          "Europe/Dublin 2026-10-25",
          "Australia/Sydney 2026-04-04",
          "Australia/Lord_Howe 2026-04-04",
          "Australia/Lord_Howe 2026-10-03",
          "Pacific/Apia 2011-12-30",
          "Africa/Casablanca 2026-02-15",
          "Africa/Casablanca 2026-03-22",
          "America/Santiago 2026-04-05",
          "America/Santiago 2026-09-06",
          "Asia/Beirut 2026-03-29",
          "America/Sao_Paulo 2018-11-04",
          "Asia/Pyongyang 2018-05-04",
          "America/Caracas 2016-05-01",
          "Europe/Volgograd 2020-12-27",
          "Antarctica/Troll 2026-03-29",
          "Antarctica/Troll 2026-10-25");

  private static CronTimetable timetable(CronSample sample, String zone, Random random) {
    CronExpression expression = CronExpression.parse(sample.unix());
    CronTimetable standard = CronTimetable.of(expression, ZoneId.of(zone));
    if (random.nextInt(3) == 0) {
      return standard;
    }
    return standard
        .with(GapPolicy.values()[random.nextInt(3)])
        .with(RepeatPolicy.values()[random.nextInt(3)])
        .with(random.nextInt(3) == 0 ? calendar(random) : Calendar.NONE);
  }

  private static Calendar calendar(Random random) {
    return new Calendar(
        List.of(),
        Set.of(),
        Set.of(DayOfWeek.values()[random.nextInt(7)]),
        List.of(
            new TimeRange(
                LocalTime.of(random.nextInt(24), 0),
                LocalTime.of(random.nextInt(24), 1 + random.nextInt(59)))));
  }

  private static List<Instant> firings(CronTimetable timetable, Instant from, Instant to) {
    List<Instant> firings = new ArrayList<>();
    Optional<Firing> next = timetable.next(from);
    while (next.isPresent() && !next.get().at().isAfter(to)) {
      firings.add(next.get().at());
      next = timetable.next(next.get().at());
    }
    return firings;
  }

  private static void checkAgainstWalk(
      CronSample sample, CronTimetable timetable, Instant from, Instant to) {
    MinuteWalk walk = new MinuteWalk(sample::names, timetable, from, to);
    assertThat(firings(timetable, from, to)).as("%s", timetable).isEqualTo(walk.firings());
    assertThat(timetable.skipped(from, to, 10_000))
        .as("%s", timetable)
        .containsExactlyElementsOf(walk.skipped());
  }

  @Property(tries = 1_500)
  void agreesWhereClocksChange(@ForAll long seed) {
    Random random = new Random(seed);
    CronSample sample = CronSample.ofEveryDay(random);
    String[] change = CHANGES.get(random.nextInt(CHANGES.size())).split(" ");
    Instant from =
        Instant.parse(change[1] + "T00:00:00Z")
            .minus(Duration.ofHours(30))
            .plus(Duration.ofMinutes(random.nextInt(48 * 60)));
    Instant to = from.plus(Duration.ofMinutes(random.nextInt(36 * 60)));
    checkAgainstWalk(sample, timetable(sample, change[0], random), from, to);
  }

  @Property(tries = 500)
  void agreesOnAnyDays(@ForAll long seed) {
    Random random = new Random(seed);
    CronSample sample = CronSample.random(random);
    if (sample.isPossible()) {
      Instant from = YEAR_2000.plus(Duration.ofHours(random.nextInt(TWENTY_FIVE_YEARS_HOURS)));
      checkAgainstWalk(
          sample,
          timetable(sample, "Europe/Berlin", random),
          from,
          from.plus(Duration.ofDays(random.nextInt(8))));
    }
  }
}
