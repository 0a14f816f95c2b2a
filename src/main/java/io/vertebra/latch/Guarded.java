package io.vertebra.latch;

import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a change is about, and what it is done under. */
record Guarded<T>(T value, Guard guard) {

  static <T> Function<Fields, Guarded<T>> reading(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      T value = reader.apply(fields);
      return new Guarded<>(value, guard.get());
    };
  }

  /** The same without an idempotency key, so that the answer is kept as a whole. */
  static <T> Function<Fields, Guarded<T>> fenced(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.ofFence(fields);
      T value = reader.apply(fields);
      return new Guarded<>(value, guard.get());
    };
  }
}
