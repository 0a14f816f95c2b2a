package io.vertebra.config;

import static io.vertebra.api.FailureCode.COMPACTED;
import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What each request makes of a namespace. Every method is a function of what it is given. */
final class Planner {
  private static final int MAX_RE_ENCRYPTED = 50;

  private final Secrets secrets;
  private final ConfigOptions options;
  private final Clock clock;

  Planner(Secrets secrets, ConfigOptions options, Clock clock) {
    this.secrets = secrets;
    this.options = options;
    this.clock = clock;
  }

  Optional<Commit> release(Namespace now, Release request, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    boolean one = request.changes().size() == 1;
    for (int i = 0; i < request.changes().size(); i++) {
      Change change = request.changes().get(i);
      String pointer = one ? "" : "/changes/" + i;
      draft.requireFresh(change);
      change
          .content()
          .ifPresentOrElse(
              content -> draft.put(draft.entry(change.key(), content, pointer)),
              () -> draft.remove(change.key()));
    }
    return finish(draft, Released.Kind.RELEASE, "", fingerprint);
  }

  /**
   * @param replace whether keys that are not told go; those whose values are not told stay
   */
  Optional<Commit> load(
      Namespace now,
      Map<String, Optional<Content>> contents,
      boolean replace,
      Terms terms,
      String fingerprint) {
    Draft draft = new Draft(now, terms, secrets);
    contents.forEach(
        (key, content) -> {
          if (content.isPresent() && !holds(now, key, content.get())) {
            draft.put(draft.entry(key, content.get(), "/" + key.replace("/", "~1")));
          }
        });
    if (replace) {
      now.entries().keySet().stream()
          .filter(key -> !contents.containsKey(key))
          .forEach(draft::remove);
    }
    return finish(draft, Released.Kind.IMPORT, "", fingerprint);
  }

  private boolean holds(Namespace now, String key, Content content) {
    Entry entry = now.entries().get(key);
    if (entry == null || (content.secret() && !entry.secret())) {
      return false;
    }
    return content.mediaType().equals(entry.mediaType())
        && content
            .value()
            .equals(entry.secret() ? secrets.open(now.name(), key, entry.value()) : entry.value());
  }

  Optional<Commit> revert(Namespace now, Revert request, List<Past> past, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    NavigableMap<String, Entry> then = at(now, past, request.revision());
    TreeSet<String> keys = new TreeSet<>(now.entries().keySet());
    keys.addAll(then.keySet());
    request.key().ifPresent(only -> keys.retainAll(List.of(only)));
    for (String key : keys) {
      Entry entry = then.get(key);
      if (entry == null) {
        draft.remove(key);
      } else if (!entry.equals(now.entries().get(key))) {
        draft.put(draft.again(entry));
      }
    }
    return finish(draft, Released.Kind.REVERT, "", fingerprint);
  }

  Optional<Commit> gray(Namespace now, PutGray request, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    Gray before = now.grays().get(request.name());
    if (before == null && now.grays().size() == Namespace.MAX_GRAYS) {
      throw new Failure(LIMITED, "a namespace has at most 20 gray releases");
    }
    if (before == null && request.changes().isEmpty()) {
      throw Failure.invalid("/changes", "must not be empty in a new gray release");
    }
    NavigableMap<String, Optional<Entry>> changes = new TreeMap<>();
    for (int i = 0; i < request.changes().size(); i++) {
      Change change = request.changes().get(i);
      draft.requireFresh(change);
      String pointer = "/changes/" + i;
      changes.put(
          change.key(),
          change.content().map(content -> draft.entry(change.key(), content, pointer)));
      draft.tell(change.key(), change.content().isEmpty());
    }
    boolean keeps = request.changes().isEmpty() && before != null;
    draft.grays.put(
        request.name(),
        new Gray(
            request.name(),
            request.order(),
            now.next(),
            request.rule(),
            keeps ? Objects.requireNonNull(before).changes() : changes));
    if (before != null) {
      before.changes().keySet().forEach(key -> tellUnlessTold(draft, changes, key));
    }
    return finish(draft, Released.Kind.GRAY, request.name(), fingerprint);
  }

  private static void tellUnlessTold(Draft draft, Map<String, Optional<Entry>> told, String key) {
    if (!told.containsKey(key)) {
      draft.tell(key, false);
    }
  }

  Optional<Commit> promote(Namespace now, NamedChange request, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    Gray gray = require(now, request.name());
    draft.grays.remove(gray.name());
    gray.changes()
        .forEach(
            (key, change) ->
                change.ifPresentOrElse(
                    entry -> draft.put(draft.again(entry)), () -> draft.remove(key)));
    return finish(draft, Released.Kind.PROMOTE, gray.name(), fingerprint);
  }

  Optional<Commit> rollBack(Namespace now, NamedChange request, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    Gray gray = require(now, request.name());
    draft.grays.remove(gray.name());
    gray.changes().keySet().forEach(key -> draft.tell(key, !now.entries().containsKey(key)));
    return finish(draft, Released.Kind.ROLLBACK, gray.name(), fingerprint);
  }

  private static Gray require(Namespace now, String name) {
    Gray gray = now.grays().get(name);
    if (gray == null) {
      throw new Failure(NOT_FOUND, "there is no gray release " + name);
    }
    return gray;
  }

