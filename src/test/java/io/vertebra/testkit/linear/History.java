package io.vertebra.testkit.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** What clients saw, written down by all of them at once. */
public final class History<I, O> {
  private final Queue<Operation<I, O>> operations = new ConcurrentLinkedQueue<>();

  public void add(Operation<I, O> operation) {
    operations.add(operation);
  }

  public List<Operation<I, O>> operations() {
    return new ArrayList<>(operations);
  }

  /** The operations on each key. */
  public Map<String, List<Operation<I, O>>> byKey() {
    return operations.stream()
        .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
  }
}
