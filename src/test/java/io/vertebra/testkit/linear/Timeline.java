package io.vertebra.testkit.linear;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The returns of a history in their order, and what could have taken effect before each.
 *
 * @param moments one for each operation that returned
 * @param loose those that may never happen, in the order of their invocations
 * @param kind of each loose one: equal for those with equal inputs
 */
record Timeline<I, O>(List<Moment<I, O>> moments, List<Operation<I, O>> loose, int[] kind) {

  /** An operation that has a slot while it is under way: no two at once have the same. */
  record Open<I, O>(Operation<I, O> operation, int slot) {}

  /**
   * An operation returns.
   *
   * @param others under way at this time, those that return first first
   * @param loose how many of the loose ones were invoked before
   */
  record Moment<I, O>(Open<I, O> returning, List<Open<I, O>> others, int loose) {}

  static <I, O> Timeline<I, O> of(List<Operation<I, O>> history) {
    List<Operation<I, O>> byInvocation = new ArrayList<>(history);
    byInvocation.sort(Comparator.comparingLong(Operation::invoked));
    List<Operation<I, O>> loose = byInvocation.stream().filter(Operation::mayNeverHappen).toList();
    List<Operation<I, O>> byReturn =
        byInvocation.stream()
            .filter(operation -> !operation.mayNeverHappen())
            .sorted(Comparator.comparingLong(Operation::returned))
            .toList();
    return new Timeline<>(moments(byInvocation, byReturn), loose, kinds(loose));
  }

  private static <I, O> List<Moment<I, O>> moments(
      List<Operation<I, O>> byInvocation, List<Operation<I, O>> byReturn) {
    List<Moment<I, O>> moments = new ArrayList<>();
    List<Open<I, O>> open = new ArrayList<>();
    BitSet slots = new BitSet();
    int invoked = 0;
    int loose = 0;
    for (Operation<I, O> next : byReturn) {
      while (invoked < byInvocation.size()
          && byInvocation.get(invoked).invoked() <= next.returned()) {
        Operation<I, O> operation = byInvocation.get(invoked++);
        if (operation.mayNeverHappen()) {
          loose++;
        } else {
          int slot = slots.nextClearBit(0);
          slots.set(slot);
          open.add(new Open<>(operation, slot));
        }
      }
      Open<I, O> returning =
          open.stream().filter(one -> one.operation() == next).findFirst().orElseThrow();
      open.remove(returning);
      slots.clear(returning.slot());
      List<Open<I, O>> others = new ArrayList<>(open);
      others.sort(Comparator.comparingLong(one -> one.operation().returned()));
      moments.add(new Moment<>(returning, List.copyOf(others), loose));
    }
    return moments;
  }

  private static <I, O> int[] kinds(List<Operation<I, O>> loose) {
    Map<I, Integer> kinds = new HashMap<>();
    return loose.stream()
        .mapToInt(operation -> kinds.computeIfAbsent(operation.input(), input -> kinds.size()))
        .toArray();
  }
}