  Optional<Commit> rule(Namespace now, PutRule request, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    ValueRule rule = request.rule();
    if (!now.rules().containsKey(rule.name()) && now.rules().size() == Namespace.MAX_RULES) {
      throw new Failure(LIMITED, "a namespace has at most 100 schemas");
    }
    draft.rules.put(rule.name(), rule);
    for (Entry entry : now.entries().values()) {
      if (rule.isFor(entry.key())) {
        Entry unused = draft.again(entry);
      }
    }
    return finish(draft, Released.Kind.RULES, "", fingerprint);
  }

  Optional<Commit> removeRule(Namespace now, NamedChange request, String fingerprint) {
    Draft draft = new Draft(now, request.terms(), secrets);
    if (draft.rules.remove(request.name()) == null) {
      throw new Failure(NOT_FOUND, "there is no schema " + request.name());
    }
    return finish(draft, Released.Kind.RULES, "", fingerprint);
  }

  /** Encrypts some of the secrets anew that another key than the first one encrypted. */
  Optional<Commit> reEncrypt(Namespace now, Terms terms, String fingerprint) {
    Draft draft = new Draft(now, terms, secrets);
    int left = MAX_RE_ENCRYPTED;
    for (Entry entry : now.entries().values()) {
      if (left > 0 && isOld(entry)) {
        draft.put(sealed(now, entry));
        left--;
      }
    }
    for (Gray gray : now.grays().values()) {
      NavigableMap<String, Optional<Entry>> changes = new TreeMap<>(gray.changes());
      for (Map.Entry<String, Optional<Entry>> each : changes.entrySet()) {
        if (left > 0 && each.getValue().filter(this::isOld).isPresent()) {
          each.setValue(each.getValue().map(entry -> sealed(now, entry)));
          draft.tell(each.getKey(), false);
          left--;
        }
      }
      draft.grays.put(gray.name(), gray.withChanges(changes));
    }
    return finish(draft, Released.Kind.RE_ENCRYPT, "", fingerprint);
  }

  /** How many secrets another key than the first one encrypted. */
  long old(Namespace now) {
    List<Entry> all = new ArrayList<>(now.entries().values());
    now.grays()
        .values()
        .forEach(gray -> gray.changes().values().forEach(it -> it.ifPresent(all::add)));
    return all.stream().filter(this::isOld).count();
  }

  private boolean isOld(Entry entry) {
    return entry.secret() && secrets.isOld(entry.value());
  }

  private Entry sealed(Namespace now, Entry entry) {
    String key = entry.key();
    return new Entry(
        key,
        now.next(),
        entry.mediaType(),
        true,
        secrets.seal(now.name(), key, secrets.open(now.name(), key, entry.value())));
  }

  private Optional<Commit> finish(
      Draft draft, Released.Kind kind, String gray, String fingerprint) {
    return draft.finish(kind, gray, clock.instant(), fingerprint, options);
  }

  /**
   * What a namespace held for all at a revision.
   *
   * @param past what ended after it, the earliest first
   * @throws Failure {@code COMPACTED} if that is forgotten, {@code NOT_FOUND} if it is yet to come
   */
  static NavigableMap<String, Entry> at(Namespace now, List<Past> past, long revision) {
    if (revision < now.kept().since()) {
      throw new Failure(
          COMPACTED,
          "revisions before " + now.kept().since() + " of " + now.name() + " are forgotten");
    }
    if (revision > now.revision()) {
      throw new Failure(NOT_FOUND, now.name() + " is at revision " + now.revision());
    }
    Map<String, Entry> next = new HashMap<>();
    past.stream()
        .filter(each -> each.until() > revision)
        .forEach(each -> next.putIfAbsent(each.entry().key(), each.entry()));
    now.entries().forEach(next::putIfAbsent);
    NavigableMap<String, Entry> then = new TreeMap<>(next);
    then.values().removeIf(entry -> entry.revision() > revision);
    return then;
  }

  /**
   * Up to which release history is to be forgotten so that the rest is nine tenths of what is to be
   * kept; 0 for nothing.
   */
  long excess(Kept kept, List<Released> releases) {
    long left = kept.releases();
    long bytes = kept.bytes();
    long upTo = 0;
    for (Released each : releases) {
      if (left <= options.historyReleases() * 9L / 10 && bytes <= options.historyBytes() / 10 * 9) {
        break;
      }
      left--;
      bytes -= each.bytes();
      upTo = each.revision();
    }
    return upTo;
  }

  boolean isTooMuch(Kept kept) {
    return kept.releases() > options.historyReleases() || kept.bytes() > options.historyBytes();
  }

  /** The commit that forgets. */
  Commit forget(Namespace now, List<Released> releases, long upTo) {
    long gone = releases.stream().filter(each -> each.revision() <= upTo).count();
    long bytes =
        releases.stream().filter(each -> each.revision() <= upTo).mapToLong(Released::bytes).sum();
    Kept left = new Kept(upTo, now.kept().releases() - gone, now.kept().bytes() - bytes);
    return new Commit(now, now.with(left), Optional.empty(), upTo, Optional.empty());
  }
}
