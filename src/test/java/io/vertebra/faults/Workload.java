package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.History;
import io.vertebra.testkit.linear.Operation;
import io.vertebra.testkit.linear.Register;
import io.vertebra.testkit.linear.Register.Input;
import io.vertebra.testkit.linear.Register.Output;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * 32 clients that read and write a few keys on all nodes, each value written once, and add keys of
 * their own; all that they see is written down.
 */
final class Workload implements AutoCloseable {
  private static final int CLIENTS = 32;
  private static final int SHARED_KEYS = 5;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long AVOIDED = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(50);

  private final List<Store> stores;
  private final String prefix;
  private final History<Input, Output> history = new History<>();
  private final Map<String, AtomicInteger> replies = new ConcurrentHashMap<>();
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final List<Thread> clients;
  private volatile boolean stopped;

  /**
   * @param prefix of its keys, which are not there yet
   */
  Workload(List<Store> stores, String prefix, long seed) {
    this.stores = stores;
    this.prefix = prefix;
    this.clients =
        IntStream.range(0, CLIENTS)
            .mapToObj(id -> new Thread(new Client(id, new Random(seed + id)), "client-" + id))
            .toList();
    clients.forEach(Thread::start);
  }

  String prefix() {
    return prefix;
  }

  /** What was seen so far. */
  History<Input, Output> history() {
    return history;
  }

  /** Waits until as many more writes are acknowledged. */
  void awaitWrites(int more) {
    int wanted = acknowledged.get() + more;
    within(
        Duration.ofSeconds(60),
        () -> assertThat(acknowledged).hasValueGreaterThanOrEqualTo(wanted));
  }

  /** How long after {@code since} a write was acknowledged that was not begun before. */
  Duration untilNextWrite(long since) {
    return Duration.ofNanos(
        history.operations().stream()
            .filter(operation -> operation.invoked() > since && isWritten(operation))
            .mapToLong(operation -> operation.returned() - since)
            .min()
            .orElseThrow());
  }

  static boolean isWritten(Operation<Input, Output> operation) {
    return operation.output().orElse(null) instanceof Register.Written
        || operation.output().orElse(null) instanceof Register.Deleted;
  }

  /** Stops the clients; fails if one of them met what it could not understand. */
  @Override
  public void close() {
    stopped = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    assertThat(faults).isEmpty();
  }

  @Override
  public String toString() {
    return "%d operations %s".formatted(history.operations().size(), replies);
  }

  private final class Client implements Runnable {
    private final int id;
    private final Random random;
    private final Map<String, Long> revisions = new HashMap<>();

    /** Until when to ask others. */
    private final Map<Store, Long> avoided = new HashMap<>();

    private int written;

    Client(int id, Random random) {
      this.id = id;
      this.random = random;
    }

    @Override
    public void run() {
      try {
        while (!stopped) {
          boolean done = operate();
          LockSupport.parkNanos(done ? PAUSE : PAUSE_AFTER_FAILURE);
        }
      } catch (RuntimeException | Error e) {
        faults.add(e);
      }
    }

    private boolean operate() {
      boolean own = random.nextInt(100) < 15;
      String key = prefix + (own ? "own-" + value() : "shared-" + random.nextInt(SHARED_KEYS));
      Input input = own ? new Register.Put(value()) : input(key);
      long invoked = System.nanoTime();
      Reply reply = own ? insist(key, value()) : call(key, input);
      long returned = System.nanoTime();
      written++;
      replies
          .computeIfAbsent(reply.getClass().getSimpleName(), unused -> new AtomicInteger())
          .incrementAndGet();
      if (reply instanceof Reply.Done done) {
        see(key, done.output());
        history.add(Operation.done(id, key, input, done.output(), invoked, returned));
      } else if (reply instanceof Reply.Unknown && !(input instanceof Register.Get)) {
        history.add(Operation.unknown(id, key, input, invoked));
      }
      return reply instanceof Reply.Done;
    }

    private Reply call(String key, Input input) {
      Store store = any();
      return noted(store, store.call(key, input));
    }

    /** Writes a key of its own: one attempt, on one node after the other until it is answered. */
    private Reply insist(String key, String value) {
      Store first = any();
      if (!first.knowsAttempts()) {
        return call(key, new Register.Put(value));
      }
      Reply reply = noted(first, first.put(key, value, prefix + value));
      boolean unknown = reply instanceof Reply.Unknown;
      while (!(reply instanceof Reply.Done) && !stopped) {
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
        Store other = any();
        reply = noted(other, other.put(key, value, prefix + value));
        unknown |= reply instanceof Reply.Unknown;
      }
      return unknown && reply instanceof Reply.NotDone ? new Reply.Unknown("stopped") : reply;
    }

    /** A node that did not fail lately, as far as this client knows. */
    private Store any() {
      List<Store> trusted =
          stores.stream()
              .filter(store -> avoided.getOrDefault(store, Long.MIN_VALUE) < System.nanoTime())
              .toList();
      List<Store> choice = trusted.isEmpty() ? stores : trusted;
      return choice.get(random.nextInt(choice.size()));
    }

    private Reply noted(Store store, Reply reply) {
      if (!(reply instanceof Reply.Done)) {
        avoided.put(store, System.nanoTime() + AVOIDED);
      }
      return reply;
    }

    private Input input(String key) {
      int choice = random.nextInt(85);
      if (choice < 40) {
        return new Register.Get();
      }
      if (choice < 62) {
        return new Register.Put(value());
      }
      return choice < 68
          ? new Register.Delete()
          : new Register.Swap(revisions.getOrDefault(key, 0L), value());
    }

    private String value() {
      return "%d-%d".formatted(id, written);
    }

    private void see(String key, Output output) {
      if (output instanceof Register.Found found) {
        revisions.put(key, found.revision());
      } else if (output instanceof Register.Written change) {
        revisions.put(key, change.revision());
        acknowledged.incrementAndGet();
      } else if (output instanceof Register.Deleted) {
        revisions.remove(key);
        acknowledged.incrementAndGet();
      } else if (output instanceof Register.Absent) {
        revisions.remove(key);
      }
    }
  }
}
