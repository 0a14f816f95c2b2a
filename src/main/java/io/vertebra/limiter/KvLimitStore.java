package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * States in the kv store, which survive the end of all nodes. The time is that of the node that
 * asks. Each change is one transaction that compares what it was decided on.
 */
final class KvLimitStore implements LimitStore {
  private static final String STATE = "\0limiter-state/";
  private static final KeyRange ALL = KeyRange.prefix(Bytes.utf8(STATE));
  private static final int ATTEMPTS = 30;

  /** As many as fit in one transaction. */
  private static final int SWEEP_AT_ONCE = 60;

  private static final int MOST_STEPS = 400;
  private static final long MOST_MICROS = 500_000;

  private final KvService kv;
  private final LongSupplier micros;
  private final long maxKeys;
  private volatile long counted;
  private volatile Bytes swept = ALL.from();

  KvLimitStore(KvService kv, LongSupplier micros, long maxKeys) {
    this.kv = kv;
    this.micros = micros;
    this.maxKeys = maxKeys;
  }

  @Override
  public Future<Decision> change(String key, Change change) {
    return change(RangeRequest.one(Bytes.utf8(STATE + key)).locally(), change, ATTEMPTS);
  }

  /** What this node has may be old: a transaction guards a change, but nothing else does. */
  private Future<Decision> change(RangeRequest read, Change change, int attempts) {
    return kv.range(read)
        .compose(
            found -> {
              Optional<KvEntry> entry = found.first();
              KeyState before =
                  entry.map(each -> StateCodec.state(each.value().unsafeArray())).orElse(null);
              Change.Step step = change.on(before, micros.getAsLong());
              if (!step.changes()) {
                return read.serializable()
                    ? again(read, change, attempts)
                    : Future.succeededFuture(step.decision());
              }
              return before == null && counted >= maxKeys
                  ? Failure.future(FailureCode.UNAVAILABLE, "there is no room for another key")
                  : write(read, change, entry, step, attempts);
            });
  }

  private Future<Decision> write(
      RangeRequest read, Change change, Optional<KvEntry> entry, Change.Step step, int attempts) {
    Bytes key = read.range().from();
    KeyState next = step.next();
    Op op = next == null ? Op.delete(key) : Op.put(key, Bytes.wrap(StateCodec.encode(next)));
    Compare same = Compare.modifiedAt(key, entry.map(KvEntry::modRevision).orElse(0L));
    return kv.txn(Txn.when(same, op))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(step.decision())
                    : again(read, change, attempts));
  }

  private Future<Decision> again(RangeRequest read, Change change, int attempts) {
    return attempts == 1
        ? Failure.future(FailureCode.UNAVAILABLE, "the key changes too often at present")
        : change(RangeRequest.one(read.range().from()), change, attempts - 1);
  }

  /** Counts the keys, for the bound on them. */
  Future<Long> count() {
    RangeRequest count = new RangeRequest(ALL, 0, 0, false, true, true, true);
    return kv.range(count).map(found -> counted = found.count());
  }

  /**
   * Forgets keys that are as good as new, to the last key or for half a second; the next time it
   * goes on where it stood.
   */
  Future<Void> sweep() {
    return sweep(MOST_STEPS, micros.getAsLong() + MOST_MICROS);
  }

  private Future<Void> sweep(int steps, long end) {
    return sweepSome()
        .compose(
            more ->
                more && steps > 1 && micros.getAsLong() < end
                    ? sweep(steps - 1, end)
                    : Future.succeededFuture());
  }

  /** Looks at some keys; yields whether there are more. */
  private Future<Boolean> sweepSome() {
    KeyRange rest = new KeyRange(swept, ALL.to());
    return kv.range(RangeRequest.all(rest).limited(SWEEP_AT_ONCE).locally())
        .compose(
            found -> {
              List<KvEntry> entries = found.entries();
              swept = found.more() ? entries.get(entries.size() - 1).key().successor() : ALL.from();
              return forget(entries).map(found.more());
            });
  }

  private Future<Void> forget(List<KvEntry> entries) {
    long now = micros.getAsLong();
    List<Op> steps = new ArrayList<>();
    for (KvEntry entry : entries) {
      if (StateCodec.state(entry.value().unsafeArray()).freshAt() <= now) {
        Compare same = Compare.modifiedAt(entry.key(), entry.modRevision());
        steps.add(new Op.Choice(List.of(same), List.of(Op.delete(entry.key())), List.of()));
      }
    }
    return steps.isEmpty()
        ? Future.succeededFuture()
        : kv.txn(Txn.of(steps.toArray(Op[]::new))).mapEmpty();
  }
}
