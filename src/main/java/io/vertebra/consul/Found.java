package io.vertebra.consul;

import java.util.function.Function;

/**
 * What was found, and when it changed.
 *
 * @param revision of the store at which it was so
 * @param written the last write of what is there; 0 if nothing is
 * @param removed no removal was later; may be that of something else
 */
record Found<T>(T value, long revision, long written, long removed) {

  /** The index to answer with. */
  long index() {
    return Math.max(1, Math.max(written, removed));
  }

  <U> Found<U> map(Function<T, U> mapper) {
    return new Found<>(mapper.apply(value), revision, written, removed);
  }
}
