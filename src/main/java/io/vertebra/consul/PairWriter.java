package io.vertebra.consul;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes single pairs. What is to be written is decided by the pair that is there, and written if
 * it is that one still; else it is decided anew.
 *
 * <p>Source: the functions {@code kvsSetTxn}, {@code kvsLockTxn} and {@code kvsUnlockTxn} of
 * Consul's state store.
 */
final class PairWriter {
  private static final int MAX_ATTEMPTS = 50;

  private final KvService kv;
  private final SessionEnd end;

  PairWriter(KvService kv, SessionEnd end) {
    this.kv = kv;
    this.end = end;
  }

  /** What is to be done with the pair that is there. */
  private record Decision(Optional<Boolean> answer, List<Op> steps) {
    static Decision answer(boolean answer) {
      return new Decision(Optional.of(answer), List.of());
    }

    static Decision write(Pair pair) {
      return new Decision(
          Optional.empty(), List.of(Op.put(Layout.pair(pair.key()), pair.encode())));
    }
  }

  /** Decides on a pair; empty if there is none. */
  private interface Rule extends Function<Optional<Pair>, Decision> {}

  /** Writes a pair, locked as it is; what is written so already is not written again. */
  Future<Boolean> put(Pair pair, Guard guard) {
    return change(pair.key(), now -> set(now, pair, guard), guard, true, MAX_ATTEMPTS);
  }

  /**
   * Writes a pair if it was last written at a revision.
   *
   * @param index 0 for a pair that is not there
   */
  Future<Boolean> putIf(Pair pair, long index, Guard guard) {
    Rule rule =
        now ->
            now.map(Pair::modifyIndex).orElse(0L) == index
                ? set(now, pair, guard)
                : Decision.answer(false);
    return change(pair.key(), rule, guard, true, MAX_ATTEMPTS);
  }

  private static Decision set(Optional<Pair> now, Pair pair, Guard guard) {
    Pair next = now.orElse(pair).holding(pair.value(), pair.flags());
    boolean written = now.isPresent() && now.get().equals(next);
    return written && guard.fence().isEmpty() ? Decision.answer(true) : Decision.write(next);
  }

  Future<Boolean> remove(String key, Guard guard) {
    return change(
        key,
        now -> now.map(PairWriter::removal).orElse(Decision.answer(true)),
        guard,
        true,
        MAX_ATTEMPTS);
  }

  /** Removes a pair if it was last written at a revision. */
  Future<Boolean> removeIf(String key, long index, Guard guard) {
    Rule rule =
        now ->
            now.filter(pair -> pair.modifyIndex() == index)
                .map(PairWriter::removal)
                .orElse(Decision.answer(false));
    return change(key, rule, guard, true, MAX_ATTEMPTS);
  }

  private static Decision removal(Pair pair) {
    List<Op> steps = new ArrayList<>(List.of(Op.delete(Layout.pair(pair.key()))));
    steps.addAll(Marks.touch(Marks.ofRemoved(pair.key())));
    return new Decision(Optional.empty(), steps);
  }

  /** Removes all pairs whose keys begin with a prefix. */
  Future<Boolean> removeTree(String prefix, Guard guard) {
    KeyRange range = Layout.pairs(prefix);
    List<Op> steps = new ArrayList<>(List.of(new Op.Delete(range, false)));
    steps.addAll(Marks.touch(Marks.ofRemovedTree(prefix)));
    Compare any =
        new Compare(range, Compare.Target.VERSION, Compare.Relation.GREATER, 0, Bytes.EMPTY);
    return kv.txn(guard.on(Txn.when(any, steps.toArray(Op[]::new)))).map(true);
  }

  /** Unlocks a pair and writes it; false if the session does not hold it. */
  Future<Boolean> release(Pair pair, String session, Guard guard) {
    Rule rule =
        now ->
            now.filter(held -> held.session().equals(session) && !session.isEmpty())
                .map(held -> unlocking(held, pair))
                .orElse(Decision.answer(false));
    return change(pair.key(), rule, guard, false, MAX_ATTEMPTS);
  }

  private static Decision unlocking(Pair held, Pair wanted) {
    Pair next = held.unlocked().holding(wanted.value(), wanted.flags());
    return new Decision(
        Optional.empty(),
        List.of(
            Op.put(Layout.pair(next.key()), next.encode()),
            Op.delete(Layout.held(held.session(), held.key()))));
  }

