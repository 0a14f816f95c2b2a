package io.vertebra.schedule.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.json.JsonObject;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PreviewTest {
  private static CronTimetable newYork(String expression) {
    return CronTimetable.of(CronExpression.parse(expression), ZoneId.of("America/New_York"));
  }

  private static Instant instant(String text) {
    return Instant.parse(text);
  }

  private static LocalDateTime local(String text) {
    return LocalDateTime.parse(text);
  }

  @Test
  void saysWhatWasMovedOutOfAGap() {
    Preview preview = Preview.of(newYork("0,30 2 * * *"), instant("2026-03-08T00:00:00Z"), 2);
    assertThat(preview.firings())
        .containsExactly(
            new Firing(
                instant("2026-03-08T07:00:00Z"),
                local("2026-03-08T02:00"),
                FiringReason.MOVED_OUT_OF_A_GAP),
            new Firing(
                instant("2026-03-09T06:00:00Z"), local("2026-03-09T02:00"), FiringReason.REGULAR));
    assertThat(preview.skipped())
        .containsExactly(
            new Skipped(
                instant("2026-03-08T07:00:00Z"),
                local("2026-03-08T02:30"),
                SkipReason.SAME_TIME_AS_ANOTHER));
  }

  @Test
  void saysWhatWasSkippedInAGap() {
    Preview preview = Preview.of(newYork("30 * * * *"), instant("2026-03-08T06:15:00Z"), 2);
    assertThat(preview.firings())
        .extracting(Firing::nominal)
        .containsExactly(local("2026-03-08T01:30"), local("2026-03-08T03:30"));
    assertThat(preview.skipped())
        .containsExactly(
            new Skipped(
                instant("2026-03-08T07:00:00Z"), local("2026-03-08T02:30"), SkipReason.IN_A_GAP));
  }

  @Test
  void saysWhichOfTwoTimesFires() {
    Instant from = instant("2026-11-01T04:00:00Z");
    Instant first = instant("2026-11-01T05:30:00Z");
    Instant second = instant("2026-11-01T06:30:00Z");
    LocalDateTime nominal = local("2026-11-01T01:30");
    CronTimetable timetable = newYork("30 1 * * *");

    Preview preview = Preview.of(timetable.with(RepeatPolicy.BOTH), from, 2);
    assertThat(preview.firings())
        .containsExactly(
            new Firing(first, nominal, FiringReason.FIRST_OF_A_REPEATED_TIME),
            new Firing(second, nominal, FiringReason.SECOND_OF_A_REPEATED_TIME));
    assertThat(preview.skipped()).isEmpty();

    assertThat(Preview.of(timetable, from, 2).skipped())
        .containsExactly(new Skipped(second, nominal, SkipReason.SECOND_TIME_NOT_WANTED));
    assertThat(Preview.of(timetable.with(RepeatPolicy.SECOND), from, 2).skipped())
        .containsExactly(new Skipped(first, nominal, SkipReason.FIRST_TIME_NOT_WANTED));
  }

  @Test
  void prefersTheRegularOfTwoFiringsAtOneInstant() {
    Instant threeOClock = instant("2026-03-08T07:00:00Z");
    Preview preview = Preview.of(newYork("0 2,3 * * *"), instant("2026-03-08T00:00:00Z"), 1);
    assertThat(preview.firings())
        .containsExactly(new Firing(threeOClock, local("2026-03-08T03:00"), FiringReason.REGULAR));
    assertThat(preview.skipped())
        .containsExactly(
            new Skipped(threeOClock, local("2026-03-08T02:00"), SkipReason.SAME_TIME_AS_ANOTHER));
  }

  @Test
  void tellsWhatIsStillToComeOfARepeatedHour() {
    Instant betweenBoth = instant("2026-11-01T05:45:00Z");
    Instant second = instant("2026-11-01T06:30:00Z");
    assertThat(newYork("30 1 * * *").skipped(betweenBoth, second, 9))
        .containsExactly(
            new Skipped(second, local("2026-11-01T01:30"), SkipReason.SECOND_TIME_NOT_WANTED));
  }

  @Test
  void tellsWhatIsStillToComeOfAShiftedHour() {
    Instant shifted = instant("2026-03-08T07:30:00Z");
    assertThat(
            newYork("30 2,3 * * *")
                .with(GapPolicy.SHIFT)
                .skipped(instant("2026-03-08T07:15:00Z"), shifted, 9))
        .containsExactly(
            new Skipped(shifted, local("2026-03-08T02:30"), SkipReason.SAME_TIME_AS_ANOTHER));
  }

  @Test
  void saysWhatTheCalendarExcludes() {
    Calendar sundays = new Calendar(List.of(), Set.of(), Set.of(DayOfWeek.SUNDAY), List.of());
    Preview preview =
        Preview.of(newYork("0 12 * * *").with(sundays), instant("2026-03-07T00:00:00Z"), 2);
    assertThat(preview.firings())
        .extracting(Firing::nominal)
        .containsExactly(local("2026-03-07T12:00"), local("2026-03-09T12:00"));
    assertThat(preview.skipped())
        .containsExactly(
            new Skipped(
                instant("2026-03-08T16:00:00Z"),
                local("2026-03-08T12:00"),
                SkipReason.EXCLUDED_BY_CALENDAR));
  }

  @Test
  void tellsNoMoreSkippedTimesThanItMay() {
    Calendar weekend =
        new Calendar(List.of(), Set.of(), Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY), List.of());
    Preview preview =
        Preview.of(newYork("* * * * *").with(weekend), instant("2026-03-07T00:00:00Z"), 1_000);
    assertThat(preview.firings()).hasSize(1_000);
    assertThat(preview.skipped()).hasSize(Preview.MOST);
    assertThat(preview.moreSkipped()).isTrue();
  }

  @Test
  void hasFewerFiringsIfThereAreNoMore() {
    Preview preview =
        Preview.of(new Once(instant("2026-03-08T00:00:00Z")), instant("2026-03-07T00:00:00Z"), 9);
    assertThat(preview.firings()).hasSize(1);
    assertThat(preview.skipped()).isEmpty();
    assertThat(preview.moreSkipped()).isFalse();
  }

  @Test
  void tellsWhatIsSkippedEvenIfNothingFires() {
    CronTimetable never = newYork("30 2 * 3 SUN#2").with(GapPolicy.SKIP);
    Preview preview = Preview.of(never, instant("2026-01-01T00:00:00Z"), 3);
    assertThat(preview.firings()).isEmpty();
    assertThat(preview.skipped())
        .hasSize(400)
        .allMatch(skipped -> skipped.reason() == SkipReason.IN_A_GAP);
  }

  @Test
  void refusesToTellTooMuch() {
    Once once = new Once(Instant.EPOCH);
    assertThatIllegalArgumentException().isThrownBy(() -> Preview.of(once, Instant.EPOCH, 1_001));
    assertThatIllegalArgumentException().isThrownBy(() -> Preview.of(once, Instant.EPOCH, 0));
  }

  @Test
  void writesItselfAsJson() {
    JsonObject json =
        Preview.of(newYork("30 2 8 3 * "), instant("2026-03-08T00:00:00Z"), 1).toJson();
    assertThat(json)
        .isEqualTo(
            new JsonObject(
                """
                {"firings": [{"at": "2026-03-08T07:00:00Z", "nominal": "2026-03-08T02:30",
                              "reason": "moved-out-of-a-gap"}],
                 "skipped": [], "moreSkipped": false}
                """));
  }
}
