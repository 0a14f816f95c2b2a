package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of configuration must do. A backend's test says how to open the store. */
abstract class ConfigStoreContract {
  ConfigStore store;

  abstract ConfigStore open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  private static Entry entry(Namespace now, String key, String value) {
    return new Entry(key, now.next(), "text/plain", false, Bytes.utf8(value));
  }

  /** Writes and removes keys: {@code a=1} or {@code a}. */
  static Commit commit(Namespace now, String... changes) {
    NavigableMap<String, Entry> entries = new TreeMap<>(now.entries());
    List<Released.Changed> changed = new ArrayList<>();
    for (String change : changes) {
      String[] parts = change.split("=", 2);
      if (parts.length == 2) {
        entries.put(parts[0], entry(now, parts[0], parts[1]));
      } else {
        entries.remove(parts[0]);
      }
      changed.add(new Released.Changed(parts[0], parts.length == 1));
    }
    return commit(now, entries, now.grays(), changed);
  }

  private static Commit commit(
      Namespace now,
      NavigableMap<String, Entry> entries,
      NavigableMap<String, Gray> grays,
      List<Released.Changed> changed) {
    Namespace after =
        new Namespace(
            now.name(),
            now.version(),
            now.next(),
            now.next() + 1,
            entries,
            grays,
            now.rules(),
            now.done(),
            now.kept());
    Released released =
        new Released(
            now.next(),
            Released.Kind.RELEASE,
            "",
            "ann",
            "why",
            Instant.parse("2030-01-01T00:00:00Z"),
            changed,
            3);
    return new Commit(now, after, Optional.of(released), 0, Optional.empty());
  }

  Namespace change(String namespace, String... changes) {
    Namespace now = await(store.read(namespace));
    return await(store.commit(commit(now, changes))).orElseThrow();
  }

  static List<String> values(Namespace namespace) {
    return namespace.entries().values().stream()
        .map(entry -> entry.key() + "=" + entry.value())
        .toList();
  }

  @Test
  void hasNothingAtFirst() {
    Namespace none = await(store.read("a"));
    assertThat(none.entries()).isEmpty();
    assertThat(none.revision()).isZero();
    assertThat(await(store.names("", 10))).isEmpty();
    assertThat(await(store.releases("a", 0))).isEmpty();
  }

  @Test
  void showsWhatWasCommittedToWhoeverReadsAfterIt() {
    Namespace first = change("a", "x=1", "y/z=2");
    Namespace second = change("a", "x=3", "y/z");
    assertThat(values(first)).containsExactly("x=1", "y/z=2");
    assertThat(values(await(store.read("a")))).containsExactly("x=3");
    assertThat(second.revision()).isGreaterThan(first.revision());
    assertThat(second.next()).isGreaterThan(second.revision());
    assertThat(values(await(store.read("b")))).isEmpty();
  }

  @Test
  void doesNothingIfTheNamespaceChangedInBetween() {
    Namespace before = await(store.read("a"));
    change("a", "x=1");
    assertThat(await(store.commit(commit(before, "x=2")))).isEmpty();
    assertThat(values(await(store.read("a")))).containsExactly("x=1");
    assertThat(await(store.releases("a", 0))).hasSize(1);
  }

  @Test
  void letsOneOfTwoCommitsAtOnceWin() {
    Namespace before = change("a", "x=0");
    Future<Optional<Namespace>> one = store.commit(commit(before, "x=1"));
    Future<Optional<Namespace>> two = store.commit(commit(before, "x=2"));
    assertThat(await(one).isPresent()).isNotEqualTo(await(two).isPresent());
  }

  @Test
  void keepsWhatWasReleasedAndWhatEnded() {
    Namespace first = change("a", "x=1", "y=1");
    Namespace second = change("a", "x=2");
    Namespace third = change("a", "x");
    List<Released> releases = await(store.releases("a", first.revision()));
    assertThat(releases)
        .extracting(Released::revision)
        .containsExactly(second.revision(), third.revision());
    assertThat(releases.get(1).changes()).containsExactly(new Released.Changed("x", true));
    assertThat(releases.get(0).author()).isEqualTo("ann");
    assertThat(releases.get(0).bytes()).isEqualTo(3);
    assertThat(await(store.past("a", 0)))
        .containsExactly(
            new Past(second.revision(), first.entries().get("x")),
            new Past(third.revision(), second.entries().get("x")));
    assertThat(await(store.past("a", second.revision())))
        .extracting(Past::until)
        .containsExactly(third.revision());
  }

  @Test
  void forgetsWhatItIsToldTo() {
    change("a", "x=1");
    Namespace second = change("a", "x=2");
    Namespace third = change("a", "x=3");
    Commit forget = new Commit(third, third, Optional.empty(), second.revision(), Optional.empty());
    Namespace after = await(store.commit(forget)).orElseThrow();
    assertThat(after.revision()).isEqualTo(third.revision());
    assertThat(await(store.releases("a", 0)))
        .extracting(Released::revision)
        .containsExactly(third.revision());
    assertThat(await(store.past("a", 0))).extracting(Past::until).containsExactly(third.revision());
    assertThat(change("a", "x=4").revision()).isGreaterThan(third.revision());
  }

  @Test
  void keepsReleasesToSome() {
    Namespace now = change("a", "x=1");
    GrayRule rule = new GrayRule(List.of("zone:a"), Optional.of(12.5), "s");
    NavigableMap<String, Optional<Entry>> changes = new TreeMap<>();
    changes.put("x", Optional.of(entry(now, "x", "2")));
    changes.put("y/1", Optional.empty());
    NavigableMap<String, Gray> grays = new TreeMap<>();
    grays.put("g", new Gray("g", 5, now.next(), rule, changes));
    assertThat(await(store.commit(commit(now, now.entries(), grays, List.of())))).isPresent();
    Namespace with = await(store.read("a"));
    assertThat(with.grays()).isEqualTo(grays);
    Commit without = commit(with, with.entries(), Collections.emptyNavigableMap(), List.of());
    assertThat(await(store.commit(without)).orElseThrow().grays()).isEmpty();
    assertThat(await(store.read("a")).grays()).isEmpty();
  }

  @Test
  void tellsOfEachChangeInOrder() {
    List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    store.watch(next -> seen.add(next.revision()));
    long first = change("a", "x=1").revision();
    long second = change("a", "x=2").revision();
    eventually(() -> assertThat(seen).containsSubsequence(first, second));
    assertThat(seen).isSorted();
  }

  @Test
  void namesTheNamespaces() {
    List.of("c", "a", "b").forEach(name -> change(name, "x=1"));
    assertThat(await(store.names("", 2))).containsExactly("a", "b");
    assertThat(await(store.names("b", 10))).containsExactly("c");
    assertThat(store.count()).isEqualTo(3);
  }
}
