package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** Reads limits, and holds the rules that several of them share. */
final class LimitReader {
  static final long MOST_PERMITS = 1_000_000;
  static final long MOST_PERIOD_MS = 31L * 86_400_000;

  private LimitReader() {}

  /** The algorithms by name. */
  enum Algorithm {
    GCRA,
    SLIDING_WINDOW,
    CALENDAR,
    CONCURRENCY,
    ADAPTIVE
  }

  static Limit from(Fields fields) {
    Algorithm algorithm =
        fields
            .choice("algorithm", Algorithm.class)
            .about("How permits come and go.")
            .orElse(Algorithm.GCRA);
    long permits =
        fields
            .longInteger("permits", 1, CalendarLimit.MOST_PERMITS)
            .about("How many in a period or unit, or at once.")
            .required();
    Optional<Duration> period =
        fields
            .millis("periodMs", 1, MOST_PERIOD_MS)
            .about("Of gcra and sliding-window; by default a second.")
            .optional();
    Optional<Long> burst =
        fields
            .longInteger("burst", 1, MOST_PERMITS)
            .about("Of gcra: most at once; by default as many as permits.")
            .optional();
    Optional<CalendarLimit.Unit> unit =
        fields.choice("unit", CalendarLimit.Unit.class).about("Of calendar.").optional();
    Optional<ZoneId> zone =
        fields
            .text("zone", 1, 64)
            .matching(LimitReader::isZone, "must be a time zone such as Europe/Berlin")
            .about("Of calendar; by default UTC.")
            .optional()
            .map(ZoneId::of);
    Optional<Duration> lease =
        fields
            .millis("leaseMs", 1, ConcurrencyLimit.MOST_LEASE_MS)
            .about(
                "Of concurrency and adaptive: when permits not given back are free; default 30 s.")
            .optional();
    Optional<Long> least =
        fields
            .longInteger("minPermits", 1, ConcurrencyLimit.MOST_PERMITS)
            .about("Of adaptive: least at once; by default 1.")
            .optional();
    Optional<Long> initial =
        fields
            .longInteger("initialPermits", 1, ConcurrencyLimit.MOST_PERMITS)
            .about("Of adaptive: at once while nothing is known; by default 20 or what is nearest.")
            .optional();
    Read read = new Read(algorithm, permits, period, burst, unit, zone, lease, least, initial);
    return fields.build(read::limit);
  }

  /** What was there. */
  private record Read(
      Algorithm algorithm,
      long permits,
      Optional<Duration> period,
      Optional<Long> burst,
      Optional<CalendarLimit.Unit> unit,
      Optional<ZoneId> zone,
      Optional<Duration> lease,
      Optional<Long> least,
      Optional<Long> initial) {

    Limit limit() {
      refuseUnless(algorithm == Algorithm.GCRA, burst, "/burst", "gcra");
      refuseUnless(algorithm == Algorithm.CALENDAR, unit, "/unit", "calendar");
      refuseUnless(algorithm == Algorithm.CALENDAR, zone, "/zone", "calendar");
      boolean adapts = algorithm == Algorithm.ADAPTIVE;
      boolean holds = adapts || algorithm == Algorithm.CONCURRENCY;
      refuseUnless(holds, lease, "/leaseMs", "concurrency and adaptive");
      refuseUnless(adapts, least, "/minPermits", "adaptive");
      refuseUnless(adapts, initial, "/initialPermits", "adaptive");
      Duration held = lease.orElse(Duration.ofSeconds(30));
      boolean periodic = algorithm == Algorithm.GCRA || algorithm == Algorithm.SLIDING_WINDOW;
      refuseUnless(periodic, period, "/periodMs", "gcra and sliding-window");
      Duration time = period.orElse(Duration.ofSeconds(1));
      return switch (algorithm) {
        case GCRA -> new GcraLimit(permits, time, burst.orElse(permits));
        case SLIDING_WINDOW -> new SlidingWindowLimit(permits, time);
        case CALENDAR ->
            new CalendarLimit(
                permits,
                unit.orElseThrow(() -> Failure.invalid("/unit", "is missing")),
                zone.orElse(ZoneOffset.UTC));
        case CONCURRENCY -> new ConcurrencyLimit(permits, held);
        case ADAPTIVE -> adaptive(permits, least.orElse(1L), initial, held);
      };
    }
  }

  private static AdaptiveLimit adaptive(
      long permits, long least, Optional<Long> initial, Duration lease) {
    long usual = Math.max(least, Math.min(permits, AdaptiveLimit.DEFAULT_INITIAL));
    return new AdaptiveLimit(permits, least, initial.orElse(usual), lease);
  }

  private static void refuseUnless(boolean fits, Optional<?> given, String pointer, String whose) {
    if (!fits && given.isPresent()) {
      throw Failure.invalid(pointer, "is of " + whose);
    }
  }

  private static boolean isZone(String text) {
    try {
      return ZoneId.of(text) != null;
    } catch (DateTimeException unknown) {
      return false;
    }
  }

  static void check(long permits, Duration period) {
    checkRange(permits, "/permits");
    if (period.toMillis() < 1 || period.toMillis() > MOST_PERIOD_MS) {
      throw Failure.invalid("/periodMs", "must be 1 to " + MOST_PERIOD_MS);
    }
  }

  static void checkRange(long permits, String pointer) {
    if (permits < 1 || permits > MOST_PERMITS) {
      throw Failure.invalid(pointer, "must be 1 to " + MOST_PERMITS);
    }
  }

  /** Decisions are exact because this fits into 64 bits. */
  static void checkProduct(long permits, Duration period) {
    if (permits > Limit.MOST_UNITS / (period.toNanos() / 1000)) {
      throw Failure.invalid("/permits", "times periodMs is more than can be counted exactly");
    }
  }
}
