package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

final class CronExpressionTest {
  private static final LocalDateTime NEW_YEAR = LocalDateTime.parse("2026-01-01T00:00");

  private static List<LocalDateTime> times(CronExpression expression, int count) {
    List<LocalDateTime> times = new ArrayList<>();
    LocalDateTime from = NEW_YEAR;
    while (times.size() < count) {
      LocalDateTime time = expression.nextOrSame(from).orElseThrow();
      times.add(time);
      from = time.plusSeconds(1);
    }
    return times;
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/schedule/days.csv", delimiter = ';', numLinesToSkip = 2)
  void namesDays(String expression, String expected) {
    List<LocalDate> dates =
        Stream.of(expected.split(" "))
            .map(date -> LocalDate.parse(date.length() == 5 ? "2026-" + date : date))
            .toList();
    assertThat(times(CronExpression.parse(expression), dates.size()))
        .isEqualTo(dates.stream().map(LocalDate::atStartOfDay).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "22-2 ; 0 1 2 22 23",
        "22-2/2 ; 0 2 22",
        "20/2 ; 20 22",
        "*/7 ; 0 7 14 21",
        "1-5,9,*/12 ; 0 1 2 3 4 5 9 12",
        "8-10/5 ; 8"
      })
  void namesHours(String field, String expected) {
    List<LocalDateTime> hours =
        Stream.of(expected.split(" "))
            .map(hour -> NEW_YEAR.withHour(Integer.parseInt(hour)))
            .toList();
    assertThat(times(CronExpression.parse("0 " + field + " * * *"), hours.size())).isEqualTo(hours);
  }

  @Test
  void beginsWithSecondsIfThereAreSixFields() {
    assertThat(times(CronExpression.parse("30 15 10 * * *"), 2))
        .containsExactly(
            LocalDateTime.parse("2026-01-01T10:15:30"), LocalDateTime.parse("2026-01-02T10:15:30"));
  }

  @Test
  void endsWithTheYearIfThereAreSeven() {
    assertThat(times(CronExpression.parse("0 0 0 1 JAN ? 2027,2030-2031"), 3))
        .containsExactly(NEW_YEAR.plusYears(1), NEW_YEAR.plusYears(4), NEW_YEAR.plusYears(5));
  }

  @Test
  void wantsBothDaysIfToldSo() {
    CronExpression expression = CronExpression.parse("0 0 13 * FRI", DayPolicy.AND);
    assertThat(times(expression, 3))
        .containsExactly(
            LocalDateTime.parse("2026-02-13T00:00"),
            LocalDateTime.parse("2026-03-13T00:00"),
            LocalDateTime.parse("2026-11-13T00:00"));
    assertThat(expression.days()).isEqualTo(DayPolicy.AND);
  }

  @Test
  void findsWhatComesEveryFortyYears() {
    CronExpression expression = CronExpression.parse("0 0 29 2 MON#5", DayPolicy.AND);
    assertThat(expression.nextOrSame(LocalDateTime.parse("2072-03-01T00:00")))
        .contains(LocalDateTime.parse("2112-02-29T00:00"));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/schedule/refused.csv", delimiter = ';', numLinesToSkip = 2)
  void saysWhatIsWrongAndWhere(String expression, String message) {
    assertThatThrownBy(() -> CronExpression.parse(expression))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
              assertThat(failure.violations()).hasSize(1);
              assertThat(failure.violations().get(0).pointer()).isEqualTo("/cron");
              assertThat(failure.violations().get(0).detail()).startsWith(message);
            });
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> CronExpression.parse("1,".repeat(200) + "1 * * * *"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("at most 256 characters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "30 2 * * *      ; true",
        "0,30 2,3 * * *  ; true",
        "0 9-17 * * *    ; true",
        "*/10 30 2 * * * ; true",
        "@daily          ; true",
        "30 * * * *      ; false",
        "* 2 * * *       ; false",
        "*/15 2 * * *    ; false",
        "0/15 2 * * *    ; false",
        "0 1-23/2 * * *  ; false",
        "0 0-23 * * *    ; false",
        "@hourly         ; false"
      })
  void tellsFixedTimesFromIntervals(String expression, boolean fixed) {
    assertThat(CronExpression.parse(expression).isFixedTime()).isEqualTo(fixed);
  }

  @Test
  void matchesItsTimesOnly() {
    CronExpression expression = CronExpression.parse("30 2 * * *");
    assertThat(expression.matches(LocalDateTime.parse("2026-01-01T02:30"))).isTrue();
    assertThat(expression.matches(LocalDateTime.parse("2026-01-01T02:30:01"))).isFalse();
    assertThat(expression.matches(LocalDateTime.parse("2026-01-01T02:30:00.5"))).isFalse();
  }

  @Test
  void equalsWhatIsWrittenAlike() {
    assertThat(CronExpression.parse(" 0 0 1 * FRI "))
        .isEqualTo(CronExpression.parse("0 0 1 * FRI"))
        .hasSameHashCodeAs(CronExpression.parse("0 0 1 * FRI"))
        .hasToString("0 0 1 * FRI")
        .isNotEqualTo(CronExpression.parse("0 0 1 * FRI", DayPolicy.AND));
  }
}
