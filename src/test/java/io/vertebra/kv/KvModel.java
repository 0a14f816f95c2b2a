package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The store as plainly as it can be said: a copy of all entries for each revision. */
final class KvModel {
  /** An event with the revision it happened at. */
  record Told(long revision, KvEvent event) {}

  final NavigableMap<Long, NavigableMap<Bytes, KvEntry>> revisions = new TreeMap<>();
  final List<Told> events = new ArrayList<>();
  final Map<Long, Long> leases = new TreeMap<>();
  private final Map<String, Long> fences = new HashMap<>();
  private final Map<String, Txn> keyed = new HashMap<>();
  private final Map<String, TxnResult> answers = new HashMap<>();
  private NavigableMap<Bytes, KvEntry> now = new TreeMap<>();
  private final Set<Long> granted = new HashSet<>();
  private final Set<Long> used = new HashSet<>();
  private final Set<Long> ended = new HashSet<>();
  private long generation;
  long revision = KvState.FIRST_REVISION;
  long compacted;
  private boolean changed;

  KvModel() {
    revisions.put(revision, now);
  }

  /** A TxnResult, a Long, or the code of a refusal. */
  Object apply(Command command) {
    try {
      if (command instanceof Command.Transact transact) {
        return keyed(transact.txn());
      }
      if (command instanceof Command.Grant grant) {
        fail(leases.containsKey(grant.id()), FailureCode.CONFLICT);
        leases.put(grant.id(), ++generation);
      } else if (command instanceof Command.Revoke revoke) {
        fail(!leases.containsKey(revoke.id()), FailureCode.NOT_FOUND);
        end(revoke.id());
      } else if (command instanceof Command.Expire expire) {
        Long present = leases.get(expire.id());
        fail(present == null || present != expire.generation(), FailureCode.NOT_FOUND);
        end(expire.id());
      } else if (command instanceof Command.Compact compact) {
        fail(compact.revision() > revision, FailureCode.INVALID);
        fail(compact.revision() <= compacted, FailureCode.COMPACTED);
        compacted = compact.revision();
      }
      return revision;
    } catch (Failure failure) {
      return failure.code();
    }
  }

  private static void fail(boolean when, FailureCode code) {
    if (when) {
      throw new Failure(code, "");
    }
  }

  private void end(long lease) {
    begin();
    removeAll(lease);
    leases.remove(lease);
    commit();
  }

  private void removeAll(long lease) {
    for (KvEntry entry : List.copyOf(now.values())) {
      if (entry.lease() == lease) {
        remove(entry, lease);
      }
    }
  }

  private void begin() {
    now = new TreeMap<>(now);
    changed = false;
  }

  private void commit() {
    if (changed) {
      revision++;
      revisions.put(revision, now);
    }
  }

  private TxnResult keyed(Txn txn) {
    String key = txn.idempotencyKey();
    if (!answers.containsKey(key)) {
      TxnResult result = run(txn);
      boolean refused = !result.succeeded() && onlyReads(result.results());
      if (!key.isEmpty() && !refused) {
        keyed.put(key, txn);
        answers.put(key, result);
      }
      return result;
    }
    fail(!keyed.get(key).equals(txn), FailureCode.MISMATCH);
    TxnResult first = answers.get(key);
    return new TxnResult(first.revision(), first.succeeded(), first.results(), true);
  }

  private static boolean onlyReads(List<OpResult> results) {
    for (OpResult result : results) {
      boolean within = result instanceof OpResult.Choice choice && onlyReads(choice.results());
      if (!within && !(result instanceof OpResult.Get)) {
        return false;
      }
    }
    return true;
  }

  private TxnResult run(Txn txn) {
    touched(txn.then());
    touched(txn.otherwise());
    txn.fence()
        .ifPresent(
            fence -> {
              boolean own = !fence.lock().startsWith("~");
              fail(own && fence.token() > revision, FailureCode.INVALID);
              fail(fences.getOrDefault(fence.lock(), 0L) > fence.token(), FailureCode.FENCED);
            });
    NavigableMap<Bytes, KvEntry> before = now;
    boolean succeeded = holds(txn.compares(), before);
    granted.clear();
    used.clear();
    ended.clear();
    check(succeeded ? txn.then() : txn.otherwise(), before);
    txn.fence().ifPresent(fence -> fences.put(fence.lock(), fence.token()));
    begin();
    List<OpResult> results = results(succeeded ? txn.then() : txn.otherwise(), before);
    commit();
    return new TxnResult(revision, succeeded, results, false);
  }

