package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Register;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Clients that move money between accounts by transactions over two keys: whoever looks at all
 * accounts at once sees the same sum.
 *
 * <p>Source: the bank test of K. Kingsbury's Jepsen.
 */
final class Transfers implements AutoCloseable {
  private static final int CLIENTS = 4;
  private static final int ACCOUNTS = 6;
  private static final int OPENING = 100;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private final List<Store> stores;
  private final String prefix;
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients;
  private volatile boolean stopped;

  /**
   * @param prefix of its keys, which are not there yet
   */
  Transfers(List<Store> stores, String prefix, long seed) {
    this.stores = stores;
    this.prefix = prefix;
    for (int account = 0; account < ACCOUNTS; account++) {
      String key = prefix + account;
      Register.Input opening = new Register.Put(Integer.toString(OPENING));
      eventually(() -> assertThat(stores.get(0).call(key, opening)).isInstanceOf(Reply.Done.class));
    }
    this.clients =
        IntStream.range(0, CLIENTS)
            .mapToObj(id -> new Thread(() -> run(new Random(seed + id)), "transfers-" + id))
            .toList();
    clients.forEach(Thread::start);
  }

  private void run(Random random) {
    try {
      while (!stopped) {
        Store store = stores.get(random.nextInt(stores.size()));
        try {
          transfer(store, look(store), random);
        } catch (IOException e) {
          LockSupport.parkNanos(PAUSE);
        }
        LockSupport.parkNanos(PAUSE);
      }
    } catch (RuntimeException | Error e) {
      faults.add(e);
    }
  }

  private List<Store.Entry> look(Store store) throws IOException {
    List<Store.Entry> accounts = store.list(prefix);
    assertThat(accounts.stream().mapToInt(Transfers::amount).sum())
        .as("sum of %s", accounts)
        .isEqualTo(ACCOUNTS * OPENING);
    looks.incrementAndGet();
    return accounts;
  }

  private void transfer(Store store, List<Store.Entry> accounts, Random random) {
    List<Store.Entry> shuffled = new ArrayList<>(accounts);
    Collections.shuffle(shuffled, random);
    Store.Entry from = shuffled.get(0);
    Store.Entry to = shuffled.get(1);
    int moved = 1 + random.nextInt(20);
    Reply reply =
        store.swap(
            Map.of(
                from.key(), new Register.Swap(from.revision(), add(from, -moved)),
                to.key(), new Register.Swap(to.revision(), add(to, moved))));
    if (reply instanceof Reply.Done) {
      done.incrementAndGet();
    }
  }

  private static int amount(Store.Entry account) {
    return Integer.parseInt(account.value());
  }

  private static String add(Store.Entry account, int amount) {
    return Integer.toString(amount(account) + amount);
  }

  /** Stops the clients; fails if one of them saw a wrong sum, or none saw any. */
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
    assertThat(done).hasPositiveValue();
    assertThat(looks).hasPositiveValue();
  }
}
