package io.vertebra.schedule;

import io.vertebra.schedule.cron.Calendar;
import io.vertx.core.Future;
import java.util.List;

/**
 * Calendars that schedules share. Once a change is answered, no schedule that names it fires by
 * what was before. Everything fails as in {@link ScheduleService}.
 */
public interface CalendarService {
  /** Most calendars. */
  int MAX_CALENDARS = 1_000;

  /**
   * Writes a calendar.
   *
   * @return {@code STALE} if it is not at the revision expected, {@code CONFLICT} if there are
   *     {@value #MAX_CALENDARS}
   */
  Future<CalendarView> put(WriteSchedule<Calendar> change);

  Future<CalendarView> get(String name);

  /** Some calendars by name, from the first after {@code after} on. */
  Future<List<CalendarView>> list(String after, int limit);

  /** Removes a calendar; {@code CONFLICT} if a schedule names it. */
  Future<Long> delete(WriteSchedule<String> change);
}
