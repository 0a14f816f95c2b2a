package io.vertebra.registry;

import java.util.Optional;

/**
 * Asks for a check.
 *
 * @param status to begin with; empty to keep what it found so far, or critical if it is new
 */
public record RegisterCheck(Check check, Optional<CheckStatus> status, String output) {

  /** Critical until found otherwise; what is known of it already is kept. */
  public static RegisterCheck of(Check check) {
    return new RegisterCheck(check, Optional.empty(), "");
  }

  /** The same of an instance, by another id. */
  RegisterCheck on(Instance instance, String id) {
    Check of =
        new Check(
            instance.node(),
            id,
            instance.id(),
            check.name(),
            check.notes(),
            check.definition(),
            check.deregisterAfter());
    return new RegisterCheck(of, status, output);
  }
}
