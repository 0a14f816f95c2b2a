/**
 * When schedules fire: expressions, time zones with their changes, exclusions, steady rates. Pure
 * functions of a timetable and an instant; no clock, no state.
 *
 * <p>Guaranteed: {@link Timetable#next} is strictly increasing, so an instant identifies an
 * occurrence; every time that an expression names either fires, once or for each time that the
 * clock shows it, or is told by {@link Timetable#skipped} with the reason; the same timetable gives
 * the same firings on every node with the same time zone data; each call is bounded, as its method
 * says.
 *
 * <p>Not guaranteed: that time zone data, which are those of the JDK, know of changes that were
 * decreed after it was released; leap seconds, of which neither the JDK nor crontab knows.
 *
 * <p>Source: crontab(5) of Vixie's cron for expressions and the defaults at changes of the clock;
 * Quartz for {@code L}, {@code W} and {@code #}.
 */
@NullMarked
package io.vertebra.schedule.cron;

import org.jspecify.annotations.NullMarked;
