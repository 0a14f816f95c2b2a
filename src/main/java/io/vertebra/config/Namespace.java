package io.vertebra.config;

import static io.vertebra.api.FailureCode.CONFLICT;

import io.vertebra.api.Failure;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A namespace at one moment. Immutable.
 *
 * @param version by which its store tells whether it is still so; 0 if it was never written
 * @param revision of the last release; 0 if there was none
 * @param next revision of the next release
 * @param done the last requests under idempotency keys, the newest last
 */
record Namespace(
    String name,
    long version,
    long revision,
    long next,
    NavigableMap<String, Entry> entries,
    NavigableMap<String, Gray> grays,
    NavigableMap<String, ValueRule> rules,
    List<Done> done,
    Kept kept) {
  static final int MAX_GRAYS = 20;
  static final int MAX_RULES = 100;
  static final int MAX_DONE = 64;

  Namespace {
    entries = Collections.unmodifiableNavigableMap(new TreeMap<>(entries));
    grays = Collections.unmodifiableNavigableMap(new TreeMap<>(grays));
    rules = Collections.unmodifiableNavigableMap(new TreeMap<>(rules));
    done = List.copyOf(done);
  }

  /** One in which nothing was ever released. */
  static Namespace none(String name) {
    return new Namespace(
        name, 0, 0, 1, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), List.of(), Kept.NOTHING);
  }

  /**
   * What a reader sees of a key.
   *
   * @param gray the release to some that gives it; empty for the one to all
   */
  record Seen(Entry entry, String gray) {}

  /** What {@code audience} sees of a key, if anything. */
  Optional<Seen> see(String key, Audience audience) {
    if (!grays.isEmpty()) {
      for (Gray gray : new TreeSet<>(grays.values())) {
        Optional<Entry> change = gray.changes().get(key);
        if (change != null && gray.rule().isFor(audience, gray.name())) {
          return change.map(entry -> new Seen(entry, gray.name()));
        }
      }
    }
    return Optional.ofNullable(entries.get(key)).map(entry -> new Seen(entry, ""));
  }

  /** What {@code audience} sees of the keys that begin with {@code prefix}. */
  NavigableMap<String, Seen> see(Audience audience, String prefix) {
    Set<String> keys = new TreeSet<>(from(entries, prefix).keySet());
    grays.values().forEach(gray -> keys.addAll(from(gray.changes(), prefix).keySet()));
    NavigableMap<String, Seen> seen = new TreeMap<>();
    for (String key : keys) {
      see(key, audience).ifPresent(each -> seen.put(key, each));
    }
    return seen;
  }

  static <T> NavigableMap<String, T> from(NavigableMap<String, T> map, String prefix) {
    return prefix.isEmpty() ? map : map.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
  }

  /** The keys of which some readers may see another thing than in {@code before}. */
  Set<String> changedSince(Namespace before) {
    Set<String> changed = new TreeSet<>();
    differing(before.entries, entries, changed);
    Set<String> names = new HashSet<>(grays.keySet());
    names.addAll(before.grays.keySet());
    for (String each : names) {
      Gray now = grays.get(each);
      Gray then = before.grays.get(each);
      if (!Objects.equals(now, then)) {
        changed.addAll(now == null ? Set.of() : now.changes().keySet());
        changed.addAll(then == null ? Set.of() : then.changes().keySet());
      }
    }
    return changed;
  }

  private static void differing(
      NavigableMap<String, Entry> before, NavigableMap<String, Entry> after, Set<String> changed) {
    after.forEach(
        (key, entry) -> {
          Entry then = before.get(key);
          if (then == null || then.revision() != entry.revision()) {
            changed.add(key);
          }
        });
    before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(changed::add);
  }

  /** The values of these keys that a change ends. */
  List<Past> endedBy(Namespace after) {
    return entries.values().stream()
        .filter(entry -> !entry.equals(after.entries.get(entry.key())))
        .map(entry -> new Past(after.revision, entry))
        .toList();
  }

  /**
   * What was done under an idempotency key, if anything.
   *
   * @throws Failure {@code CONFLICT} if that was another request
   */
  Optional<Done> done(String key, String fingerprint) {
    for (Done each : done) {
      if (each.key().equals(key)) {
        if (!each.fingerprint().equals(fingerprint)) {
          throw new Failure(CONFLICT, "idempotency key " + key + " belongs to another request");
        }
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  Namespace at(long newVersion, long newNext) {
    return new Namespace(name, newVersion, revision, newNext, entries, grays, rules, done, kept);
  }

  Namespace with(Kept nowKept) {
    return new Namespace(name, version, revision, next, entries, grays, rules, done, nowKept);
  }
}
