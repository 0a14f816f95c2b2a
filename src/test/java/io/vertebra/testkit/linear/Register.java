package io.vertebra.testkit.linear;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One key of a store that counts its revisions; other keys make the count go on as well. */
public final class Register implements Model<Register.State, Register.Input, Register.Output> {
  private static final String UNSEEN = "(a value that nobody saw)";

  /** What to do. */
  public sealed interface Input {}

  public record Get() implements Input {}

  public record Put(String value) implements Input {}

  public record Delete() implements Input {}

  /**
   * Writes if nobody else did.
   *
   * @param expected the revision at which the key was last written; 0 if it is not there
   */
  public record Swap(long expected, String value) implements Input {}

  /** What is told of it. */
  public sealed interface Output {}

  public record Found(String value, long revision) implements Output {}

  public record Absent() implements Output {}

  public record Written(long revision) implements Output {}

  public record Deleted(long revision) implements Output {}

  /** The revision was not the one expected. */
  public record Refused() implements Output {}

  /**
   * What the key holds.
   *
   * @param revision of its last write
   * @param exact whether it is this revision; otherwise it is a later one
   */
  public record State(Optional<String> value, long revision, boolean exact) {

    private Optional<State> written(String next, long at) {
      return at > revision ? Optional.of(new State(Optional.of(next), at, true)) : Optional.empty();
    }

    private Optional<State> found(Found answer) {
      boolean fits = exact ? answer.revision() == revision : answer.revision() > revision;
      return fits && value.equals(Optional.of(answer.value()))
          ? Optional.of(new State(value, answer.revision(), true))
          : Optional.empty();
    }

    private boolean mayBeAt(long expected) {
      if (value.isEmpty()) {
        return expected == 0;
      }
      return exact ? expected == revision : expected > revision;
    }

    private boolean mustBeAt(long expected) {
      return mayBeAt(expected) && (exact || value.isEmpty());
    }
  }

  @Override
  public State initial() {
    return new State(Optional.empty(), 0, true);
  }

  @Override
  public Optional<State> step(State state, Input input, Optional<Output> output) {
    return output.isPresent()
        ? answered(state, input, output.get())
        : Optional.of(happened(state, input));
  }

  private static Optional<State> answered(State state, Input input, Output output) {
    if (input instanceof Get && output instanceof Found found) {
      return state.found(found);
    }
    if (output instanceof Absent) {
      return Optional.of(state).filter(present -> present.value().isEmpty());
    }
    if (input instanceof Put put && output instanceof Written written) {
      return state.written(put.value(), written.revision());
    }
    if (input instanceof Delete && output instanceof Deleted deleted) {
      return state.value().isPresent() && deleted.revision() > state.revision()
          ? Optional.of(new State(Optional.empty(), deleted.revision(), true))
          : Optional.empty();
    }
    if (input instanceof Swap swap && output instanceof Written written) {
      return state.mayBeAt(swap.expected())
          ? state.written(swap.value(), written.revision())
          : Optional.empty();
    }
    if (input instanceof Swap swap && output instanceof Refused) {
      return Optional.of(state).filter(present -> !present.mustBeAt(swap.expected()));
    }
    throw new IllegalArgumentException(input + " does not answer " + output);
  }

  private static State happened(State state, Input input) {
    if (input instanceof Put put) {
      return new State(Optional.of(put.value()), state.revision(), false);
    }
    if (input instanceof Delete && state.value().isPresent()) {
      return new State(Optional.empty(), state.revision(), true);
    }
    if (input instanceof Swap swap && state.mayBeAt(swap.expected())) {
      return new State(Optional.of(swap.value()), state.revision(), false);
    }
    return state;
  }

  @Override
  public boolean isTooLate(State state, Input input, Output output) {
    if (output instanceof Written written) {
      return written.revision() <= state.revision();
    }
    if (output instanceof Deleted deleted) {
      return deleted.revision() <= state.revision();
    }
    return output instanceof Found found && found.revision() < state.revision();
  }

  /**
   * If nothing else wrote its value, a write of unknown outcome happened before that was read, at
   * the revision that was read; those whose values nobody read are all alike.
   */
  @Override
  public List<Operation<Input, Output>> simplify(List<Operation<Input, Output>> history) {
    Map<String, Operation<Input, Output>> firstReads = new HashMap<>();
    for (Operation<Input, Output> operation : history) {
      if (operation.output().orElse(null) instanceof Found found) {
        firstReads.merge(found.value(), operation, Register::earlier);
      }
    }
    Map<String, Long> writers =
        history.stream()
            .flatMap(operation -> valueOf(operation.input()).stream())
            .collect(Collectors.groupingBy(value -> value, Collectors.counting()));
    return history.stream()
        .map(
            operation ->
                operation.mayNeverHappen() && valueOf(operation.input()).isPresent()
                    ? simplify(operation, firstReads, writers)
                    : operation)
        .toList();
  }

  private static Operation<Input, Output> earlier(
      Operation<Input, Output> first, Operation<Input, Output> second) {
    return first.returned() <= second.returned() ? first : second;
  }

  private static Operation<Input, Output> simplify(
      Operation<Input, Output> write,
      Map<String, Operation<Input, Output>> firstReads,
      Map<String, Long> writers) {
    String value = valueOf(write.input()).orElseThrow();
    Operation<Input, Output> read = firstReads.get(value);
    if (read == null) {
      Input unseen =
          write.input() instanceof Swap swap ? new Swap(swap.expected(), UNSEEN) : new Put(UNSEEN);
      return Operation.unknown(write.client(), write.key(), unseen, write.invoked());
    }
    boolean certain = writers.get(value) == 1 && read.returned() >= write.invoked();
    return certain && read.output().orElseThrow() instanceof Found found
        ? Operation.done(
            write.client(),
            write.key(),
            write.input(),
            new Written(found.revision()),
            write.invoked(),
            read.returned())
        : write;
  }

  private static Optional<String> valueOf(Input input) {
    if (input instanceof Put put) {
      return Optional.of(put.value());
    }
    return input instanceof Swap swap ? Optional.of(swap.value()) : Optional.empty();
  }
}
