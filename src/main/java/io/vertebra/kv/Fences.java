package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The greatest token known of each lock. Of very many locks those are forgotten that nobody holds
 * and that were overtaken longest ago; from then on every lock that is not known is taken for one
 * of them, so that a forgotten token is refused rather than let through. That works because tokens
 * are revisions: all that are given out later are greater.
 *
 * <p>Locks that are numbered elsewhere have no such order: those that wrote longest ago are
 * forgotten, and an old token of theirs passes then. For one thread, but for {@link #bytes}.
 */
final class Fences {
  static final int MAX_KNOWN = 1 << 20;

  /** Locks numbered elsewhere. */
  static final int MAX_FOREIGN = 65_536;

  /** The names of the locks that the server's own concerns hold begin with it. */
  private static final String OWN = "\0";

  /** How many locks are looked at for each new one, so that the held ones are got past. */
  private static final int LOOKED_AT = 2;

  /** Heap bytes of a lock: its node, its name's two objects, what is known of it. */
  private static final int OVERHEAD = 48 + 24 + 16 + 32;

  private final Map<String, Known> locks = new LinkedHashMap<>();
  private final Map<String, Known> foreign = new LinkedHashMap<>();
  private final LongAdder bytes = new LongAdder();
  private final LongPredicate leases;
  private final int most;
  private final int mostForeign;

  /** The greatest token forgotten. */
  private long forgotten;

  private record Known(long token, long lease) {}

  /**
   * What is known of a lock, or with no name the greatest token forgotten.
   *
   * @param lease as long as which it is held; 0 for none
   */
  record Saved(String lock, long token, long lease) {
    /** Heap bytes that it takes, about. */
    long weight() {
      return Fences.weight(lock);
    }
  }

  /**
   * @param leases tells whether a lease has not ended
   */
  Fences(LongPredicate leases) {
    this(leases, MAX_KNOWN, MAX_FOREIGN);
  }

  Fences(LongPredicate leases, int most, int mostForeign) {
    this.leases = leases;
    this.most = most;
    this.mostForeign = mostForeign;
  }

  /**
   * Throws {@code FENCED} if a greater token is known, {@code INVALID} if this one cannot have been
   * given out.
   *
   * @param revision of the store
   */
  void check(Fence fence, long revision) {
    boolean isForeign = Fence.isForeign(fence.lock());
    if (!isForeign && fence.token() > revision) {
      throw Failure.invalid(
          "/fence",
          "token %d of lock %s was never given out by this store, which is at %d; the name of a lock"
                  .formatted(fence.token(), fence.lock(), revision)
              + " that is numbered elsewhere begins with "
              + Fence.FOREIGN);
    }
    Known known = table(fence.lock()).get(fence.lock());
    if (known == null && !isForeign && fence.token() <= forgotten) {
      throw fenced(fence, "was given up long ago");
    }
    if (known != null && known.token() > fence.token()) {
      throw fenced(fence, "went on to token " + known.token());
    }
  }

  private static Failure fenced(Fence fence, String what) {
    return new Failure(
        FailureCode.FENCED,
        "lock " + fence.lock() + " " + what + ", so token " + fence.token() + " holds it no more");
  }

  private Map<String, Known> table(String lock) {
    return Fence.isForeign(lock) ? foreign : locks;
  }

  /**
   * Takes note of the greatest token of a lock.
   *
   * @param lease as long as which it is held; 0 for none or for the one known
   */
  void learn(String lock, long token, long lease) {
    Map<String, Known> table = table(lock);
    Known before = table.remove(lock);
    long held = before != null && before.token() == token && lease == 0 ? before.lease() : lease;
    table.put(lock, new Known(token, held));
    if (before == null) {
      bytes.add(weight(lock));
      forget(LOOKED_AT);
    }
  }

  /** Takes note of what another knew, unless a greater token is known. */
  void raise(Saved saved) {
    if (saved.lock().isEmpty()) {
      forgotten = Math.max(forgotten, saved.token());
      return;
    }
    Map<String, Known> table = table(saved.lock());
    Known before = table.get(saved.lock());
    if (before == null || before.token() < saved.token()) {
      table.put(saved.lock(), new Known(saved.token(), saved.lease()));
    }
    if (before == null) {
      bytes.add(weight(saved.lock()));
      forgetForeign();
    }
  }

  /**
   * Lets nobody hold the locks of the server's own any more.
   *
   * @param token greater than all given out
   */
  void overtakeOwn(long token) {
    locks.replaceAll((lock, known) -> lock.startsWith(OWN) ? new Known(token, 0) : known);
  }

  /** Forgets all that are too many, after several were put together. */
  void settle() {
    forget(locks.size());
  }

  private void forget(int lookedAt) {
    for (int i = 0; i < lookedAt && locks.size() > most; i++) {
      String lock = locks.keySet().iterator().next();
      Known known = locks.remove(lock);
      if (known.lease() != 0 && leases.test(known.lease())) {
        locks.put(lock, known);
      } else {
        bytes.add(-weight(lock));
        forgotten = Math.max(forgotten, known.token());
      }
    }
    forgetForeign();
  }

  private void forgetForeign() {
    while (foreign.size() > mostForeign) {
      String lock = foreign.keySet().iterator().next();
      foreign.remove(lock);
      bytes.add(-weight(lock));
    }
  }

  private static long weight(String lock) {
    return OVERHEAD + Version.aligned(lock.length());
  }

  /** The greatest token known of the locks that this store numbers; 0 if there is none. */
  long greatest() {
    long greatest = forgotten;
    for (Known known : locks.values()) {
      greatest = Math.max(greatest, known.token());
    }
    return greatest;
  }

  /** All that is known, for {@link #raise} in this order. */
  List<Saved> save() {
    List<Saved> all = new ArrayList<>(locks.size() + foreign.size() + 1);
    if (forgotten > 0) {
      all.add(new Saved("", forgotten, 0));
    }
    Stream.of(locks, foreign)
        .forEach(
            table ->
                table.forEach(
                    (lock, known) -> all.add(new Saved(lock, known.token(), known.lease()))));
    return all;
  }

  long bytes() {
    return bytes.sum();
  }
}
