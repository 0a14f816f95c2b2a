package io.vertebra.api;

import java.time.Instant;

/** Times that users name. */
public final class Times {
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Times() {}

  /** The time, if it is in the years in which one can reckon with it in any unit that we use. */
  public static Instant checked(String pointer, Instant time) {
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw Failure.invalid(pointer, "must be in the years 1970 to 9999");
    }
    return time;
  }
}
