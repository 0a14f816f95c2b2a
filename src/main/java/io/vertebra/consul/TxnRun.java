package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;

/**
 * Does the operations of a transaction one after another, each on what those before it left,
 * without a store: what comes of it is written by {@link TxnCommit}.
 *
 * <p>Source: the functions of {@code state/txn.go} of Consul, whose errors these are.
 */
final class TxnRun {
  private final TxnBasis basis;
  private final CatalogRun catalog;
  private final TreeMap<Bytes, Pair> present;
  private final Set<String> written = new TreeSet<>();
  private final Set<String> locked = new TreeSet<>();
  private final Set<String> unlocked = new TreeSet<>();
  private final List<LongFunction<JsonObject>> results = new ArrayList<>();
  private final JsonArray errors = new JsonArray();

  /**
   * @param catalog what is done with the catalog
   */
  TxnRun(TxnBasis basis, CatalogRun catalog) {
    this.basis = basis;
    this.catalog = catalog;
    this.present = new TreeMap<>(basis.pairs());
  }

  void run(List<TxnOperation> operations) {
    for (int i = 0; i < operations.size(); i++) {
      try {
        run(operations.get(i));
      } catch (Refusal refusal) {
        errors.add(new JsonObject().put("OpIndex", i).put("What", refusal.getMessage()));
      }
    }
  }

  JsonArray errors() {
    return errors;
  }

  /** The results, once it is known at which revision all was written. */
  JsonArray results(long revision) {
    return new JsonArray(results.stream().map(result -> result.apply(revision)).toList());
  }

  /** Keys that were written or removed. */
  Set<String> written() {
    return written;
  }

  /** What such a key holds now; empty if it was removed. */
  Optional<Pair> now(String key) {
    return Optional.ofNullable(present.get(Layout.pair(key)));
  }

  /** Keys that became locked by the session that they have now, and are so still. */
  Set<String> locked() {
    return locked;
  }

  /** Keys that are no more locked by the session that they had. */
  Set<String> unlocked() {
    return unlocked;
  }

  private void run(TxnOperation operation) {
    if (operation instanceof CatalogStep step) {
      catalog.run(step).ifPresent(results::add);
    } else if (operation instanceof TxnStep step) {
      run(step);
    }
  }

  private void run(TxnStep step) {
    switch (step.verb()) {
      case SET -> set(step);
      case CAS -> {
        require(index(step) == step.index(), "failed to set key %s, index is stale", step);
        set(step);
      }
      case LOCK -> lock(step);
      case UNLOCK -> unlock(step);
      case GET -> tell(existing(step, "key %s doesn't exist"));
      case GET_TREE -> below(step.key()).values().forEach(this::tell);
      case CHECK_INDEX -> checkIndex(step);
      case CHECK_SESSION -> checkSession(step);
      case CHECK_NOT_EXISTS -> require(now(step.key()).isEmpty(), "key %s exists", step);
      case DELETE -> remove(step.key());
      case DELETE_TREE ->
          List.copyOf(below(step.key()).values()).forEach(pair -> remove(pair.key()));
      case DELETE_CAS -> {
        boolean same = step.index() > 0 && index(step) == step.index();
        require(same, "failed to delete key %s, index is stale", step);
        remove(step.key());
      }
    }
  }

  private void set(TxnStep step) {
    write(now(step.key()).orElse(step.pair()).holding(step.value(), step.flags()));
  }

  private void lock(TxnStep step) {
    String session = step.session();
    if (!basis.sessions().contains(session)) {
      throw new Refusal(
          session.isEmpty() ? "missing session" : "invalid session \"" + session + "\"");
    }
    Optional<Pair> now = now(step.key());
    String holder = now.map(Pair::session).orElse("");
    boolean free = holder.isEmpty() || holder.equals(session);
    require(free, "failed to lock key %s, lock is already held", step);
    boolean delayed = holder.isEmpty() && basis.delayed().contains(step.key());
    require(!delayed, "failed to lock key %s due to lock delay", step);
    Pair pair = now.orElse(step.pair()).lockedBy(session).holding(step.value(), step.flags());
    write(pair);
    locked.add(step.key());
    unlocked.remove(step.key());
  }

  private void unlock(TxnStep step) {
    Optional<Pair> held =
        now(step.key()).filter(pair -> pair.isLocked() && pair.session().equals(step.session()));
    require(
        held.isPresent(),
        "failed to unlock key %s, lock isn't held, or is held by another session",
        step);
    write(held.orElse(step.pair()).unlocked().holding(step.value(), step.flags()));
    locked.remove(step.key());
    unlocked.add(step.key());
  }

  private void checkIndex(TxnStep step) {
    Pair pair = existing(step, "failed to check index, key %s doesn't exist");
    require(
        pair.modifyIndex() == step.index(),
        "current modify index of key %s is not " + step.index(),
        step);
    tellWithoutValue(pair);
  }

  private void checkSession(TxnStep step) {
    Pair pair = existing(step, "failed to check session, key %s doesn't exist");
    require(
        pair.session().equals(step.session()),
        "failed session check for key %s, current session is \"" + pair.session() + "\"",
        step);
    tellWithoutValue(pair);
  }

  private Pair existing(TxnStep step, String otherwise) {
    return now(step.key()).orElseThrow(() -> refusal(otherwise, step));
  }

  private long index(TxnStep step) {
    return now(step.key()).map(Pair::modifyIndex).orElse(0L);
  }

  private Map<Bytes, Pair> below(String prefix) {
    Bytes from = Layout.pair(prefix);
    return present.subMap(from, from.prefixEnd());
  }

  /** What is as it is to be is not written again. */
  private void write(Pair pair) {
    if (now(pair.key()).filter(pair::equals).isEmpty()) {
      Pair next = pair.writtenAt(pending());
      present.put(Layout.pair(pair.key()), next);
      written.add(pair.key());
    }
    tellWithoutValue(now(pair.key()).orElse(pair));
  }

  /** Stands for the revision at which all is written. */
  private static long pending() {
    return Long.MAX_VALUE;
  }

  private void remove(String key) {
    if (present.remove(Layout.pair(key)) != null) {
      written.add(key);
      locked.remove(key);
    }
  }

  private void tell(Pair pair) {
    results.add(revision -> new JsonObject().put("KV", settled(pair, revision).toJson()));
  }

  private void tellWithoutValue(Pair pair) {
    results.add(
        revision -> new JsonObject().put("KV", settled(pair, revision).toJson().putNull("Value")));
  }

  private static Pair settled(Pair pair, long revision) {
    if (pair.modifyIndex() != pending()) {
      return pair;
    }
    long created = pair.createIndex() == pending() ? revision : pair.createIndex();
    return new Pair(
        pair.key(),
        pair.value(),
        pair.flags(),
        pair.session(),
        pair.lockIndex(),
        created,
        revision);
  }

  private static void require(boolean holds, String otherwise, TxnStep step) {
    if (!holds) {
      throw refusal(otherwise, step);
    }
  }

  private static Refusal refusal(String sentence, TxnStep step) {
    return new Refusal(sentence.replace("%s", "\"" + step.key() + "\""));
  }
}
