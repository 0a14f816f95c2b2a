package io.vertebra.kv;

import com.dynatrace.hash4j.hashing.Hashing;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.spill.ValueFaultException;
import io.vertebra.kv.spill.ValueGoneException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store's data. It changes by commands alone, so that it is the same wherever the same commands
 * were applied. One thread applies; any thread reads, without a lock.
 */
final class KvState {
  /** Of an empty store, as in etcd. */
  static final long FIRST_REVISION = 1;

  private final KvGroup group;
  private final Supplier<Values> values;
  private volatile StateData data;

  /** What is being restored; null if nothing is. */
  private volatile @Nullable Gathered gathered;

  /**
   * Empty.
   *
   * @param group whose state it is
   * @param values makes those of one state after another
   */
  KvState(KvGroup group, Supplier<Values> values) {
    this.group = group;
    this.values = values;
    this.data = StateData.empty(values.get());
  }

  /**
   * Applies a command. What is refused changes nothing.
   *
   * @return the answer, for {@link Codec#txn} or {@link Codec#revision}
   */
  byte[] apply(Command command) {
    try {
      return write(command);
    } catch (Failure refusal) {
      return ResultCodec.refusal(refusal);
    }
  }

  private byte[] write(Command command) {
    StateData now = data;
    if (command instanceof Command.Transact transact) {
      return transact(now, transact.txn());
    }
    if (command instanceof Command.Grant grant) {
      grant(now, grant);
    } else if (command instanceof Command.Revoke revoke) {
      end(now, now.leases().get(revoke.id()));
    } else if (command instanceof Command.Expire expire) {
      expire(now, expire);
    } else if (command instanceof Command.Compact compact) {
      compact(now.versions(), compact.revision());
    } else {
      restore(command);
    }
    return present();
  }

  private void restore(Command command) {
    if (command instanceof Command.BeginRestore begin) {
      gather(Gathered.begin(begin.id(), values.get()));
    } else if (command instanceof Command.Restore part) {
      gathered(part.id()).insert(part, data.leases());
    } else if (command instanceof Command.EndRestore end) {
      replace(gathered(end.id()).after(data, end, group.content()), null);
    } else if (command instanceof Command.CancelRestore cancel && isRestoring(cancel.id())) {
      gather(null);
    }
  }

  private void gather(@Nullable Gathered next) {
    Gathered before = gathered;
    gathered = next;
    if (before != null) {
      before.retire();
    }
  }

  private void replace(StateData next, @Nullable Gathered beside) {
    StateData before = data;
    data = next;
    gathered = beside;
    before.versions().retire();
  }

  private boolean isRestoring(long id) {
    Gathered now = gathered;
    return now != null && now.id() == id;
  }

  private Gathered gathered(long id) {
    Gathered now = gathered;
    if (now == null || now.id() != id) {
      throw new Failure(FailureCode.CONFLICT, "the restore was given up, or another one began");
    }
    return now;
  }

  private byte[] present() {
    return ResultCodec.revision(revision());
  }

  private static byte[] transact(StateData now, Txn txn) {
    String key = txn.idempotencyKey();
    if (key.isEmpty()) {
      return ResultCodec.txn(run(now, txn));
    }
    byte[] unkeyed = Codec.encode(new Command.Transact(txn.once("")));
    long hash = Hashing.xxh3_64().hashBytesToLong(unkeyed);
    KeptAnswers.Kept kept = now.kept().find(key);
    if (kept == null) {
      TxnResult result = run(now, txn);
      byte[] answer = ResultCodec.txn(result);
      if (!result.isRefusal()) {
        now.kept().keep(new KeptAnswers.Kept(key, hash, answer));
      }
      return answer;
    }
    if (kept.hash != hash) {
      throw new Failure(
          FailureCode.MISMATCH, "idempotency key " + key + " belongs to another transaction");
    }
    return ResultCodec.replayed(kept.answer);
  }

  private static TxnResult run(StateData now, Txn txn) {
    TxnShape.check(txn, now.versions().revision() + 1);
    return new TxnRun(now.versions(), now.leases(), now.fences(), txn).run();
  }

