package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.spill.Held;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * A transaction on its way: first it is checked wholly, then it is done, and then nothing can fail
 * any more. All compares, those within too, see the store as it was before the first step.
 *
 * <p>Source: etcd's {@code applierV3backend.Txn}.
 */
final class TxnRun {
  /** Most bytes of keys and values that a transaction answers, but for one entry of each get. */
  static final long MAX_ANSWER = 4 << 20;

  private final Versions versions;
  private final Leases leases;
  private final Fences fences;
  private final Txn txn;
  private final long before;
  private final Queue<Boolean> choices = new ArrayDeque<>();
  private final Set<Long> granted = new HashSet<>();
  private final Set<Long> used = new HashSet<>();
  private final Set<Long> ended = new HashSet<>();
  private boolean changed;
  private long told;

  TxnRun(Versions versions, Leases leases, Fences fences, Txn txn) {
    this.versions = versions;
    this.leases = leases;
    this.fences = fences;
    this.txn = txn;
    this.before = versions.revision();
  }

  /** Throws the failure, having changed nothing; otherwise publishes all that was done. */
  TxnResult run() {
    txn.fence().ifPresent(fence -> fences.check(fence, before));
    List<Op> steps = choose(txn.compares(), txn.then(), txn.otherwise());
    Queue<Boolean> taken = new ArrayDeque<>(choices);
    boolean succeeded = taken.remove();
    check(steps, taken);
    return perform(steps, succeeded);
  }

  private TxnResult perform(List<Op> steps, boolean succeeded) {
    boolean ignored = choices.remove();
    told = 0;
    txn.fence().ifPresent(fence -> fences.learn(fence.lock(), fence.token(), 0));
    List<OpResult> results = results(steps);
    if (changed) {
      versions.publish(before + 1);
    }
    return new TxnResult(now(), succeeded, results, false);
  }

  private List<Op> choose(List<Compare> compares, List<Op> then, List<Op> otherwise) {
    boolean holds = compares.stream().allMatch(this::holds);
    choices.add(holds);
    List<Op> steps = holds ? then : otherwise;
    for (Op op : steps) {
      if (op instanceof Op.Choice within) {
        List<Op> ignored = choose(within.compares(), within.then(), within.otherwise());
      }
    }
    return steps;
  }

  private boolean holds(Compare compare) {
    boolean none =
        compare.target() != Compare.Target.VALUE
            && holds(compare, Long.compare(0, compare.number()));
    return versions.all(compare.range(), none, version -> holds(compare, order(compare, version)));
  }

  private static int order(Compare compare, Version version) {
    return switch (compare.target()) {
      case VERSION -> Long.compare(version.number, compare.number());
      case CREATE_REVISION -> Long.compare(version.createRevision, compare.number());
      case MOD_REVISION -> Long.compare(version.modRevision, compare.number());
      case LEASE -> Long.compare(version.lease, compare.number());
      case VALUE -> version.bytes().compareTo(compare.value());
    };
  }

  private static boolean holds(Compare compare, int order) {
    return switch (compare.relation()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
    };
  }

  private void check(List<Op> steps, Queue<Boolean> taken) {
    for (Op op : steps) {
      if (op instanceof Op.Put put) {
        check(put);
      } else if (op instanceof Op.Add add) {
        check(add);
      } else if (op instanceof Op.Append append) {
        check(append);
      } else if (op instanceof Op.Grant grant) {
        check(grant);
      } else if (op instanceof Op.Revoke revoke) {
        check(revoke);
      } else if (op instanceof Op.Overtake overtake) {
        check(overtake.lease());
      } else if (op instanceof Op.Delete delete && delete.previous()) {
        versions.present(delete.range()).forEach(this::tell);
      } else if (op instanceof Op.Get get) {
        check(get.request());
      } else if (op instanceof Op.Choice choice) {
        check(taken.remove() ? choice.then() : choice.otherwise(), taken);
      }
    }
  }

  private void check(Op.Put put) {
    boolean keeps = put.keepValue() || put.keepLease();
    boolean isLooked = keeps || put.previous() || !ended.isEmpty();
    Version present = isLooked ? versions.present(put.key()) : null;
    if (keeps && present == null) {
      throw new Failure(FailureCode.NOT_FOUND, "key " + put.key() + " is not there to keep");
    }
    if (present != null && ended.contains(present.lease)) {
      throw Failure.invalid("", "key " + put.key() + " is both written and removed");
    }
    check(put.keepLease() && present != null ? present.lease : put.lease());
    if (put.previous() && present != null) {
      tell(present);
    }
  }

  private void check(Op.Add add) {
    Version present = versions.present(add.key());
    long unused = add.sum(present == null ? null : present.bytes());
    if (present != null) {
      check(new Op.Put(add.key(), Bytes.EMPTY, 0, false, false, true));
    }
  }

  private void check(Op.Append append) {
    Bytes key = append.key(before + 1);
    if (versions.present(key) != null) {
      throw new Failure(FailureCode.CONFLICT, "key " + key + ", to be appended, is there already");
    }
    check(append.lease());
  }

