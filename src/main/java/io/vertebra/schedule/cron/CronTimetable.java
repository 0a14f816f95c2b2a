package io.vertebra.schedule.cron;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Fires at the times of an expression in a time zone, with a decision for the times that the clock
 * there passes over or shows twice.
 *
 * <p>{@link #of} decides as Vixie's cron does: an expression of {@linkplain
 * CronExpression#isFixedTime fixed times} fires once for each, after the gap and at the first of
 * two; any other keeps its interval, fires at both and makes nothing up for a gap.
 *
 * <p>When clocks change is known from the time zone data of the running JDK. Nodes with different
 * data may disagree on times for which the data differ.
 *
 * @param gap of local times that there are not
 * @param repeat of local times that there are twice
 * @param calendar when not to fire
 */
public record CronTimetable(
    CronExpression expression, ZoneId zone, GapPolicy gap, RepeatPolicy repeat, Calendar calendar)
    implements Timetable {
  /** Most nominal times that {@link #skipped} looks at. */
  public static final int MOST_LOOKED_AT = 20_000;

  /** After so many exclusions in a row it is taken for granted that all are excluded. */
  public static final int MOST_EXCLUSIONS = 10_000;

  /** With the policies that suit the expression, and no exclusions. */
  public static CronTimetable of(CronExpression expression, ZoneId zone) {
    boolean once = expression.isFixedTime();
    return new CronTimetable(
        expression,
        zone,
        once ? GapPolicy.AFTER : GapPolicy.SKIP,
        once ? RepeatPolicy.FIRST : RepeatPolicy.BOTH,
        Calendar.NONE);
  }

  public CronTimetable with(GapPolicy policy) {
    return new CronTimetable(expression, zone, policy, repeat, calendar);
  }

  public CronTimetable with(RepeatPolicy policy) {
    return new CronTimetable(expression, zone, gap, policy, calendar);
  }

  public CronTimetable with(Calendar exclusions) {
    return new CronTimetable(expression, zone, gap, repeat, exclusions);
  }

  /**
   * {@inheritDoc}
   *
   * <p>None if there is none within 400 years, or if {@value #MOST_EXCLUSIONS} exclusions follow
   * each other.
   */
  @Override
  public Optional<Firing> next(Instant after) {
    return new ZonedSearch(this).next(after);
  }

  @Override
  public List<Skipped> skipped(Instant from, Instant to, int limit) {
    return new SkipSearch(this).skipped(from, to, limit);
  }

  /** The first time named by the expression that is not excluded and not before {@code from}. */
  Optional<LocalDateTime> nominal(LocalDateTime from) {
    LocalDateTime cursor = from;
    for (int excluded = 0; excluded <= MOST_EXCLUSIONS; excluded++) {
      Optional<LocalDateTime> time = expression.nextOrSame(cursor);
      if (time.isEmpty()) {
        return time;
      }
      cursor = calendar.endOfExclusion(time.get());
      if (cursor.equals(time.get())) {
        return time;
      }
    }
    return Optional.empty();
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject()
        .put("cron", expression.text())
        .put("zone", zone.getId())
        .put("days", Fields.word(expression.days()))
        .put("gap", Fields.word(gap))
        .put("repeat", Fields.word(repeat))
        .put("calendar", calendar.toJson());
  }
}