  /** Keys written by some path, each with the paths' removals; refuses what meets. */
  private Set<Bytes> touched(List<Op> ops) {
    Set<Bytes> written = new HashSet<>();
    for (Op op : ops) {
      Set<Bytes> more = new HashSet<>();
      if (op instanceof Op.Put put) {
        more.add(put.key());
      } else if (op instanceof Op.Add add) {
        more.add(add.key());
      } else if (op instanceof Op.Append append) {
        more.add(append.key(revision + 1));
      } else if (op instanceof Op.Overtake overtake) {
        fail(overtake.lock().startsWith("~"), FailureCode.INVALID);
      } else if (op instanceof Op.Choice choice) {
        more.addAll(touched(choice.then()));
        more.addAll(touched(choice.otherwise()));
      }
      for (Bytes key : more) {
        fail(!written.add(key), FailureCode.INVALID);
      }
    }
    List<List<KeyRange>> removed = ops.stream().map(KvModel::removed).toList();
    for (int i = 0; i < ops.size(); i++) {
      for (int j = 0; j < ops.size(); j++) {
        boolean sameChoice = i == j && ops.get(i) instanceof Op.Choice;
        Set<Bytes> keys = written(ops.get(i));
        fail(
            !sameChoice
                && removed.get(j).stream()
                    .anyMatch(range -> keys.stream().anyMatch(range::contains)),
            FailureCode.INVALID);
      }
    }
    return written;
  }

  private Set<Bytes> written(Op op) {
    if (op instanceof Op.Put put) {
      return Set.of(put.key());
    }
    if (op instanceof Op.Add add) {
      return Set.of(add.key());
    }
    if (op instanceof Op.Append append) {
      return Set.of(append.key(revision + 1));
    }
    Set<Bytes> keys = new HashSet<>();
    if (op instanceof Op.Choice choice) {
      choice.then().forEach(step -> keys.addAll(written(step)));
      choice.otherwise().forEach(step -> keys.addAll(written(step)));
    }
    return keys;
  }

  private static List<KeyRange> removed(Op op) {
    List<KeyRange> ranges = new ArrayList<>();
    if (op instanceof Op.Delete delete) {
      ranges.add(delete.range());
    } else if (op instanceof Op.Choice choice) {
      choice.then().forEach(step -> ranges.addAll(removed(step)));
      choice.otherwise().forEach(step -> ranges.addAll(removed(step)));
    }
    return ranges;
  }

  private static boolean holds(List<Compare> compares, NavigableMap<Bytes, KvEntry> before) {
    return compares.stream().allMatch(compare -> holds(compare, before));
  }

  private static boolean holds(Compare compare, NavigableMap<Bytes, KvEntry> before) {
    List<KvEntry> entries = within(before, compare.range());
    boolean byValue = compare.target() == Compare.Target.VALUE;
    if (entries.isEmpty()) {
      return !byValue && holds(compare, Long.compare(0, compare.number()));
    }
    return entries.stream()
        .allMatch(
            entry ->
                holds(
                    compare,
                    byValue
                        ? entry.value().compareTo(compare.value())
                        : Long.compare(number(compare.target(), entry), compare.number())));
  }

