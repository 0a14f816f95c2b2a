package io.vertebra.lock;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.lock.LockKeys.Part;
import io.vertebra.lock.LockQueue.Place;
import io.vertebra.lock.LockValues.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transactions by which locks change hands. What a node was told may be old, so each says under
 * which conditions it is still right; a condition looks only at keys that came after what the node
 * was told, or that it knows to be there.
 */
final class LockTxns {
  /** Never holds. */
  private static final Compare NEVER =
      Compare.number(Bytes.utf8("\0lock"), Compare.Target.VERSION, Compare.Relation.LESS, 0);

  private LockTxns() {}

  /**
   * That a lock is free for somebody who need not wait.
   *
   * @param revision up to which {@code queue} was told
   */
  static List<Compare> free(
      String name, String owner, Terms terms, LockQueue queue, long revision) {
    List<Compare> compares = new ArrayList<>();
    compares.add(Compare.absent(LockKeys.exclusive(name)));
    boolean fits = terms.mode() != LockMode.PERMITS || queue.fits(terms);
    room(compares, name, terms, queue, revision, 0);
    if (!fits) {
      compares.add(NEVER);
    }
    if (terms.mode() != LockMode.EXCLUSIVE) {
      compares.add(Compare.absent(LockKeys.owner(name, owner)));
    }
    compares.add(LockKeys.none(name, Part.WAITER, queue.firstNumber(revision + 1)));
    return compares;
  }

  /**
   * That the one who is to be served can be.
   *
   * @param leaving the holding that ends in the same transaction
   */
  static List<Compare> turn(
      String name, Place place, LockQueue queue, long revision, Optional<Stored> leaving) {
    List<Compare> compares = new ArrayList<>();
    Bytes exclusive = LockKeys.exclusive(name);
    boolean hands = leaving.map(stored -> stored.key().equals(exclusive)).orElse(false);
    if (!hands) {
      compares.add(Compare.absent(exclusive));
    }
    long token = hands ? 0 : leaving.map(stored -> stored.holding().token()).orElse(0L);
    room(compares, name, place.terms(), queue, revision, token);
    compares.add(Compare.exists(LockKeys.numbered(name, Part.WAITER, place.number())));
    if (place.terms().mode() != LockMode.EXCLUSIVE) {
      compares.add(Compare.absent(LockKeys.owner(name, place.owner())));
    }
    return compares;
  }

  /** That nobody shares it who may not be there beside the terms. */
  private static void room(
      List<Compare> compares,
      String name,
      Terms terms,
      LockQueue queue,
      long revision,
      long leaving) {
    long now = revision + 1;
    if (terms.mode() != LockMode.SHARED) {
      none(compares, name, Part.SHARED, queue.firstToken(LockMode.SHARED, now), leaving);
    }
    boolean some = terms.mode() == LockMode.PERMITS;
    long from = some ? now : queue.firstToken(LockMode.PERMITS, now);
    none(compares, name, Part.PERMITS, from, leaving);
  }

  private static void none(
      List<Compare> compares, String name, Part part, long from, long leaving) {
    if (leaving < from) {
      compares.add(LockKeys.none(name, part, from));
      return;
    }
    if (leaving > from) {
      compares.add(LockKeys.noneBefore(name, part, from, leaving));
    }
    compares.add(LockKeys.none(name, part, leaving + 1));
  }

  /**
   * The steps by which somebody gets it.
   *
   * @param lease id of the lease that is made for it
   */
  static List<Op> grant(String name, Place place, long lease, Instant since) {
    Bytes value = LockValues.granted(place, since);
    LockMode mode = place.terms().mode();
    List<Op> steps = new ArrayList<>();
    steps.add(new Op.Grant(lease, place.lease().toMillis()));
    if (mode == LockMode.EXCLUSIVE) {
      steps.add(new Op.Overtake(name, lease));
    } else {
      steps.add(new Op.Append(LockKeys.prefix(name, LockKeys.mark(mode)), Bytes.EMPTY, lease));
    }
    steps.add(Op.put(LockKeys.holder(name, place.owner(), mode), value, lease));
    if (place.number() != 0) {
      steps.add(Op.delete(LockKeys.numbered(name, Part.WAITER, place.number())));
    }
    return steps;
  }

