package io.vertebra.config;

import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.STALE;

import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import io.vertebra.kv.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A release on its way: the namespace before it, and what becomes of that. */
final class Draft {
  private final Namespace before;
  private final Terms terms;
  private final Secrets secrets;
  private final List<Violation> violations = new ArrayList<>();
  private final NavigableMap<String, Released.Changed> changed = new TreeMap<>();
  final NavigableMap<String, Entry> entries;
  final NavigableMap<String, Gray> grays;
  final NavigableMap<String, ValueRule> rules;

  /** Begins one, unless the namespace is not at the revision that the terms tell. */
  Draft(Namespace before, Terms terms, Secrets secrets) {
    this.before = before;
    this.terms = terms;
    this.secrets = secrets;
    this.entries = new TreeMap<>(before.entries());
    this.grays = new TreeMap<>(before.grays());
    this.rules = new TreeMap<>(before.rules());
    long expected = terms.ifRevision().orElse(before.revision());
    if (expected != before.revision()) {
      throw new Failure(
          STALE, "namespace " + before.name() + " is at revision " + before.revision());
    }
  }

  /** Refuses a change that expects its key at another revision. */
  void requireFresh(Change change) {
    Entry now = before.entries().get(change.key());
    long revision = now == null ? 0 : now.revision();
    if (change.ifRevision().isPresent() && change.ifRevision().get() != revision) {
      String is = now == null ? " is not there" : " is at revision " + revision;
      throw new Failure(STALE, change.key() + is);
    }
  }

  /**
   * A value as it is to be kept. What is a secret stays one until it is removed.
   *
   * @param pointer to the change within the request
   */
  Entry entry(String key, Content content, String pointer) {
    Entry now = before.entries().get(key);
    boolean secret = content.secret() || (now != null && now.secret());
    check(key, content, secret, pointer + "/value");
    Bytes kept = secret ? secrets.seal(before.name(), key, content.value()) : content.value();
    return new Entry(key, before.next(), content.mediaType(), secret, kept);
  }

  /** A value of before as this release gives it again, if it keeps to the rules of now. */
  Entry again(Entry entry) {
    Bytes plain =
        entry.secret() ? secrets.open(before.name(), entry.key(), entry.value()) : entry.value();
    Content content = new Content(plain, entry.mediaType(), entry.secret());
    check(entry.key(), content, entry.secret(), "/" + entry.key().replace("/", "~1"));
    return new Entry(entry.key(), before.next(), entry.mediaType(), entry.secret(), entry.value());
  }

  private void check(String key, Content content, boolean secret, String pointer) {
    for (ValueRule rule : rules.values()) {
      if (rule.isFor(key)) {
        List<Violation> found = rule.violations(pointer, content.mediaType(), content.value());
        if (secret && !found.isEmpty()) {
          violations.add(new Violation(pointer, "breaks schema " + rule.name()));
        } else {
          violations.addAll(found);
        }
      }
    }
  }

  void put(Entry entry) {
    entries.put(entry.key(), entry);
    changed.put(entry.key(), new Released.Changed(entry.key(), false));
  }

  void remove(String key) {
    if (entries.remove(key) != null) {
      changed.put(key, new Released.Changed(key, true));
    }
  }

  /** Tells of a key that changes for some. */
  void tell(String key, boolean removed) {
    changed.put(key, new Released.Changed(key, removed));
  }

  /**
   * The commit; empty if it would change nothing.
   *
   * @param fingerprint of the request, for its idempotency key
   */
  Optional<Commit> finish(
      Released.Kind kind, String gray, Instant now, String fingerprint, ConfigOptions options) {
    if (!violations.isEmpty()) {
      throw Failure.invalid(violations);
    }
    if (entries.size() > options.maxKeys()) {
      throw new Failure(LIMITED, "a namespace has at most " + options.maxKeys() + " keys");
    }
    boolean same =
        entries.equals(before.entries())
            && grays.equals(before.grays())
            && rules.equals(before.rules());
    return same ? Optional.empty() : Optional.of(commit(kind, gray, now, fingerprint));
  }

  private Commit commit(Released.Kind kind, String gray, Instant now, String fingerprint) {
    Namespace after =
        new Namespace(
            before.name(),
            before.version(),
            before.next(),
            before.next() + 1,
            entries,
            grays,
            rules,
            done(fingerprint),
            before.kept());
    long bytes =
        before.endedBy(after).stream().mapToLong(past -> past.entry().value().length()).sum();
    Released released =
        new Released(
            before.next(),
            kind,
            gray,
            terms.author(),
            terms.comment(),
            now,
            List.copyOf(changed.values()),
            bytes);
    return new Commit(
        before,
        after.with(before.kept().plus(bytes)),
        Optional.of(released),
        0,
        terms.guard().fence());
  }

  private List<Done> done(String fingerprint) {
    String key = terms.guard().idempotencyKey();
    if (key.isEmpty()) {
      return before.done();
    }
    List<Done> done = new ArrayList<>(before.done());
    done.add(new Done(key, fingerprint, before.next()));
    return done.size() > Namespace.MAX_DONE ? done.subList(1, done.size()) : done;
  }
}
