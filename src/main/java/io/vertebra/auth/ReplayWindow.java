package io.vertebra.auth;

/**
 * Which numbers of one sender came, so that none is taken twice. They may come in another order as
 * long as they are not further behind the greatest than the window is long. Safe for any thread.
 *
 * <p>Source: RFC 6479, without its blocks.
 */
final class ReplayWindow {
  /** How far a number may be behind. */
  static final int LENGTH = 16_384;

  private final long[] words = new long[LENGTH / Long.SIZE];
  private long greatest;

  /** Takes a number from 1 on; whether it had not come and is not too far behind. */
  synchronized boolean take(long number) {
    if (number < 1 || number <= greatest - LENGTH) {
      return false;
    }
    if (number > greatest) {
      forget(number);
      greatest = number;
    }
    int bit = (int) (number % LENGTH);
    long mask = 1L << bit;
    if ((words[bit / Long.SIZE] & mask) != 0) {
      return false;
    }
    words[bit / Long.SIZE] |= mask;
    return true;
  }

  /** Makes room for those up to {@code number}, which have not come. */
  private void forget(long number) {
    long from = Math.max(greatest + 1, number - LENGTH + 1);
    for (long each = from; each <= number; each++) {
      int bit = (int) (each % LENGTH);
      words[bit / Long.SIZE] &= ~(1L << bit);
    }
  }
}
