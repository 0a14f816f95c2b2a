package io.vertebra.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions were touched so lately that it need not be told again. The longest unused are
 * forgotten first, which costs a touch that would not have been needed. Safe for any thread.
 */
final class Touches {
  static final int MOST = 100_000;

  private final long nanos;
  private final LongSupplier nanoTime;
  private final Map<String, Long> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param bound how long a touch lasts
   */
  Touches(Duration bound, LongSupplier nanoTime) {
    this.nanos = bound.toNanos();
    this.nanoTime = nanoTime;
  }

  /** The moment of a touch that is to be told; to be given to {@link #told} once it was. */
  long now() {
    return nanoTime.getAsLong();
  }

  synchronized boolean isDue(String handle) {
    @Nullable Long last = told.get(handle);
    return last == null || nanoTime.getAsLong() - last >= nanos;
  }

  synchronized void told(String handle, long at) {
    told.put(handle, at);
  }

  synchronized void forget(String handle) {
    told.remove(handle);
  }

  synchronized int size() {
    return told.size();
  }
}