  /** Locks a pair and writes it; false if another session holds it or lately held it. */
  Future<Boolean> acquire(Pair pair, String session, Guard guard) {
    return acquire(pair, session, guard, MAX_ATTEMPTS);
  }

  private Future<Boolean> acquire(Pair pair, String session, Guard guard, int attempts) {
    if (attempts == 0) {
      return tooOften(pair.key());
    }
    return requireSession(session)
        .compose(there -> kv.get(Layout.pair(pair.key())))
        .compose(
            entry -> {
              Optional<Pair> now = entry.map(Pair::of);
              boolean others =
                  now.map(held -> held.isLocked() && !held.session().equals(session)).orElse(false);
              if (!others) {
                return lock(pair, now, session, guard, attempts);
              }
              String holder = now.map(Pair::session).orElse("");
              return hasEnded(holder)
                  .compose(
                      ended ->
                          ended
                              ? end.complete(holder)
                                  .compose(done -> acquire(pair, session, guard, attempts - 1))
                              : Future.succeededFuture(false));
            });
  }

  private Future<Boolean> lock(
      Pair pair, Optional<Pair> now, String session, Guard guard, int attempts) {
    Pair next = now.orElse(pair).lockedBy(session).holding(pair.value(), pair.flags());
    if (now.isPresent() && now.get().equals(next) && guard.fence().isEmpty()) {
      return Future.succeededFuture(true);
    }
    Bytes place = Layout.pair(pair.key());
    Bytes delay = Layout.delay(pair.key());
    Txn txn =
        new Txn(
            List.of(
                Compare.modifiedAt(place, now.map(Pair::modifyIndex).orElse(0L)),
                Compare.exists(Layout.session(session)),
                Compare.absent(delay)),
            List.of(
                Op.put(place, next.encode()),
                Op.put(Layout.held(session, pair.key()), Bytes.EMPTY)),
            List.of(Op.get(delay)),
            Optional.empty(),
            "");
    return kv.txn(guard.on(txn))
        .compose(
            done -> {
              if (done.succeeded() || first(done).isPresent()) {
                return Future.succeededFuture(done.succeeded());
              }
              return acquire(pair, session, guard, attempts - 1);
            });
  }

  /** Fails in Consul's words if there is no such session. */
  Future<Void> requireSession(String session) {
    if (session.isEmpty()) {
      return Future.failedFuture(ConsulException.refused("missing session"));
    }
    return hasEnded(session)
        .compose(
            ended ->
                ended
                    ? Future.failedFuture(
                        ConsulException.refused("invalid session \"" + session + "\""))
                    : Future.succeededFuture());
  }

  private Future<Boolean> hasEnded(String session) {
    return Session.isId(session)
        ? kv.get(Layout.session(session)).map(Optional::isEmpty)
        : Future.succeededFuture(true);
  }

  /**
   * Does what a rule decides.
   *
   * @param local whether the decision may be on an old pair at first; then the write finds out, and
   *     what is not to be written is decided again
   */
  private Future<Boolean> change(String key, Rule rule, Guard guard, boolean local, int attempts) {
    RangeRequest request = RangeRequest.one(Layout.pair(key));
    return kv.range(local ? request.locally() : request)
        .compose(read -> change(key, rule, guard, local, attempts, read.first()));
  }

  private Future<Boolean> change(
      String key, Rule rule, Guard guard, boolean local, int attempts, Optional<KvEntry> entry) {
    if (attempts == 0) {
      return tooOften(key);
    }
    Decision decision = rule.apply(entry.map(Pair::of));
    if (decision.answer().isPresent()) {
      return local
          ? change(key, rule, guard, false, attempts)
          : Future.succeededFuture(decision.answer().get());
    }
    Bytes place = Layout.pair(key);
    Compare unchanged = Compare.modifiedAt(place, entry.map(KvEntry::modRevision).orElse(0L));
    Txn txn = Txn.when(unchanged, decision.steps().toArray(Op[]::new)).otherwise(Op.get(place));
    return kv.txn(guard.on(txn))
        .compose(
            done ->
                done.succeeded()
                    ? Future.succeededFuture(true)
                    : change(key, rule, guard, false, attempts - 1, first(done)));
  }

  private static Optional<KvEntry> first(TxnResult done) {
    return done.results().get(0) instanceof OpResult.Get get
        ? get.result().first()
        : Optional.empty();
  }

  private static Future<Boolean> tooOften(String key) {
    return Failure.future(FailureCode.CONFLICT, "the key " + key + " changes too often at present");
  }
}
