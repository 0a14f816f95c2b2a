package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CalendarTest {
  private static Calendar calendar(String json) {
    return Calendar.from(Fields.of(new JsonObject(json.replace('\'', '"'))));
  }

  private static LocalDateTime endOfExclusion(Calendar calendar, String time) {
    return calendar.endOfExclusion(LocalDateTime.parse(time));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'dates': ['2026-12-24']} ; 2026-12-23T23:59:59 ; 2026-12-23T23:59:59",
        "{'dates': ['2026-12-24']} ; 2026-12-24T00:00 ; 2026-12-25T00:00",
        "{'dates': ['2026-12-24/2027-01-01']} ; 2026-12-30T12:00 ; 2027-01-02T00:00",
        "{'dates': ['2026-12-24/2027-01-01']} ; 2027-01-02T00:00 ; 2027-01-02T00:00",
        "{'dates': ['2027-01-01', '2026-12-24', '2026-12-25/2026-12-31']} ; 2026-12-24T01:00 ; 2027-01-02T00:00",
        "{'yearly': ['12-25']} ; 2030-12-25T10:00 ; 2030-12-26T00:00",
        "{'yearly': ['02-29']} ; 2028-02-29T10:00 ; 2028-03-01T00:00",
        "{'yearly': ['02-29']} ; 2027-02-28T10:00 ; 2027-02-28T10:00",
        "{'weekdays': ['sat', 'SUN']} ; 2026-11-21T10:00 ; 2026-11-22T00:00",
        "{'weekdays': ['sat', 'SUN']} ; 2026-11-23T10:00 ; 2026-11-23T10:00",
        "{'times': ['12:00/13:00']} ; 2026-11-23T12:00 ; 2026-11-23T13:00",
        "{'times': ['12:00/13:00']} ; 2026-11-23T13:00 ; 2026-11-23T13:00",
        "{'times': ['12:00/13:00', '12:30/14:00']} ; 2026-11-23T12:45 ; 2026-11-23T14:00",
        "{'times': ['22:00/06:00']} ; 2026-11-23T23:00 ; 2026-11-24T06:00",
        "{'times': ['22:00/06:00']} ; 2026-11-23T05:59:59 ; 2026-11-23T06:00",
        "{'times': ['22:00/06:00']} ; 2026-11-23T06:00 ; 2026-11-23T06:00",
        "{'times': ['22:00/24:00']} ; 2026-11-23T23:00 ; 2026-11-24T00:00"
      })
  void excludesUntilItsEnd(String calendar, String time, String end) {
    assertThat(endOfExclusion(calendar(calendar), time)).isEqualTo(end);
    assertThat(calendar(calendar).excludes(LocalDateTime.parse(time)))
        .isNotEqualTo(time.equals(end));
  }

  @Test
  void excludesWhatEitherOfTwoExcludes() {
    Calendar both =
        calendar("{'weekdays': ['sat'], 'dates': ['2026-01-01']}")
            .with(calendar("{'weekdays': ['sun'], 'times': ['12:00/13:00']}"));
    assertThat(both)
        .isEqualTo(
            calendar(
                "{'weekdays': ['sat', 'sun'], 'dates': ['2026-01-01'], 'times': ['12:00/13:00']}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'dates': ['2026-12-24', '24.12.2026']} ; /dates/1",
        "{'dates': ['2026-12-24/2026-12-23']} ; /dates/0 must not end before it begins",
        "{'dates': ['2026-02-30']} ; /dates/0 must be a date as 2026-12-24, or two and / between",
        "{'yearly': ['2026-12-24']} ; /yearly/0",
        "{'yearly': ['02-30']} ; /yearly/0",
        "{'weekdays': ['friday']} ; /weekdays/0 must be one of mon, tue",
        "{'weekdays': ['mon','tue','wed','thu','fri','sat','sun']} ; /weekdays must leave a day",
        "{'times': ['12:00']} ; /times/0",
        "{'times': ['12:00/12:00']} ; /times/0 must not be the whole day",
        "{'times': ['00:00/24:00']} ; /times/0 must not be the whole day",
        "{'holidays': []} ; /holidays is not known here"
      })
  void refusesWhatMeansNothing(String calendar, String message) {
    assertThatThrownBy(() -> calendar(calendar))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void isBoundedAlsoWhenTwoAreJoined() {
    Calendar many = dates(0);
    assertThat(many.dates()).hasSize(Calendar.MOST_DATES);
    assertThatThrownBy(() -> many.with(dates(5_000)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("/dates must be at most");
  }

  private static Calendar dates(int begin) {
    List<DateRange> dates =
        IntStream.range(0, Calendar.MOST_DATES)
            .mapToObj(i -> LocalDate.of(2026, 1, 1).plusDays(begin + 2 * i))
            .map(date -> new DateRange(date, date))
            .toList();
    return new Calendar(dates, Calendar.NONE.yearly(), Calendar.NONE.weekdays(), List.of());
  }

  @Test
  void readsWhatItWrites() {
    Calendar calendar =
        calendar(
            "{'dates': ['2026-12-24/2027-01-01', '2026-05-01'], 'yearly': ['10-03'],"
                + " 'weekdays': ['sun', 'sat'], 'times': ['22:00/06:00:30']}");
    assertThat(Calendar.from(Fields.of(calendar.toJson()))).isEqualTo(calendar);
  }
}
