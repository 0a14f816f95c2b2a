package io.vertebra.queue;

import io.vertx.core.Future;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/**
 * Ends what waits for those who go away. A future keeps all who listen to it until it completes,
 * and some callers stay for ever: so each future has one listener, which holds nothing that has
 * ended. For one thread.
 */
final class DepartureWatch {
  private final Consumer<Runnable> here;
  private final Map<Future<Void>, Set<Runnable>> ends = new WeakHashMap<>();

  /**
   * @param here runs something later, on the one thread
   */
  DepartureWatch(Consumer<Runnable> here) {
    this.here = here;
  }

  /**
   * Has something done when a caller goes away.
   *
   * @param gone completes then
   * @return has it forgotten
   */
  Runnable add(Future<Void> gone, Runnable end) {
    Set<Runnable> all = ends.get(gone);
    if (all == null) {
      all = new HashSet<>();
      ends.put(gone, all);
      listen(new WeakReference<>(this), gone, all);
    }
    all.add(end);
    Set<Runnable> mine = all;
    return () -> mine.remove(end);
  }

  private static void listen(
      WeakReference<DepartureWatch> those, Future<Void> gone, Set<Runnable> all) {
    gone.onComplete(
        left -> {
          DepartureWatch still = those.get();
          if (still != null) {
            still.here.accept(() -> still.end(gone, all));
          }
        });
  }

  private void end(Future<Void> gone, Set<Runnable> all) {
    ends.remove(gone);
    List.copyOf(all).forEach(Runnable::run);
  }
}
