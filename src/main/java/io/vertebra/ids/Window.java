package io.vertebra.ids;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Times that one worker may put into ids, and how far it got. Immutable: each try returns the next
 * window, so a test needs no clock. An id is 41 bits of milliseconds since 2024, 10 bits of worker
 * and 12 bits of sequence; enough until 2093.
 *
 * <p>Source: the Snowflake ids of Twitter, 2010, with times set aside beforehand.
 *
 * @param worker 0 to 1023
 * @param at the millisecond of the last id, since {@link #EPOCH_MS}
 * @param next how many ids that millisecond has, 0 to 4096
 * @param until the last millisecond that may be used
 */
record Window(int worker, long at, int next, long until) {
  /** 2024-01-01T00:00:00Z. */
  static final long EPOCH_MS = 1_704_067_200_000L;

  static final int WORKERS = 1 << 10;
  private static final int SEQUENCES = 1 << 12;
  private static final int WORKER_SHIFT = 12;
  private static final int TIME_SHIFT = 22;

  /** Ids, in order, and what is left. */
  record Taken(List<Long> ids, Window rest) {
    Taken {
      ids = List.copyOf(ids);
    }
  }

  /**
   * A window none of which is used.
   *
   * @param used the last millisecond that somebody may have used
   */
  static Window after(int worker, long used, long until) {
    return new Window(worker, used, SEQUENCES, until);
  }

  /** The same with more time. */
  Window extendedTo(long later) {
    return new Window(worker, at, next, later);
  }

  /**
   * Makes ids.
   *
   * @param now milliseconds since {@link #EPOCH_MS}, as some clock has it
   * @return empty if they would need more time than there is
   */
  Optional<Taken> take(int count, long now) {
    List<Long> ids = new ArrayList<>(count);
    long time = Math.max(now, at);
    int sequence = time == at ? next : 0;
    for (int i = 0; i < count; i++) {
      if (sequence == SEQUENCES) {
        time++;
        sequence = 0;
      }
      ids.add(time << TIME_SHIFT | (long) worker << WORKER_SHIFT | sequence++);
    }
    return time > until
        ? Optional.empty()
        : Optional.of(new Taken(ids, new Window(worker, time, sequence, until)));
  }
}
