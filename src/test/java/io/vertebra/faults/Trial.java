package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.Violation;
import io.vertebra.testkit.linear.Checker;
import io.vertebra.testkit.linear.History;
import io.vertebra.testkit.linear.Operation;
import io.vertebra.testkit.linear.Register;
import io.vertebra.testkit.linear.Register.Input;
import io.vertebra.testkit.linear.Register.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Load before, while and after something breaks, and the judgement of all that was seen. */
final class Trial {
  private static final int ENOUGH_WRITES = 100;

  private final List<Store> stores;
  private final Runnable mended;
  private final Path folder;

  /**
   * @param mended waits until all stores take writes
   * @param folder where to leave the history if something is wrong
   */
  Trial(List<Store> stores, Runnable mended, Path folder) {
    this.stores = stores;
    this.mended = mended;
    this.folder = folder;
  }

  /** Something that breaks and is mended. */
  interface Fault {
    void happen(Workload load);
  }

  static Trial of(ThreeNodes nodes) {
    return new Trial(nodes.stores(), nodes::awaitService, nodes.folder());
  }

  /** Yields what was seen when something happened to nodes, which is as promised. */
  static Workload run(ThreeNodes nodes, long seed, Faults fault) throws Exception {
    System.out.printf("fault=%s seed=%d%n", fault, seed);
    return of(nodes).run(seed, load -> fault.happen(nodes, load));
  }

  /** Yields what was seen, which is as promised. */
  Workload run(long seed, Fault fault) throws Exception {
    String prefix = "trial-%d/".formatted(seed);
    Workload load = new Workload(stores, prefix, seed);
    try (Watcher watcher = new Watcher(stores, prefix, 1)) {
      try (load;
          Leases leases = new Leases(stores, "leases-" + prefix, seed);
          Transfers unused = new Transfers(stores, "accounts-" + prefix, seed)) {
        load.awaitWrites(ENOUGH_WRITES);
        fault.happen(load);
        mended.run();
        leases.verifyEnd();
        load.awaitWrites(ENOUGH_WRITES);
      }
      Violation.unless(() -> verify(load.history(), prefix, watcher));
    } catch (AssertionError e) {
      Path file = folder.resolve("history-" + seed + ".txt");
      Files.write(file, load.history().operations().stream().map(Object::toString).toList());
      System.out.println("history: " + file);
      throw e;
    }
    System.out.println("trial seed=" + seed + " " + load);
    return load;
  }

  private void verify(History<Input, Output> history, String prefix, Watcher watcher)
      throws IOException {
    List<Operation<Input, Output>> seen = history.operations();
    List<Store.Entry> now = List.of();
    for (Store store : stores) {
      long invoked = System.nanoTime();
      now = store.list(prefix);
      addReads(history, seen, now, invoked, System.nanoTime());
    }
    nothingIsMissing(seen, now);
    revisionsFollowTime(seen);
    new Checker<>(new Register()).verify(history);
    watcher.verify(seen, now);
  }

  /** What stands there in the end is a read of every key. */
  private static void addReads(
      History<Input, Output> history,
      List<Operation<Input, Output>> seen,
      List<Store.Entry> now,
      long invoked,
      long returned) {
    Map<String, Output> found = new HashMap<>();
    seen.forEach(operation -> found.put(operation.key(), new Register.Absent()));
    now.forEach(
        entry -> found.put(entry.key(), new Register.Found(entry.value(), entry.revision())));
    found.forEach(
        (key, output) ->
            history.add(Operation.done(-1, key, new Register.Get(), output, invoked, returned)));
  }

  /** The keys that a client wrote for itself are never removed. */
  private static void nothingIsMissing(List<Operation<Input, Output>> seen, List<Store.Entry> now) {
    Set<String> missing =
        seen.stream()
            .filter(operation -> operation.key().contains("/own-") && Workload.isWritten(operation))
            .map(Operation::key)
            .collect(Collectors.toCollection(HashSet::new));
    assertThat(missing).isNotEmpty();
    now.forEach(entry -> missing.remove(entry.key()));
    assertThat(missing).as("acknowledged but missing").isEmpty();
  }

  /** A write that began when another was over has the greater revision, whatever their keys. */
  private static void revisionsFollowTime(List<Operation<Input, Output>> seen) {
    List<Operation<Input, Output>> writes = seen.stream().filter(Workload::isWritten).toList();
    List<Operation<Input, Output>> byReturn =
        writes.stream().sorted(Comparator.comparingLong(Operation::returned)).toList();
    List<Operation<Input, Output>> byInvocation =
        writes.stream().sorted(Comparator.comparingLong(Operation::invoked)).toList();
    int over = 0;
    long greatest = 0;
    for (Operation<Input, Output> write : byInvocation) {
      while (byReturn.get(over).returned() < write.invoked()) {
        greatest = Math.max(greatest, revision(byReturn.get(over++)));
      }
      assertThat(revision(write)).as("revision of %s", write).isGreaterThan(greatest);
    }
  }

  private static long revision(Operation<Input, Output> write) {
    Output output = write.output().orElseThrow();
    return output instanceof Register.Written written
        ? written.revision()
        : ((Register.Deleted) output).revision();
  }
}
