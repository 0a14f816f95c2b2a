package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.limiter.LimitState.Window;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * A quota of the calendar: permits per second, minute, hour, day or month of a time zone, all there
 * again when the next one begins. Twice as many can be taken around that moment.
 *
 * @param permits 1 to 1,000,000,000
 * @param zone of the IANA database, or an offset; default UTC
 */
public record CalendarLimit(long permits, Unit unit, ZoneId zone) implements Limit {
  static final long MOST_PERMITS = 1_000_000_000;
  private static final long MICROS = 1_000_000;

  /** What a window is. */
  public enum Unit {
    SECOND(ChronoUnit.SECONDS),
    MINUTE(ChronoUnit.MINUTES),
    HOUR(ChronoUnit.HOURS),
    DAY(ChronoUnit.DAYS),
    MONTH(ChronoUnit.MONTHS);

    private final ChronoUnit length;

    Unit(ChronoUnit length) {
      this.length = length;
    }

    ZonedDateTime start(ZonedDateTime time) {
      return this == MONTH
          ? time.toLocalDate().withDayOfMonth(1).atStartOfDay(time.getZone())
          : time.truncatedTo(length);
    }

    ZonedDateTime after(ZonedDateTime start) {
      return this == DAY || this == MONTH
          ? start.toLocalDate().plus(1, length).atStartOfDay(start.getZone())
          : start.plus(1, length);
    }
  }

  public CalendarLimit {
    if (permits < 1 || permits > MOST_PERMITS) {
      throw Failure.invalid("/permits", "must be 1 to " + MOST_PERMITS);
    }
  }

  @Override
  public long window(long now) {
    ZonedDateTime start = start(now);
    return micros(unit.after(start)) - micros(start);
  }

  @Override
  public LimitState fresh() {
    return new Window(0, 0, 0);
  }

  @Override
  public Ruling take(LimitState state, long wanted, String permit, long now) {
    ZonedDateTime start = start(now);
    long from = micros(start);
    long left = micros(unit.after(start)) - now;
    Window window = current(state, from, now);
    long used = Math.min(permits, window.used());
    if (wanted > permits - used) {
      long wait = wanted > permits ? Decision.NEVER : left;
      boolean setBack = state instanceof Window last && last.start() > window.start();
      return new Ruling(
          false, setBack ? window : state, permits - used, wait, used == 0 ? 0 : left);
    }
    Window next = new Window(window.start(), used + wanted, 0);
    return new Ruling(true, next, permits - used - wanted, 0, next.used() == 0 ? 0 : left);
  }

  /** A clock that was set back a little stays in the later window; one set back far moves it. */
  private Window current(LimitState state, long from, long now) {
    if (!(state instanceof Window window) || window.start() < from) {
      return new Window(from, 0, 0);
    }
    boolean isFar = window.start() - now > 2 * window(now);
    return isFar ? new Window(from, window.used(), 0) : window;
  }

  @Override
  public LimitState refund(LimitState state, long taken, String permit, long takenAt) {
    boolean same = state instanceof Window window && window.start() <= takenAt;
    return same
        ? new Window(((Window) state).start(), Math.max(0, ((Window) state).used() - taken), 0)
        : state;
  }

  /** When the window of a moment began, in microseconds since 1970. */
  long begin(long now) {
    return micros(start(now));
  }

  private ZonedDateTime start(long now) {
    long seconds = Math.floorDiv(now, MICROS);
    Instant instant = Instant.ofEpochSecond(seconds, Math.floorMod(now, MICROS) * 1000);
    return unit.start(instant.atZone(zone));
  }

  private static long micros(ZonedDateTime time) {
    return time.toEpochSecond() * MICROS + time.getNano() / 1000;
  }

  @Override
  public CalendarLimit share(int nodes) {
    return new CalendarLimit(Math.max(1, permits / nodes), unit, zone);
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject()
        .put("algorithm", "calendar")
        .put("permits", permits)
        .put("unit", Fields.word(unit))
        .put("zone", zone.getId());
  }
}
