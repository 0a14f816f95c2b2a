package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Where clocks do not change, all engines find the same, or it is known why not. */
final class AgreementTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");
  private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");
  private static final int TWENTY_FIVE_YEARS_HOURS = 219_000;
  private static final int FIRINGS = 5;

  /** Quartz looks a hundred years ahead of the clock of the machine. */
  private static final Instant YEAR_2100 = Instant.parse("2100-01-01T00:00:00Z");

  private static final int SAMPLES = 1_000;

  private static Instant anywhere(Random random) {
    return YEAR_2000.plus(Duration.ofHours(random.nextInt(TWENTY_FIVE_YEARS_HOURS)));
  }

  private static List<Instant> firings(Function<Instant, Optional<Instant>> next, Instant from) {
    List<Instant> firings = new ArrayList<>();
    Optional<Instant> firing = next.apply(from);
    while (firing.filter(YEAR_2100::isAfter).isPresent() && firings.size() < FIRINGS) {
      firings.add(firing.orElseThrow());
      firing = next.apply(firing.orElseThrow());
    }
    return firings;
  }

  private static List<Instant> ours(String unix, Instant from) {
    CronTimetable timetable = CronTimetable.of(CronExpression.parse(unix), ZONE);
    return firings(after -> timetable.next(after).map(Firing::at), from);
  }

  private static List<Instant> theirs(OtherEngine engine, String unix, Instant from) {
    return firings(engine.open(unix, ZONE), from);
  }

  @Property(tries = 2_000)
  void agreesOnTheSyntaxThatAllKnow(@ForAll long seed) {
    Random random = new Random(seed);
    CronSample sample = CronSample.random(random);
    Instant from = anywhere(random);
    if (sample.isPossible()) {
      List<Instant> ours = ours(sample.unix(), from);
      assertThat(ours).hasSize(FIRINGS);
      for (OtherEngine engine : OtherEngine.values()) {
        if (engine != OtherEngine.SPRING || !stepsThroughTheWeek(sample)) {
          assertThat(theirs(engine, sample.unix(), from))
              .as("%s from %s by %s", sample.unix(), from, engine)
              .isEqualTo(ours);
        }
      }
    }
  }

  /** Which Spring begins with Monday. */
  private static boolean stepsThroughTheWeek(CronSample sample) {
    return sample.weekday().text().startsWith("*/");
  }

  @Property(tries = 500)
  void agreesWithCronUtilsOnEitherDay(
      @ForAll @IntRange(min = 1, max = 31) int day, @ForAll @IntRange(max = 6) int weekday) {
    String unix = "5 4 " + day + " * " + weekday;
    assertThat(theirs(OtherEngine.CRON_UTILS, unix, YEAR_2000)).isEqualTo(ours(unix, YEAR_2000));
  }

  @Property(tries = 500)
  void agreesWithSpringOnBothDays(
      @ForAll @IntRange(min = 1, max = 31) int day, @ForAll @IntRange(max = 6) int weekday) {
    String unix = "5 4 " + day + " * " + weekday;
    CronTimetable both = CronTimetable.of(CronExpression.parse(unix, DayPolicy.AND), ZONE);
    assertThat(theirs(OtherEngine.SPRING, unix, YEAR_2000))
        .isEqualTo(firings(after -> both.next(after).map(Firing::at), YEAR_2000));
  }

  @ParameterizedTest(name = "{0}, {1}: {5}")
  @CsvFileSource(resources = "/schedule/syntax.csv", delimiter = ';', numLinesToSkip = 3)
  void isReadByOthersAsTheTableSays(
      String expression, String range, String cronUtils, String quartz, String spring) {
    assertThat(reading(OtherEngine.CRON_UTILS, expression, range)).contains(cronUtils);
    assertThat(reading(OtherEngine.QUARTZ, expression, range)).contains(quartz);
    assertThat(reading(OtherEngine.SPRING, expression, range)).contains(spring);
  }

  /** How an engine reads it, and "-", by which the table leaves an engine out. */
  private static Set<String> reading(OtherEngine engine, String expression, String range) {
    Random random = new Random(42);
    int least = Integer.parseInt(range.split("-")[0]);
    int count = Integer.parseInt(range.split("-")[1]) - least + 1;
    Set<String> found = new TreeSet<>();
    for (int i = 0; i < SAMPLES; i++) {
      String unix =
          expression
              .replace("{n}", Integer.toString(least + random.nextInt(count)))
              .replace("{m}", random.nextBoolean() ? "*" : "" + (1 + random.nextInt(12)));
      found.add(readingOf(engine, unix, anywhere(random)));
    }
    String worst =
        found.contains("refused") ? "refused" : found.contains("differs") ? "differs" : "same";
    return Set.of("-", worst);
  }

  private static String readingOf(OtherEngine engine, String unix, Instant from) {
    List<Instant> ours = ours(unix, from);
    try {
      return theirs(engine, unix, from).equals(ours) ? "same" : "differs";
    } catch (IllegalArgumentException e) {
      return "refused";
    }
  }
}