  private void check(long lease) {
    if (lease == 0) {
      return;
    }
    if (ended.contains(lease) || !(granted.contains(lease) || leases.contains(lease))) {
      throw Leases.notFound(lease);
    }
    used.add(lease);
  }

  private void check(Op.Grant grant) {
    leases.checkFree(grant.id());
    if (!granted.add(grant.id())) {
      throw Failure.invalid("", "lease " + grant.id() + " is granted twice");
    }
  }

  private void check(Op.Revoke revoke) {
    if (granted.contains(revoke.id()) || used.contains(revoke.id())) {
      throw Failure.invalid("", "lease " + revoke.id() + " is both used and ended");
    }
    if (leases.contains(revoke.id())) {
      ended.add(revoke.id());
    }
  }

  private void tell(Version previous) {
    told += previous.key.length() + previous.value.length();
    if (told > MAX_ANSWER) {
      throw new Failure(
          FailureCode.TOO_LARGE, "the entries before are more than " + MAX_ANSWER + " bytes");
    }
  }

  /**
   * Which older revisions can be read differs from replica to replica, as they load images at
   * different times; the outcome of a transaction must not.
   */
  private void check(RangeRequest request) {
    long at = request.revision();
    if (at != 0 && at < versions.compactedRevision()) {
      throw new Failure(
          FailureCode.COMPACTED,
          "revision " + at + " is compacted, up to " + versions.compactedRevision());
    }
    if (at > before) {
      throw Failure.invalid("/revision", "is " + at + ", yet the store is at " + before);
    }
    if (at != 0 && at != before) {
      throw Failure.invalid("/revision", "a transaction reads the present alone");
    }
  }

  private List<OpResult> results(List<Op> steps) {
    List<OpResult> results = new ArrayList<>(steps.size());
    for (Op op : steps) {
      results.add(result(op));
    }
    return results;
  }

  private OpResult result(Op op) {
    if (op instanceof Op.Put put) {
      return put(put);
    }
    if (op instanceof Op.Delete delete) {
      return delete(delete);
    }
    if (op instanceof Op.Get get) {
      return get(get.request());
    }
    if (op instanceof Op.Choice choice) {
      boolean succeeded = choices.remove();
      return new OpResult.Choice(
          succeeded, results(succeeded ? choice.then() : choice.otherwise()));
    }
    if (op instanceof Op.Add add) {
      return add(add);
    }
    if (op instanceof Op.Append append) {
      Bytes key = append.key(before + 1);
      OpResult unused = put(new Op.Put(key, append.value(), append.lease(), false, false, false));
      return new OpResult.Append(key);
    }
    if (op instanceof Op.Grant grant) {
      leases.grant(grant.id(), grant.ttlMs());
      return new OpResult.Grant();
    }
    if (op instanceof Op.Revoke revoke) {
      return revoke(revoke.id());
    }
    if (op instanceof Op.Overtake overtake) {
      changed = true;
      fences.learn(overtake.lock(), now(), overtake.lease());
      return new OpResult.Overtake(now());
    }
    throw new IllegalStateException("a step without a meaning");
  }

  private OpResult put(Op.Put put) {
    Version head = versions.head(put.key());
    Version present = head == null || head.isRemoval() ? null : head;
    Held value = put.keepValue() && present != null ? present.value : put.value();
    long leaseBefore = present == null ? 0 : present.lease;
    long lease = put.keepLease() ? leaseBefore : put.lease();
    changed = true;
    versions.put(head, put.key(), value, lease, now());
    leases.move(put.key(), leaseBefore, lease);
    return new OpResult.Put(
        put.previous() && present != null ? Optional.of(present.entry()) : Optional.empty());
  }

  private OpResult add(Op.Add add) {
    Version present = versions.present(add.key());
    long sum = add.sum(present == null ? null : present.bytes());
    OpResult unused = put(new Op.Put(add.key(), Numbers.of(sum), 0, false, false, true));
    return new OpResult.Add(sum);
  }

  private OpResult delete(Op.Delete delete) {
    List<Version> present = versions.present(delete.range());
    for (Version version : present) {
      changed = true;
      versions.remove(version, now(), 0);
      leases.move(version.key, version.lease, 0);
    }
    return new OpResult.Delete(
        present.size(),
        delete.previous() ? present.stream().map(Version::entry).toList() : List.of());
  }

  private OpResult revoke(long id) {
    Optional<HeldLease> lease = leases.find(id);
    if (lease.isPresent() && leases.end(lease.get(), versions, before + 1)) {
      changed = true;
    }
    return new OpResult.Revoke(lease.isPresent());
  }

  private OpResult get(RangeRequest request) {
    long at = request.revision() == 0 ? now() : request.revision();
    RangeResult result = versions.read(request, at, now(), MAX_ANSWER - told);
    told += RangeRead.size(result);
    return new OpResult.Get(result);
  }

  /** The revision that a step sees and that a change happens at. */
  private long now() {
    return changed ? before + 1 : before;
  }
}