  private static long number(Compare.Target target, KvEntry entry) {
    return switch (target) {
      case VERSION -> entry.version();
      case CREATE_REVISION -> entry.createRevision();
      case MOD_REVISION -> entry.modRevision();
      case LEASE -> entry.lease();
      case VALUE -> throw new IllegalArgumentException();
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

  private static List<KvEntry> within(NavigableMap<Bytes, KvEntry> entries, KeyRange range) {
    return entries.values().stream().filter(entry -> range.contains(entry.key())).toList();
  }

  private void check(List<Op> steps, NavigableMap<Bytes, KvEntry> before) {
    for (Op op : steps) {
      if (op instanceof Op.Put put) {
        KvEntry present = before.get(put.key());
        boolean keeps = put.keepValue() || put.keepLease();
        fail(keeps && present == null, FailureCode.NOT_FOUND);
        fail(present != null && ended.contains(present.lease()), FailureCode.INVALID);
        use(put.keepLease() && present != null ? present.lease() : put.lease());
      } else if (op instanceof Op.Add add) {
        KvEntry present = before.get(add.key());
        BigInteger unused = sum(add, present);
        fail(present != null && ended.contains(present.lease()), FailureCode.INVALID);
        use(present == null ? 0 : present.lease());
      } else if (op instanceof Op.Append append) {
        fail(before.containsKey(append.key(revision + 1)), FailureCode.CONFLICT);
        use(append.lease());
      } else if (op instanceof Op.Overtake overtake) {
        use(overtake.lease());
      } else if (op instanceof Op.Grant grant) {
        fail(leases.containsKey(grant.id()), FailureCode.CONFLICT);
        fail(!granted.add(grant.id()), FailureCode.INVALID);
      } else if (op instanceof Op.Revoke revoke) {
        fail(granted.contains(revoke.id()) || used.contains(revoke.id()), FailureCode.INVALID);
        if (leases.containsKey(revoke.id())) {
          ended.add(revoke.id());
        }
      } else if (op instanceof Op.Choice choice) {
        check(holds(choice.compares(), before) ? choice.then() : choice.otherwise(), before);
      }
    }
  }

  private void use(long lease) {
    if (lease != 0) {
      boolean known = leases.containsKey(lease) || granted.contains(lease);
      fail(ended.contains(lease) || !known, FailureCode.NOT_FOUND);
      used.add(lease);
    }
  }

  private List<OpResult> results(List<Op> steps, NavigableMap<Bytes, KvEntry> before) {
    return steps.stream().map(op -> result(op, before)).toList();
  }

  private OpResult result(Op op, NavigableMap<Bytes, KvEntry> before) {
    if (op instanceof Op.Put put) {
      return put(put);
    }
    if (op instanceof Op.Delete delete) {
      List<KvEntry> gone = within(now, delete.range());
      gone.forEach(entry -> remove(entry, 0));
      return new OpResult.Delete(gone.size(), delete.previous() ? gone : List.of());
    }
    if (op instanceof Op.Get get) {
      return new OpResult.Get(range(now, get.request(), changed ? revision + 1 : revision));
    }
    if (op instanceof Op.Add add) {
      KvEntry present = now.get(add.key());
      String sum = sum(add, present).toString();
      OpResult unused =
          put(new Op.Put(add.key(), Bytes.utf8(sum), 0, false, false, present != null));
      return new OpResult.Add(Long.parseLong(sum));
    }
    if (op instanceof Op.Append append) {
      Bytes key = append.key(revision + 1);
      OpResult unused = put(new Op.Put(key, append.value(), append.lease(), false, false, false));
      return new OpResult.Append(key);
    }
    if (op instanceof Op.Grant grant) {
      leases.put(grant.id(), ++generation);
      return new OpResult.Grant();
    }
    if (op instanceof Op.Revoke revoke) {
      removeAll(revoke.id());
      return new OpResult.Revoke(leases.remove(revoke.id()) != null);
    }
    if (op instanceof Op.Overtake overtake) {
      changed = true;
      fences.put(overtake.lock(), revision + 1);
      return new OpResult.Overtake(revision + 1);
    }
    Op.Choice choice = (Op.Choice) op;
    boolean holds = holds(choice.compares(), before);
    return new OpResult.Choice(holds, results(holds ? choice.then() : choice.otherwise(), before));
  }

  private static BigInteger sum(Op.Add add, @Nullable KvEntry present) {
    String text = present == null ? "0" : present.value().asText().orElse("");
    fail(!text.matches("0|-?[1-9]\\d{0,18}"), FailureCode.CONFLICT);
    BigInteger before = new BigInteger(text);
    fail(before.bitLength() > 63, FailureCode.CONFLICT);
    BigInteger sum = before.add(BigInteger.valueOf(add.step()));
    fail(sum.compareTo(BigInteger.valueOf(add.floor())) < 0, FailureCode.CONFLICT);
    fail(sum.compareTo(BigInteger.valueOf(add.ceiling())) > 0, FailureCode.CONFLICT);
    return sum;
  }

  private OpResult put(Op.Put put) {
    changed = true;
    Optional<KvEntry> present = Optional.ofNullable(now.get(put.key()));
    KvEntry old = present.orElse(KvEntry.absent(put.key()));
    KvEntry entry =
        new KvEntry(
            put.key(),
            put.keepValue() ? old.value() : put.value(),
            present.isPresent() ? old.createRevision() : revision + 1,
            revision + 1,
            old.version() + 1,
            put.keepLease() ? old.lease() : put.lease());
    now.put(put.key(), entry);
    events.add(new Told(revision + 1, new KvEvent(KvEvent.Type.PUT, entry, present)));
    return new OpResult.Put(put.previous() ? present : Optional.empty());
  }

  private void remove(KvEntry entry, long lease) {
    changed = true;
    now.remove(entry.key());
    KvEntry after = new KvEntry(entry.key(), Bytes.EMPTY, 0, revision + 1, 0, lease);
    events.add(new Told(revision + 1, new KvEvent(KvEvent.Type.DELETE, after, Optional.of(entry))));
  }

  /** What a request is answered by the entries of a revision. */
  RangeResult range(RangeRequest request) {
    return range(
        revisions.floorEntry(request.revision() == 0 ? revision : request.revision()).getValue(),
        request,
        revision);
  }

  private static RangeResult range(
      NavigableMap<Bytes, KvEntry> entries, RangeRequest request, long revision) {
    List<KvEntry> all = within(entries, request.range());
    if (request.countOnly()) {
      return new RangeResult(revision, List.of(), false, all.size());
    }
    List<KvEntry> some =
        all.stream()
            .limit(request.limit() == 0 ? Long.MAX_VALUE : request.limit())
            .map(entry -> request.keysOnly() ? keyOnly(entry) : entry)
            .toList();
    long count = request.countTotal() ? all.size() : some.size();
    return new RangeResult(revision, some, some.size() < all.size(), count);
  }

  private static KvEntry keyOnly(KvEntry entry) {
    return new KvEntry(
        entry.key(),
        Bytes.EMPTY,
        entry.createRevision(),
        entry.modRevision(),
        entry.version(),
        entry.lease());
  }
}
