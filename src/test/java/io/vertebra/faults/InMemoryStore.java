package io.vertebra.faults;

import io.vertebra.testkit.linear.Register;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A store of one thing at a time; those who extend it spoil it. */
class InMemoryStore implements Store {
  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();
  private final Map<String, Reply> attempts = new HashMap<>();

  /** When leases end. */
  private final Map<String, Long> ends = new HashMap<>();

  private final Map<String, String> holders = new HashMap<>();
  private Duration ttl = Duration.ZERO;
  private long revision;

  @Override
  public synchronized Reply call(String key, Register.Input input) {
    return new Reply.Done(execute(key, input));
  }

  private Register.Output execute(String key, Register.Input input) {
    if (isOver(holders.getOrDefault(key, ""))) {
      entries.remove(key);
    }
    Entry entry = entries.get(key);
    if (input instanceof Register.Put put) {
      return write(key, put.value());
    }
    if (input instanceof Register.Swap swap) {
      return swap.expected() == (entry == null ? 0 : entry.revision())
          ? write(key, swap.value())
          : new Register.Refused();
    }
    if (entry == null) {
      return new Register.Absent();
    }
    if (input instanceof Register.Get) {
      return new Register.Found(entry.value(), entry.revision());
    }
    entries.remove(key);
    events.add(new Event(++revision, key, ""));
    notifyAll();
    return new Register.Deleted(revision);
  }

  final synchronized Register.Output write(String key, String value) {
    entries.put(key, new Entry(key, value, ++revision));
    events.add(new Event(revision, key, value));
    notifyAll();
    return new Register.Written(revision);
  }

  @Override
  public synchronized Reply put(String key, String value, String attempt) {
    return attempts.computeIfAbsent(attempt, unused -> call(key, new Register.Put(value)));
  }

  @Override
  public boolean knowsAttempts() {
    return true;
  }

  @Override
  public synchronized Reply swap(Map<String, Register.Swap> writes) {
    boolean unchanged =
        writes.entrySet().stream()
            .allMatch(
                write -> entries.get(write.getKey()).revision() == write.getValue().expected());
    return unchanged ? swapped(writes) : new Reply.Done(new Register.Refused());
  }

  /** Does what was found to be possible. */
  Reply swapped(Map<String, Register.Swap> writes) {
    writes.forEach((key, write) -> write(key, write.value()));
    return new Reply.Done(new Register.Written(revision));
  }

  @Override
  public synchronized List<Entry> list(String prefix) {
    return List.copyOf(entries.subMap(prefix, prefix + Character.MAX_VALUE).values());
  }

  @Override
  public synchronized String grant(Duration lasting) {
    ttl = lasting;
    String lease = Integer.toString(ends.size());
    ends.put(lease, System.nanoTime() + lasting.toNanos());
    return lease;
  }

  @Override
  public synchronized void keepAlive(String lease) throws IOException {
    if (isOver(lease)) {
      throw new IOException("the lease ended");
    }
    ends.put(lease, System.nanoTime() + ttl.toNanos());
  }

  private boolean isOver(String lease) {
    return ends.containsKey(lease) && ends.get(lease) < System.nanoTime();
  }

  @Override
  public synchronized void putUnder(String lease, String key, String value) {
    holders.put(key, lease);
    Register.Output unused = write(key, value);
  }

  @Override
  public Watch watch(String prefix, long fromRevision) {
    return new Watch() {
      private int next;

      @Override
      public Batch next() throws IOException {
        Batch batch = batchAfter(next);
        next += batch.events().size();
        return new Batch(
            batch.revision(),
            batch.events().stream()
                .filter(event -> event.revision() >= fromRevision)
                .filter(event -> event.key().startsWith(prefix))
                .toList());
      }

      @Override
      public void close() {}
    };
  }

  private synchronized Batch batchAfter(int index) throws IOException {
    try {
      if (index == events.size()) {
        wait(TimeUnit.SECONDS.toMillis(1));
      }
      return new Batch(revision, List.copyOf(events.subList(index, events.size())));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public Status status() {
    return new Status(1, 1);
  }
}
