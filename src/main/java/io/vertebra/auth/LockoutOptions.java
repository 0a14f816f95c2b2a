package io.vertebra.auth;

import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * The section {@code auth.lockout}: how long to wait after failed logins, counted by account and
 * address prefix, or by account and known device.
 *
 * @param freeAttempts failures before there is any wait, 1 to 100, 5 unless given
 * @param addressAttempts the same for all accounts from one address prefix, 1 to 100,000, 50 unless
 *     given
 * @param maxDelay the longest wait, up to which each failure doubles it from 1 s on; JSON {@code
 *     maxDelayMs}, 1 s to 24 h, 15 min unless given
 */
public record LockoutOptions(int freeAttempts, int addressAttempts, Duration maxDelay) {
  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 20;

  static LockoutOptions from(Fields fields) {
    int freeAttempts =
        fields
            .integer("freeAttempts", 1, 100)
            .about("Failed logins to an account before there is a wait.")
            .orElse(5);
    int addressAttempts =
        fields
            .integer("addressAttempts", 1, 100_000)
            .about("The same to all accounts from one address prefix.")
            .orElse(50);
    Duration maxDelay =
        fields
            .millis("maxDelayMs", 1_000, 86_400_000)
            .about("Longest wait; each failure doubles it.")
            .orElse(Duration.ofMinutes(15));
    return fields.build(() -> new LockoutOptions(freeAttempts, addressAttempts, maxDelay));
  }

  /** How long nothing is tried after that many attempts, of which {@code free} cost no time. */
  Duration delay(int attempts, int free) {
    if (attempts < free) {
      return Duration.ZERO;
    }
    Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(attempts - free, MAX_DOUBLINGS));
    return delay.compareTo(maxDelay) < 0 ? delay : maxDelay;
  }
}
