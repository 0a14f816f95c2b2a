package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Operation;
import io.vertebra.testkit.linear.Register;
import io.vertebra.testkit.linear.Register.Input;
import io.vertebra.testkit.linear.Register.Output;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Follows the changes of a prefix, on another node whenever one fails, without a gap. */
final class Watcher implements AutoCloseable {
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final List<Store> stores;
  private final String prefix;
  private final Thread thread = new Thread(this::run, "watcher");
  private final List<Store.Event> events = Collections.synchronizedList(new ArrayList<>());
  private volatile long from;
  private volatile boolean stopped;

  /**
   * @param from the first revision to be told
   */
  Watcher(List<Store> stores, String prefix, long from) {
    this.stores = stores;
    this.prefix = prefix;
    this.from = from;
    thread.start();
  }

  private void run() {
    for (int turn = 0; !stopped; turn++) {
      try (Store.Watch watch = stores.get(turn % stores.size()).watch(prefix, from)) {
        while (!stopped) {
          Store.Batch batch = watch.next();
          events.addAll(batch.events());
          from = Math.max(from, batch.revision() + 1);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  /**
   * Fails unless every acknowledged write was told once and in order, and what was told explains
   * what the keys hold now.
   */
  void verify(List<Operation<Input, Output>> history, List<Store.Entry> now) {
    List<Store.Event> written = written(history);
    long last = now.stream().mapToLong(Store.Entry::revision).max().orElse(0);
    long wanted = Math.max(last, written.stream().mapToLong(Store.Event::revision).max().orElse(0));
    within(Duration.ofSeconds(30), () -> assertThat(from).as("told").isGreaterThan(wanted));
    List<Store.Event> told = List.copyOf(events);
    assertThat(told.stream().map(Store.Event::revision).toList())
        .as("order of what was told")
        .isSorted();
    assertThat(told).as("told once").doesNotHaveDuplicates();
    Set<Store.Event> missing = new HashSet<>(written);
    told.forEach(missing::remove);
    assertThat(missing).as("acknowledged but not told").isEmpty();
    assertThat(result(told)).as("what was told, and what is there").isEqualTo(byKey(now));
  }

  private static List<Store.Event> written(List<Operation<Input, Output>> history) {
    List<Store.Event> events = new ArrayList<>();
    for (Operation<Input, Output> operation : history) {
      Output output = operation.output().orElse(null);
      if (output instanceof Register.Written done) {
        String value =
            operation.input() instanceof Register.Put put
                ? put.value()
                : ((Register.Swap) operation.input()).value();
        events.add(new Store.Event(done.revision(), operation.key(), value));
      } else if (output instanceof Register.Deleted done) {
        events.add(new Store.Event(done.revision(), operation.key(), ""));
      }
    }
    return events;
  }

  private static Map<String, Store.Entry> result(List<Store.Event> told) {
    Map<String, Store.Entry> result = new TreeMap<>();
    for (Store.Event event : told) {
      if (event.value().isEmpty()) {
        result.remove(event.key());
      } else {
        result.put(event.key(), new Store.Entry(event.key(), event.value(), event.revision()));
      }
    }
    return result;
  }

  private static Map<String, Store.Entry> byKey(List<Store.Entry> entries) {
    Map<String, Store.Entry> byKey = new TreeMap<>();
    entries.forEach(entry -> byKey.put(entry.key(), entry));
    return byKey;
  }

  /** Stops; a last write wakes the thread if it waits for one. */
  @Override
  public void close() {
    stopped = true;
    Reply unused = stores.get(0).call(prefix + "end", new Register.Put("end"));
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