  /**
   * Gets a lock, or else says who holds it and queues.
   *
   * @param granted further steps if it is free
   * @param enqueue the steps by which to queue; none to leave it
   */
  static Txn acquire(
      AcquireLock request,
      List<Compare> free,
      long lease,
      Instant since,
      List<Op> granted,
      List<Op> enqueue) {
    String name = request.name();
    Bytes own = LockKeys.owner(name, request.owner());
    List<Op> look = List.of(Op.get(LockKeys.exclusive(name)), Op.get(own));
    List<Op> queue = new ArrayList<>(look);
    queue.addAll(enqueue);
    List<Op> get = grant(name, Place.none(request), lease, since);
    get.addAll(granted);
    List<Compare> mine =
        request.terms().mode() == LockMode.EXCLUSIVE
            ? LockValues.isOf(LockKeys.exclusive(name), request.owner())
            : List.of(Compare.exists(own));
    return new Txn(free, get, List.of(new Op.Choice(mine, look, queue)), Optional.empty(), "");
  }

  /** That a lock is the owner's already. */
  static List<Compare> held(AcquireLock request) {
    Bytes own = LockKeys.owner(request.name(), request.owner());
    return request.terms().mode() == LockMode.EXCLUSIVE
        ? LockValues.isOf(LockKeys.exclusive(request.name()), request.owner())
        : List.of(Compare.exists(own));
  }

  /**
   * Ends a holding, and serves one who waits if that one still does.
   *
   * @param conditions of serving
   * @param serve the steps of it; none to leave it
   * @param further steps
   */
  static Txn release(Stored stored, List<Compare> conditions, List<Op> serve, List<Op> further) {
    String name = stored.holding().name();
    LockMode mode = stored.holding().terms().mode();
    List<Op> end = new ArrayList<>();
    end.add(Op.delete(stored.key()));
    if (mode != LockMode.EXCLUSIVE) {
      end.add(Op.delete(LockKeys.numbered(name, LockKeys.mark(mode), stored.holding().token())));
    }
    List<Op> steps = new ArrayList<>();
    if (serve.isEmpty()) {
      steps.addAll(end);
    } else {
      boolean replaces =
          serve.stream().anyMatch(op -> op instanceof Op.Put put && put.key().equals(stored.key()));
      List<Op> both = new ArrayList<>(serve);
      if (!replaces) {
        both.addAll(end);
      }
      steps.add(new Op.Choice(conditions, both, end));
    }
    steps.add(new Op.Revoke(stored.lease()));
    steps.addAll(further);
    return Txn.when(unchanged(stored), steps.toArray(Op[]::new));
  }

  /**
   * Writes a holding again, on its lease.
   *
   * @param further steps
   */
  static Txn rewrite(Stored stored, List<Op> further) {
    List<Op> steps = new ArrayList<>(further);
    steps.add(new Op.Put(stored.key(), LockValues.rewritten(stored), 0, false, false, true));
    return Txn.when(unchanged(stored), steps.toArray(Op[]::new));
  }

  /** Writes a holding again, on a new lease. */
  static Txn rewrite(Stored stored, long lease) {
    Holding holding = stored.holding();
    LockMode mode = holding.terms().mode();
    List<Op> steps = new ArrayList<>();
    steps.add(new Op.Grant(lease, holding.lease().toMillis()));
    steps.add(Op.put(stored.key(), LockValues.rewritten(stored), lease));
    if (mode != LockMode.EXCLUSIVE) {
      Bytes mark = LockKeys.numbered(holding.name(), LockKeys.mark(mode), holding.token());
      steps.add(Op.put(mark, Bytes.EMPTY, lease));
    }
    steps.add(new Op.Revoke(stored.lease()));
    return Txn.when(unchanged(stored), steps.toArray(Op[]::new));
  }

  private static Compare unchanged(Stored stored) {
    return Compare.modifiedAt(stored.key(), stored.modified());
  }

  /** Gives up a place, or else says what its owner holds. */
  static Txn leave(String name, String owner, long number) {
    Bytes place = LockKeys.numbered(name, Part.WAITER, number);
    return Txn.when(Compare.exists(place), Op.delete(place))
        .otherwise(Op.get(LockKeys.exclusive(name)), Op.get(LockKeys.owner(name, owner)));
  }
}
