package io.vertebra.kv;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The leader's memory of when leases end, in no log. A new leader gives all of them their full time
 * again, so that none ends early. Safe for any thread.
 *
 * <p>Source: C. Gray and D. Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for
 * Distributed File Cache Consistency", 1989.
 */
final class LeaseClock {
  /** The queue may have this many places of leases that ended before it is cleaned. */
  private static final int SLACK = 1024;

  private final LongSupplier nanoTime;
  private final Map<Long, Running> running = new HashMap<>();
  private final PriorityQueue<Running> queue =
      new PriorityQueue<>((a, b) -> Long.signum(a.due - b.due));

  /** In which this member leads; 0 if it does not. */
  private long term;

  /** A lease with its deadline. */
  private static final class Running {
    final LeaseTerm term;
    long deadline;

    /** When to look at it; it may have been kept alive since. Stays while it is in the queue. */
    long due;

    boolean expiring;

    Running(LeaseTerm term, long deadline) {
      this.term = term;
      this.deadline = deadline;
    }
  }

  /** Does not lead at first. */
  LeaseClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Leads from now on in this term, and gives all leases their full time. */
  synchronized void leading(long from, Collection<HeldLease> leases) {
    term = from;
    begin(leases);
  }

  /** Gives these leases their full time, and knows no others, if this member leads. */
  synchronized void begin(Collection<HeldLease> leases) {
    clear();
    if (leads()) {
      leases.forEach(lease -> start(lease.term()));
    }
  }

  synchronized void stopped() {
    clear();
    term = 0;
  }

  synchronized boolean leads() {
    return term != 0;
  }

  synchronized void granted(LeaseTerm term) {
    Running same = running.get(term.id());
    if (leads() && (same == null || same.term.generation() != term.generation())) {
      start(term);
    }
  }

  synchronized void ended(long id) {
    running.remove(id);
    if (queue.size() > 2 * running.size() + SLACK) {
      queue.removeIf(lease -> running.get(lease.term.id()) != lease);
    }
  }

  /** Gives a lease its full time in milliseconds; empty if it ended or is about to. */
  synchronized OptionalLong keepAlive(long id) {
    Running lease = running.get(id);
    if (lease == null || lease.expiring) {
      return OptionalLong.empty();
    }
    lease.deadline = deadline(lease.term);
    return OptionalLong.of(lease.term.ttlMs());
  }

  /** How many milliseconds a lease has left, 0 at least; empty if it is not known here. */
  synchronized OptionalLong remaining(long id) {
    Running lease = running.get(id);
    if (lease == null) {
      return OptionalLong.empty();
    }
    long nanos = lease.expiring ? 0 : lease.deadline - nanoTime.getAsLong();
    return OptionalLong.of(Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  /**
   * Leases whose time is over, at most {@code most}; from now on they cannot be kept alive, unless
   * {@link #notExpired} is called.
   */
  synchronized List<Command.Expire> due(int most) {
    List<Command.Expire> due = new ArrayList<>();
    long now = nanoTime.getAsLong();
    while (due.size() < most) {
      Running lease = queue.peek();
      if (lease == null || lease.due - now > 0) {
        break;
      }
      queue.remove();
      if (running.get(lease.term.id()) != lease || lease.expiring) {
        continue;
      }
      if (lease.deadline - now > 0) {
        enqueue(lease);
      } else {
        lease.expiring = true;
        due.add(new Command.Expire(lease.term.id(), lease.term.generation(), term));
      }
    }
    return due;
  }

  /** Says that a lease that was due did not end; it is due again at once. */
  synchronized void notExpired(long id) {
    @Nullable Running lease = running.get(id);
    if (lease != null && lease.expiring) {
      lease.expiring = false;
      enqueue(lease);
    }
  }

  /** How many places the queue has. */
  synchronized int places() {
    return queue.size();
  }

  private void start(LeaseTerm term) {
    Running lease = new Running(term, deadline(term));
    running.put(term.id(), lease);
    enqueue(lease);
  }

  private void enqueue(Running lease) {
    lease.due = lease.deadline;
    queue.add(lease);
  }

  private long deadline(LeaseTerm term) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(term.ttlMs());
    return nanoTime.getAsLong() + Math.min(nanos, Long.MAX_VALUE >> 2);
  }

  private void clear() {
    running.clear();
    queue.clear();
  }
}
