package io.vertebra.testkit.linear;

import java.util.Optional;

/**
 * What a client asked for and what it was told. Times are of one monotonic clock, in nanoseconds.
 *
 * @param key the part of the store that it concerns; parts are judged each for itself
 * @param output empty if the outcome is not known
 * @param returned before when it took effect; {@link #NEVER} if it may still, or never will
 */
public record Operation<I, O>(
    int client, String key, I input, Optional<O> output, long invoked, long returned) {
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    if (returned < invoked) {
      throw new IllegalArgumentException("returned before invoked");
    }
  }

  /** One whose outcome was told. */
  public static <I, O> Operation<I, O> done(
      int client, String key, I input, O output, long invoked, long returned) {
    return new Operation<>(client, key, input, Optional.of(output), invoked, returned);
  }

  /** One that may have happened or not, or will happen at any later time. */
  public static <I, O> Operation<I, O> unknown(int client, String key, I input, long invoked) {
    return new Operation<>(client, key, input, Optional.empty(), invoked, NEVER);
  }

  boolean mayNeverHappen() {
    return returned == NEVER;
  }

  @Override
  public String toString() {
    return "client %d %s %s -> %s [%d, %s]"
        .formatted(
            client,
            key,
            input,
            output.map(Object::toString).orElse("?"),
            invoked,
            mayNeverHappen() ? "?" : returned);
  }
}
