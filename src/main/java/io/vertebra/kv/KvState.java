package io.vertebra.kv;

import com.dynatrace.hash4j.hashing.Hashing;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The store's data. It changes by commands alone, so that it is the same wherever the same commands
 * were applied. One thread applies; any thread reads, without a lock.
 */
final class KvState {
  /** Of an empty store, as in etcd. */
  static final long FIRST_REVISION = 1;

  private volatile StateData data =
      new StateData(
          new Versions(FIRST_REVISION, 0, 0, 0),
          new Leases(),
          new Fences(),
          new Sessions(),
          new KeptAnswers(),
          false);

  /**
   * Applies a command. What is refused changes nothing.
   *
   * @return the answer, for {@link Codec#txn} or {@link Codec#revision}
   */
  byte[] apply(Command command) {
    try {
      if (command instanceof Command.BeginRestore) {
        data = data.emptied();
        return present();
      }
      if (command instanceof Command.Restore restore) {
        restored().insert(restore);
        return present();
      }
      if (command instanceof Command.EndRestore end) {
        data = restored().completed(end);
        return present();
      }
      return write(command);
    } catch (Failure refusal) {
      return ResultCodec.refusal(refusal);
    }
  }

  private byte[] write(Command command) {
    StateData now = serving();
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
    }
    return present();
  }

  private byte[] present() {
    return ResultCodec.revision(revision());
  }

  private StateData serving() {
    StateData now = data;
    if (now.restoring()) {
      throw new Failure(FailureCode.UNAVAILABLE, "the store is being restored");
    }
    return now;
  }

  private StateData restored() {
    StateData now = data;
    if (!now.restoring()) {
      throw new Failure(FailureCode.CONFLICT, "no restore is under way");
    }
    return now;
  }

  private static byte[] transact(StateData now, Txn txn) {
    String key = txn.idempotencyKey();
    if (key.isEmpty()) {
      return run(now, txn);
    }
    byte[] unkeyed = Codec.encode(new Command.Transact(txn.once("")));
    long hash = Hashing.xxh3_64().hashBytesToLong(unkeyed);
    KeptAnswers.Kept kept = now.kept().find(key);
    if (kept == null) {
      byte[] answer = run(now, txn);
      now.kept().keep(new KeptAnswers.Kept(key, hash, answer));
      return answer;
    }
    if (kept.hash != hash) {
      throw new Failure(
          FailureCode.CONFLICT, "idempotency key " + key + " belongs to another transaction");
    }
    return ResultCodec.replayed(kept.answer);
  }

  private static byte[] run(StateData now, Txn txn) {
    TxnShape.check(txn);
    return ResultCodec.txn(new TxnRun(now.versions(), now.leases(), now.fences(), txn).run());
  }

  private static void grant(StateData now, Command.Grant grant) {
    if (grant.id() == 0 || grant.ttlMs() == 0) {
      throw Failure.invalid("", "a lease has an id and a time, neither of which is 0");
    }
    if (now.leases().contains(grant.id())) {
      throw new Failure(FailureCode.CONFLICT, "a lease has the id " + grant.id());
    }
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
    List<Bytes> keys = lease.keys();
    for (Bytes key : keys) {
      Version present = versions.present(key);
      if (present != null) {
        versions.remove(present, at);
        now.leases().move(key, lease.term().id(), 0);
      }
    }
    now.leases().end(lease);
    if (!keys.isEmpty()) {
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

  /** Takes back some memory of what is compacted; for the thread that applies. */
  void trim() {
    data.versions().trim();
  }

  /** The result kept of a batch, and what else is known of proposers; for the applying thread. */
  Sessions sessions() {
    return data.sessions();
  }

  Versions versions() {
    return data.versions();
  }

  /** Reads the entries of a range as this replica has them. */
  RangeResult range(RangeRequest request) {
    return serving().versions().range(request, TxnRun.MAX_ANSWER);
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

  boolean isRestoring() {
    return data.restoring();
  }

  long keys() {
    return data.versions().keys();
  }

  /** Heap bytes of all that is kept, about. */
  long bytes() {
    return data.bytes();
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

  /** The state as it is now; for the applying thread. */
  Replica.Image image() {
    return new StateImage(data);
  }

  /** Puts an image in place of all this; for the applying thread. */
  void load(InputStream image) throws IOException {
    data = StateLoader.load(image, data.versions().history().end());
  }
}
