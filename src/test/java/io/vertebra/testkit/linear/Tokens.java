package io.vertebra.testkit.linear;

import java.util.Optional;

/**
 * What gives out tokens that grow; who has the newest may be told it again. How long somebody has a
 * token does not matter.
 */
public final class Tokens implements Model<Tokens.State, Tokens.Ask, Long> {

  /** Somebody wants a token. */
  public record Ask(String owner) {}

  /** The newest token and who has it. */
  public record State(long token, String owner) {}

  @Override
  public State initial() {
    return new State(0, "");
  }

  @Override
  public Optional<State> step(State state, Ask input, Optional<Long> output) {
    if (output.isEmpty()) {
      return Optional.of(state);
    }
    long token = output.get();
    boolean again = token == state.token() && input.owner().equals(state.owner());
    return token > state.token() || again
        ? Optional.of(new State(token, input.owner()))
        : Optional.empty();
  }

  @Override
  public boolean isTooLate(State state, Ask input, Long output) {
    return output < state.token();
  }
}
