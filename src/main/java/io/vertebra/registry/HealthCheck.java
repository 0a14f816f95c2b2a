package io.vertebra.registry;

/** A check and what it found. */
public record HealthCheck(Check check, CheckState state) {
  public CheckStatus status() {
    return state.status();
  }
}