  private static void grant(StateData now, Command.Grant grant) {
    TxnShape.checkLease(grant.id(), grant.ttlMs());
    now.leases().checkFree(grant.id());
    now.leases().grant(grant.id(), grant.ttlMs());
  }

  private static void expire(StateData now, Command.Expire expire) {
    HeldLease lease = now.leases().get(expire.id());
    if (lease.term().generation() != expire.generation()) {
      throw Leases.notFound(expire.id());
    }
    end(now, lease);
  }

  private static void end(StateData now, HeldLease lease) {
    Versions versions = now.versions();
    long at = versions.revision() + 1;
    if (now.leases().end(lease, versions, at)) {
      versions.publish(at);
    }
  }

  private static void compact(Versions versions, long revision) {
    if (revision > versions.revision()) {
      throw Failure.invalid(
          "/revision", "is " + revision + ", yet the store is at " + versions.revision());
    }
    if (revision <= versions.compactedRevision()) {
      throw new Failure(
          FailureCode.COMPACTED,
          "revision " + revision + " is compacted, up to " + versions.compactedRevision());
    }
    versions.compact(revision);
  }

  /**
   * Takes back some memory of what is compacted; for the thread that applies.
   *
   * @return whether there may be more
   */
  boolean trim() {
    return data.versions().trim();
  }

  /** The result kept of a batch, and what else is known of proposers; for the applying thread. */
  Sessions sessions() {
    return data.sessions();
  }

  Versions versions() {
    return data.versions();
  }

  /** Which of the node's stores it is. */
  KvGroup group() {
    return group;
  }

  /** Reads the entries of a range as this replica has them. */
  RangeResult range(RangeRequest request) {
    while (true) {
      Versions now = versions();
      try {
        return now.range(request, TxnRun.MAX_ANSWER);
      } catch (ValueGoneException e) {
        if (versions() == now) {
          throw new Failure(FailureCode.UNAVAILABLE, "the store is made anew");
        }
      } catch (ValueFaultException e) {
        throw new Failure(FailureCode.UNAVAILABLE, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Reads an entry as this replica has it without blocking; empty if that may block. */
  Optional<RangeResult> rangeInMemory(RangeRequest request) {
    return Optional.ofNullable(data.versions().rangeInMemory(request));
  }

  /** A lease; its keys go on changing. */
  Optional<HeldLease> lease(long id) {
    return data.leases().find(id);
  }

  /** All leases in the order of their ids; goes on changing. */
  Leases leases() {
    return data.leases();
  }

  long revision() {
    return data.versions().revision();
  }

  /** What was before is not to be had here. */
  long compactedRevision() {
    return data.versions().oldestRevision();
  }

  /** What is being restored. */
  Optional<Gathered> gathered() {
    return Optional.ofNullable(gathered);
  }

  long keys() {
    return data.versions().keys();
  }

  /** Heap bytes of all that is kept, about. */
  long bytes() {
    Gathered now = gathered;
    return data.bytes() + (now == null ? 0 : now.bytes());
  }

  /** How many changes can be told again. */
  long historyEvents() {
    History history = data.versions().history();
    return history.end() - history.first();
  }

  /** The revision of the oldest change that can be told again; the next one if there is none. */
  long oldestHistoryRevision() {
    Versions versions = data.versions();
    Version oldest = versions.history().get(versions.history().first());
    return oldest == null ? versions.revision() + 1 : oldest.modRevision;
  }

  /** The state as it is now, and what is being restored; for the applying thread. */
  StateImage image() {
    return StateImage.ofReplica(group, data, gathered);
  }

  /** The state as it is now, for those who may put it back one day; for the applying thread. */
  StateImage backup() {
    return StateImage.ofBackup(group, data);
  }

  /** Puts an image in place of all this; for the applying thread. */
  void load(InputStream image) throws IOException {
    StateLoader loaded = StateLoader.load(image, data.versions().history().end(), values);
    StateData next = loaded.data();
    Gathered beside = loaded.gathered();
    gather(null);
    replace(next, beside);
  }

  /** Forgets all; for the applying thread. */
  void reset() {
    gather(null);
    replace(StateData.empty(values.get(), data.versions().history().end()), null);
  }
}
