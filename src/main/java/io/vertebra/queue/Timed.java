package io.vertebra.queue;

/**
 * When to look at something, in milliseconds since 1970; its time may have changed since.
 *
 * @param what to look at
 */
record Timed<T>(long at, T what) implements Comparable<Timed<T>> {

  @Override
  public int compareTo(Timed<T> other) {
    return Long.compare(at, other.at);
  }
}
