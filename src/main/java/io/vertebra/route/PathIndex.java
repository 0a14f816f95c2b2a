package io.vertebra.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The candidates of one host and one priority, found by path. */
final class PathIndex {
  private final Map<String, List<Candidate>> exact = new HashMap<>();
  private final RegionIndex<List<Candidate>> patternsByHead;
  private final RegionIndex<List<Candidate>> prefixes;

  /**
   * @param candidates in {@link Candidate#ORDER}
   */
  PathIndex(List<Candidate> candidates) {
    TreeMap<String, List<Candidate>> byHead = new TreeMap<>();
    TreeMap<String, List<Candidate>> byPrefix = new TreeMap<>();
    for (Candidate candidate : candidates) {
      PathMatch path = candidate.route().match().path();
      PathPattern pattern = candidate.pattern();
      if (pattern != null) {
        add(byHead, pattern.head(), candidate);
      } else if (path.kind() == PathMatch.Kind.EXACT) {
        add(exact, path.value(), candidate);
      } else {
        add(byPrefix, path.prefixKey(), candidate);
      }
    }
    patternsByHead = new RegionIndex<>(byHead);
    prefixes = new RegionIndex<>(byPrefix);
  }

  @Nullable Candidate find(String method, String path, Function<String, @Nullable String> header) {
    List<Candidate> same = exact.get(path);
    Candidate found = same == null ? null : first(same, method, header);
    if (found == null) {
      found = findPattern(method, path, header);
    }
    return found == null ? findPrefix(method, path, header) : found;
  }

  private @Nullable Candidate findPattern(
      String method, String path, Function<String, @Nullable String> header) {
    Candidate best = null;
    for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      List<Candidate> group = patternsByHead.find(path, 0, end);
      Candidate found = group == null ? null : firstPattern(group, method, path, header);
      if (found != null && (best == null || Candidate.ORDER.compare(found, best) < 0)) {
        best = found;
      }
    }
    return best;
  }

  private @Nullable Candidate findPrefix(
      String method, String path, Function<String, @Nullable String> header) {
    for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      List<Candidate> group = prefixes.find(path, 0, end);
      Candidate found = group == null ? null : first(group, method, header);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Candidate firstPattern(
      List<Candidate> group,
      String method,
      String path,
      Function<String, @Nullable String> header) {
    for (int i = 0; i < group.size(); i++) {
      Candidate candidate = group.get(i);
      if (candidate.takesPath(path)
          && candidate.takesMethod(method)
          && candidate.takesHeaders(header)) {
        return candidate;
      }
    }
    return null;
  }

  private static @Nullable Candidate first(
      List<Candidate> group, String method, Function<String, @Nullable String> header) {
    for (int i = 0; i < group.size(); i++) {
      Candidate candidate = group.get(i);
      if (candidate.takesMethod(method) && candidate.takesHeaders(header)) {
        return candidate;
      }
    }
    return null;
  }

  private static void add(Map<String, List<Candidate>> groups, String key, Candidate candidate) {
    groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(candidate);
  }
}
