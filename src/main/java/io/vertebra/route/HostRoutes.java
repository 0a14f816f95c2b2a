package io.vertebra.route;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The candidates of one host or wildcard by falling priority, and those of the next wider one. */
final class HostRoutes {
  /** Below every priority. */
  private static final long NO_PRIORITY = Long.MIN_VALUE;

  private final int[] priorities;
  private final List<PathIndex> indexes = new ArrayList<>();
  private final @Nullable HostRoutes wider;

  /**
   * @param candidates in {@link Candidate#ORDER}
   * @param wider the longest wildcard that takes all these hosts too, or the routes of any host
   */
  HostRoutes(List<Candidate> candidates, @Nullable HostRoutes wider) {
    TreeMap<Integer, List<Candidate>> byPriority = new TreeMap<>(Collections.reverseOrder());
    for (Candidate candidate : candidates) {
      byPriority
          .computeIfAbsent(candidate.route().priority(), unused -> new ArrayList<>())
          .add(candidate);
    }
    this.priorities = byPriority.keySet().stream().mapToInt(Integer::intValue).toArray();
    byPriority.values().forEach(group -> indexes.add(new PathIndex(group)));
    this.wider = wider;
  }

  RouteTable.@Nullable Match match(
      String method, String path, Function<String, @Nullable String> header) {
    long priority = nextPriority(Long.MAX_VALUE);
    while (priority != NO_PRIORITY) {
      for (HostRoutes routes = this; routes != null; routes = routes.wider) {
        Candidate found = routes.find(priority, method, path, header);
        if (found != null) {
          return found.match();
        }
      }
      priority = nextPriority(priority);
    }
    return null;
  }

  private @Nullable Candidate find(
      long priority, String method, String path, Function<String, @Nullable String> header) {
    int position = position(priority);
    boolean present = position < priorities.length && priorities[position] == priority;
    return present ? indexes.get(position).find(method, path, header) : null;
  }

  /** The highest priority below {@code bound} here or wider. */
  private long nextPriority(long bound) {
    long next = NO_PRIORITY;
    for (HostRoutes routes = this; routes != null; routes = routes.wider) {
      int position = routes.position(bound - 1);
      if (position < routes.priorities.length) {
        next = Math.max(next, routes.priorities[position]);
      }
    }
    return next;
  }

  /** Where the first priority of at most {@code bound} stands. */
  private int position(long bound) {
    int low = 0;
    int high = priorities.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (priorities[middle] > bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
