package io.vertebra.testkit.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Register.Absent;
import io.vertebra.testkit.linear.Register.Delete;
import io.vertebra.testkit.linear.Register.Deleted;
import io.vertebra.testkit.linear.Register.Found;
import io.vertebra.testkit.linear.Register.Get;
import io.vertebra.testkit.linear.Register.Input;
import io.vertebra.testkit.linear.Register.Output;
import io.vertebra.testkit.linear.Register.Put;
import io.vertebra.testkit.linear.Register.Refused;
import io.vertebra.testkit.linear.Register.Swap;
import io.vertebra.testkit.linear.Register.Written;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The checker against the definition, and against a store that is right by construction. */
final class CheckerReferenceTest {
  private final Checker<Register.State, Input, Output> checker = new Checker<>(new Register());

  @Property(tries = 20_000)
  void judgesAsTryingAllOrdersDoes(@ForAll long seed) {
    Random random = new Random(seed);
    List<Operation<Input, Output>> history = history(random, 2 + random.nextInt(6), 4, 8);
    if (random.nextBoolean()) {
      spoil(history, random);
    }
    boolean right = anyOrder(new Register(), new Register().initial(), history);
    Statistics.collect(right);
    assertThat(checker.check(history) instanceof Verdict.Linearizable).isEqualTo(right);
  }

  @Property(tries = 50)
  void findsTheOrderOfALongHistoryWithManyLostAnswers(@ForAll long seed) {
    List<Operation<Input, Output>> history = history(new Random(seed), 3_000, 32, 0);
    assertThat(new Checker<>(new Register(), 1_000_000).check(history))
        .isInstanceOf(Verdict.Linearizable.class);
  }

  @Test
  @Timeout(20)
  void aStaleReadInALongHistoryWithManyLostAnswersIsNamed() {
    List<Operation<Input, Output>> history = history(new Random(7), 20_000, 32, 0);
    history.sort(Comparator.comparingLong(Operation::invoked));
    Operation<Input, Output> early =
        history.subList(5_000, history.size()).stream()
            .filter(operation -> operation.output().orElse(null) instanceof Found)
            .findFirst()
            .orElseThrow();
    long later = early.returned() + 10_000;
    history.add(Operation.done(99, "k", new Get(), early.output().orElseThrow(), later, later + 1));
    assertThat(checker.check(history))
        .isInstanceOfSatisfying(
            Verdict.Wrong.class, wrong -> assertThat(wrong.evidence()).contains("client 99"));
  }

  /** The definition: whether some operation may come first, and the rest after it. */
  private static <S, I, O> boolean anyOrder(
      Model<S, I, O> model, S state, List<Operation<I, O>> rest) {
    if (rest.stream().allMatch(Operation::mayNeverHappen)) {
      return true;
    }
    long firstReturn = rest.stream().mapToLong(Operation::returned).min().orElseThrow();
    for (Operation<I, O> first : rest) {
      Optional<S> next = model.step(state, first.input(), first.output());
      if (first.invoked() <= firstReturn && next.isPresent()) {
        List<Operation<I, O>> others = new ArrayList<>(rest);
        others.remove(first);
        if (anyOrder(model, next.get(), others)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * What clients see of a store that is right, now and then without an answer.
   *
   * @param values how many different ones are written; 0 if all are
   */
  private static List<Operation<Input, Output>> history(
      Random random, int operations, int clients, int values) {
    List<Operation<Input, Output>> history = new ArrayList<>();
    long[] free = new long[clients];
    Store store = new Store();
    for (int i = 0; i < operations; i++) {
      long now = 10L * i;
      int client = random.nextInt(clients);
      long invoked = Math.max(free[client], now - random.nextInt(200));
      if (invoked > now) {
        continue;
      }
      Input input = input(random, store.revision, values);
      long returned = now + random.nextInt(200);
      free[client] = returned + 1;
      boolean lost = random.nextInt(20) == 0;
      Optional<Output> output =
          lost && random.nextBoolean() ? Optional.empty() : Optional.of(store.execute(input));
      history.add(
          lost
              ? Operation.unknown(client, "k", input, invoked)
              : Operation.done(client, "k", input, output.orElseThrow(), invoked, returned));
    }
    return history;
  }

  private static Input input(Random random, long revision, int values) {
    String value = "v" + (values == 0 ? random.nextLong() : random.nextInt(values));
    return switch (random.nextInt(10)) {
      case 0 -> new Delete();
      case 1, 2 -> new Swap(Math.max(0, revision - random.nextInt(2)), value);
      case 3, 4, 5 -> new Put(value);
      default -> new Get();
    };
  }

  /** Puts the answer of one read in the place of another's, or moves an operation in time. */
  private static void spoil(List<Operation<Input, Output>> history, Random random) {
    int index = random.nextInt(history.size());
    Operation<Input, Output> spoilt = history.get(index);
    if (spoilt.input() instanceof Get && !spoilt.mayNeverHappen()) {
      Output other =
          random.nextInt(3) == 0
              ? new Absent()
              : new Found("v" + random.nextInt(4), 1 + random.nextInt(4));
      history.set(
          index,
          Operation.done(
              spoilt.client(), "k", spoilt.input(), other, spoilt.invoked(), spoilt.returned()));
    } else if (!spoilt.mayNeverHappen()) {
      long later = random.nextInt(100);
      history.set(
          index,
          Operation.done(
              spoilt.client(),
              "k",
              spoilt.input(),
              spoilt.output().orElseThrow(),
              spoilt.invoked() + later,
              spoilt.returned() + later));
    }
  }

  /** A register that executes one thing at a time. */
  private static final class Store {
    private Optional<String> value = Optional.empty();
    private long revision;
    private long written;

    Output execute(Input input) {
      if (input instanceof Put put) {
        return write(put.value());
      }
      if (input instanceof Swap swap) {
        return swap.expected() == (value.isPresent() ? written : 0)
            ? write(swap.value())
            : new Refused();
      }
      if (value.isEmpty()) {
        return new Absent();
      }
      if (input instanceof Delete) {
        value = Optional.empty();
        return new Deleted(++revision);
      }
      return new Found(value.get(), written);
    }

    private Output write(String next) {
      value = Optional.of(next);
      written = ++revision;
      return new Written(written);
    }
  }
}
