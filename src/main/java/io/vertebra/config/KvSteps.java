package io.vertebra.config;

import static io.vertebra.api.FailureCode.TOO_LARGE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KvRules;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of a commit. */
final class KvSteps {
  private static final Bytes REMOVED = Bytes.EMPTY;

  /** What keys and the like add to the values of a transaction, at most. */
  private static final int OVERHEAD = 1_200;

  private final String namespace;
  private final List<Op> steps = new ArrayList<>();

  private KvSteps(String namespace) {
    this.namespace = namespace;
  }

  /**
   * The transaction that does it in the kv store.
   *
   * @throws Failure {@code TOO_LARGE} if it is more than one takes
   */
  static Txn txn(Commit commit) {
    List<Op> steps = new ArrayList<>(steps(commit));
    if (commit.before().version() == 0) {
      steps.add(Op.put(KvKeys.name(commit.before().name()), Bytes.EMPTY));
    }
    Compare unchanged =
        Compare.modifiedAt(KvKeys.head(commit.before().name()), commit.before().version());
    Txn txn = Txn.when(unchanged, steps.toArray(Op[]::new));
    return commit.fence().map(txn::under).orElse(txn);
  }

  /**
   * What it puts and deletes of a namespace.
   *
   * @throws Failure {@code TOO_LARGE} if that is more than a transaction takes
   */
  static List<Op> steps(Commit commit) {
    KvSteps all = new KvSteps(commit.before().name());
    all.add(commit);
    long bytes = all.steps.stream().mapToLong(KvSteps::size).sum();
    if (all.steps.size() >= KvRules.MAX_STEPS || bytes > KvRules.MAX_TXN_BYTES) {
      throw new Failure(
          TOO_LARGE,
          "a release must fit into one transaction: about 60 changes of keys that are there, 120"
              + " new keys, and 2 MiB of values before and after");
    }
    return all.steps;
  }

  private static long size(Op op) {
    return op instanceof Op.Put put ? put.value().length() + OVERHEAD : OVERHEAD;
  }

  static Optional<Entry> change(String key, Bytes value) {
    return value.equals(REMOVED) ? Optional.empty() : Optional.of(Entry.decode(key, value));
  }

  private void add(Commit commit) {
    Namespace before = commit.before();
    Namespace after = commit.after();
    put(KvKeys.HEAD, "", Bytes.utf8(head(after).encode()));
    differing(KvKeys.ENTRY, before.entries(), after.entries());
    after.entries().forEach((key, entry) -> putChanged(before, key, entry));
    differing(KvKeys.RULE, before.rules(), after.rules());
    after.rules().forEach((name, rule) -> putChanged(before, rule));
    differing(KvKeys.GRAY, before.grays(), after.grays());
    before.grays().values().stream()
        .filter(gray -> !after.grays().containsKey(gray.name()))
        .forEach(gray -> remove(gray));
    after.grays().values().forEach(gray -> putChanged(before.grays().get(gray.name()), gray));
    for (Past past : commit.past()) {
      Bytes key = KvKeys.past(namespace, past.until(), past.entry().key());
      steps.add(Op.put(key, past.entry().encode()));
    }
    commit
        .released()
        .ifPresent(
            released ->
                steps.add(
                    Op.put(
                        KvKeys.release(namespace, released.revision()),
                        Bytes.utf8(released.encode().encode()))));
    if (commit.forget() > 0) {
      steps.add(new Op.Delete(KvKeys.releases(namespace, 0, commit.forget()), false));
      steps.add(new Op.Delete(KvKeys.past(namespace, 0, commit.forget()), false));
    }
  }

  static JsonObject head(Namespace after) {
    JsonArray done = new JsonArray();
    after.done().forEach(each -> done.add(each.toJson()));
    return new JsonObject()
        .put("revision", after.revision())
        .put("done", done)
        .put("kept", after.kept().toJson());
  }

  /** Removes what is no more there. */
  private void differing(char kind, Map<String, ?> before, Map<String, ?> after) {
    for (String name : before.keySet()) {
      if (!after.containsKey(name)) {
        steps.add(Op.delete(KvKeys.live(namespace, kind, name)));
      }
    }
  }

  private void putChanged(Namespace before, String key, Entry entry) {
    if (!entry.equals(before.entries().get(key))) {
      put(KvKeys.ENTRY, key, entry.encode());
    }
  }

  private void putChanged(Namespace before, ValueRule rule) {
    if (!rule.equals(before.rules().get(rule.name()))) {
      put(KvKeys.RULE, rule.name(), Bytes.utf8(rule.toJson().encode()));
    }
  }

  private void remove(Gray gray) {
    for (String key : gray.changes().keySet()) {
      steps.add(Op.delete(KvKeys.live(namespace, KvKeys.GRAY_CHANGE, gray.name() + "\0" + key)));
    }
  }

  private void putChanged(@org.jspecify.annotations.Nullable Gray before, Gray gray) {
    if (gray.equals(before)) {
      return;
    }
    put(KvKeys.GRAY, gray.name(), Bytes.utf8(gray.headJson().encode()));
    Map<String, Optional<Entry>> had = before == null ? Map.of() : before.changes();
    gray.changes()
        .forEach(
            (key, change) -> {
              if (!change.equals(had.get(key))) {
                put(
                    KvKeys.GRAY_CHANGE,
                    gray.name() + "\0" + key,
                    change.map(Entry::encode).orElse(REMOVED));
              }
            });
    for (String key : had.keySet()) {
      if (!gray.changes().containsKey(key)) {
        steps.add(Op.delete(KvKeys.live(namespace, KvKeys.GRAY_CHANGE, gray.name() + "\0" + key)));
      }
    }
  }

  private void put(char kind, String name, Bytes value) {
    steps.add(Op.put(KvKeys.live(namespace, kind, name), value));
  }
}
