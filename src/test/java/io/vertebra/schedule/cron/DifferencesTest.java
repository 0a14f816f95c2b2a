package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Where clocks change, engines differ, and it is known how. */
final class DifferencesTest {
  private static final Path TABLE = Path.of("src/test/resources/schedule/differences.csv");
  private static final Duration WINDOW = Duration.ofHours(72);
  private static final int SAMPLES = 1_500;
  private static final List<String> CHANGES =
      List.of(
          "America/New_York 2026-03-08",
          "America/New_York 2026-11-01",
          "Europe/Berlin 2026-03-29",
          "Europe/Berlin 2026-10-25",
          "Australia/Lord_Howe 2026-04-04",
          "Australia/Lord_Howe 2026-10-03",
          "America/Santiago 2026-04-05",
          "America/Santiago 2026-09-06",
          "Pacific/Apia 2011-12-30");

  /**
   * An expression and where to compare it.
   *
   * @param day near the change, in UTC
   */
  private record Case(CronTimetable timetable, String day) {
    static Case of(String unix, String zone, String day) {
      return new Case(CronTimetable.of(CronExpression.parse(unix), ZoneId.of(zone)), day);
    }

    Instant from() {
      return Instant.parse(day + "T00:00:00Z").minus(Duration.ofHours(30));
    }

    Instant to() {
      return from().plus(WINDOW);
    }

    /** All firings, or those before it does not advance. */
    Map<Instant, Firing> ours() {
      Map<Instant, Firing> ours = new TreeMap<>();
      Optional<Firing> next = timetable.next(from());
      while (next.isPresent() && !next.get().at().isAfter(to())) {
        ours.put(next.get().at(), next.get());
        next = timetable.next(next.get().at());
      }
      return ours;
    }

    /** As the table has them: "kind ; difference". */
    Set<String> differences(OtherEngine engine) {
      Set<String> found = new TreeSet<>();
      Map<Instant, Firing> ours = ours();
      Set<Instant> theirs = theirs(engine, found);
      ours.forEach(
          (at, firing) -> {
            if (!theirs.contains(at)) {
              found.add("lacks " + Fields.word(firing.reason()));
            }
          });
      theirs.removeAll(ours.keySet());
      theirs.forEach(at -> found.add("has " + place(at)));
      return found;
    }

    private Set<Instant> theirs(OtherEngine engine, Set<String> found) {
      Function<Instant, Optional<Instant>> engineNext =
          engine.open(timetable.expression().text(), timetable.zone());
      Set<Instant> theirs = new TreeSet<>();
      Instant last = from();
      Optional<Instant> next = engineNext.apply(last);
      while (next.isPresent() && !next.get().isAfter(to())) {
        if (!next.get().isAfter(last)) {
          found.add("does not advance");
          break;
        }
        last = next.get();
        theirs.add(last);
        next = engineNext.apply(last);
      }
      return theirs;
    }

    private String place(Instant at) {
      LocalDateTime time = LocalDateTime.ofInstant(at, timetable.zone());
      ZoneOffsetTransition change = timetable.zone().getRules().getTransition(time);
      if (!timetable.expression().matches(time)) {
        return "a time that is not named";
      }
      if (change == null) {
        return Fields.word(FiringReason.REGULAR);
      }
      return Fields.word(
          at.isBefore(change.getInstant())
              ? FiringReason.FIRST_OF_A_REPEATED_TIME
              : FiringReason.SECOND_OF_A_REPEATED_TIME);
    }

    String kind() {
      return timetable.expression().isFixedTime() ? "fixed" : "interval";
    }
  }

  private static OtherEngine engine(String name) {
    return OtherEngine.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @ParameterizedTest(name = "{0}, {1}: {2}: {4}")
  @CsvFileSource(resources = "/schedule/differences.csv", delimiter = ';', numLinesToSkip = 3)
  void differsAsTheTableSays(String engine, String kind, String difference, String example) {
    String[] words = example.split(" ");
    String unix = String.join(" ", List.of(words).subList(0, 5));
    Case one = Case.of(unix, words[5], words[6]);
    assertThat(one.kind()).isEqualTo(kind);
    assertThat(one.differences(engine(engine))).contains(difference);
  }

  @Test
  void differsInNoOtherWay() throws IOException {
    assertThat(found()).isEqualTo(known());
  }

  @Test
  void tellsEveryDifferenceInTheDocument() throws IOException {
    String document = Files.readString(Path.of("docs/schedule.md"));
    for (String difference : known()) {
      assertThat(document).contains("| " + difference.replace("; ", " | ") + " |");
    }
  }

  private static Set<String> known() throws IOException {
    Set<String> known = new TreeSet<>();
    for (String line : Files.readAllLines(TABLE)) {
      String[] cells = line.split(" *; *");
      if (cells.length == 5 && !cells[0].equals("engine")) {
        known.add(String.join("; ", cells[0], cells[1], cells[2]));
      }
    }
    return known;
  }

  /** The same samples each time, so that what is rare is found each time. */
  private static Set<String> found() {
    Map<String, Integer> counts = new TreeMap<>();
    for (long seed = 0; seed < SAMPLES; seed++) {
      Random random = new Random(seed);
      CronSample sample = CronSample.ofEveryDay(random);
      String[] change = CHANGES.get(random.nextInt(CHANGES.size())).split(" ");
      Case one = Case.of(sample.unix(), change[0], change[1]);
      for (OtherEngine engine : OtherEngine.values()) {
        for (String difference : one.differences(engine)) {
          counts.merge(
              String.join("; ", Fields.word(engine), one.kind(), difference), 1, Integer::sum);
        }
      }
    }
    return new TreeSet<>(counts.keySet());
  }

  @Test
  void agreesWithAllOnOrdinaryDays() {
    List<String> differences = new ArrayList<>();
    for (long seed = 0; seed < 300; seed++) {
      CronSample sample = CronSample.ofEveryDay(new Random(seed));
      Case one = Case.of(sample.unix(), "America/New_York", "2026-06-10");
      for (OtherEngine engine : OtherEngine.values()) {
        one.differences(engine)
            .forEach(d -> differences.add(sample.unix() + " " + engine + " " + d));
      }
    }
    assertThat(differences).isEmpty();
  }
}
