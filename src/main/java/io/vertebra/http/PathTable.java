package io.vertebra.http;

import io.vertebra.api.Operation;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Finds the operation at a path by its first segments, instead of asking one route after the other.
 * Only paths without escapes, whose operation has {@link #FIXED} fixed segments first, are found
 * here.
 */
final class PathTable {
  private static final int FIXED = 3;

  private final Map<List<String>, List<Entry>> entries = new ConcurrentHashMap<>();

  private record Entry(Mounted mounted, List<String> segments) {
    boolean matches(List<String> path) {
      if (path.size() != segments.size()) {
        return false;
      }
      for (int i = FIXED; i < path.size(); i++) {
        String segment = segments.get(i);
        if (path.get(i).isEmpty() || (!segment.startsWith(":") && !segment.equals(path.get(i)))) {
          return false;
        }
      }
      return true;
    }

    Found found(List<String> path) {
      Map<String, String> parameters = new ConcurrentHashMap<>();
      for (int i = FIXED; i < path.size(); i++) {
        if (segments.get(i).startsWith(":")) {
          parameters.put(segments.get(i).substring(1), path.get(i));
        }
      }
      return new Found(mounted, parameters);
    }
  }

  /** An operation, and the parameters in its path. */
  record Found(Mounted mounted, Map<String, String> parameters) {}

  /** Takes an operation; of two that fit a path the first is found. */
  void add(Mounted mounted) {
    List<String> segments = segments(mounted.operation().path());
    if (segments.size() >= FIXED
        && segments.subList(0, FIXED).stream().noneMatch(each -> each.startsWith(":"))) {
      entries
          .computeIfAbsent(segments.subList(0, FIXED), key -> new CopyOnWriteArrayList<>())
          .add(new Entry(mounted, segments));
    }
  }

  private static List<String> segments(String path) {
    return Arrays.asList(path.substring(1).split("/", -1));
  }

  /** The operation for a request; empty if routes have to be asked. */
  Optional<Found> find(HttpMethod method, String path) {
    if (!path.startsWith("/") || path.indexOf('%') >= 0 || path.contains("/.")) {
      return Optional.empty();
    }
    List<String> segments = segments(path);
    if (segments.size() < FIXED) {
      return Optional.empty();
    }
    for (Entry entry : entries.getOrDefault(segments.subList(0, FIXED), List.of())) {
      if (serves(entry.mounted().operation(), method) && entry.matches(segments)) {
        return Optional.of(entry.found(segments));
      }
    }
    return Optional.empty();
  }

  /** Whether an operation answers a method; {@code HEAD} works where {@code GET} does. */
  static boolean serves(Operation<?> operation, HttpMethod method) {
    boolean readsHead = method.equals(HttpMethod.HEAD) && operation.isRead();
    return readsHead || operation.method().equals(method);
  }
}
