package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * How much of a lock is wanted or held.
 *
 * @param permits of the mode {@code PERMITS}, 1 to {@code capacity}; otherwise 1
 * @param capacity permits that there are, 1 to 1,048,576; otherwise 1
 */
public record Terms(LockMode mode, int permits, int capacity) {
  /** Most permits of a semaphore. */
  public static final int MAX_CAPACITY = 1 << 20;

  public static final Terms EXCLUSIVE = new Terms(LockMode.EXCLUSIVE, 1, 1);
  public static final Terms SHARED = new Terms(LockMode.SHARED, 1, 1);

  public Terms {
    boolean some = mode == LockMode.PERMITS;
    check(capacity >= 1 && capacity <= MAX_CAPACITY, "/capacity", "must be 1 to " + MAX_CAPACITY);
    check(permits >= 1 && permits <= capacity, "/permits", "must be 1 to the capacity");
    check(some || capacity == 1, "/capacity", "is of the mode permits alone");
  }

  private static void check(boolean holds, String pointer, String detail) {
    if (!holds) {
      throw Failure.invalid(pointer, detail);
    }
  }

  /** Some of the permits of a semaphore. */
  public static Terms permits(int permits, int capacity) {
    return new Terms(LockMode.PERMITS, permits, capacity);
  }

  /** Tells the fields, and yields the terms once all is {@linkplain Fields#build built}. */
  static Supplier<Terms> reading(Fields fields) {
    LockMode mode =
        fields
            .choice("mode", LockMode.class)
            .about("Alone, together with others who share, or some of the permits.")
            .orElse(LockMode.EXCLUSIVE);
    int permits =
        fields.integer("permits", 1, MAX_CAPACITY).about("How many; mode permits.").orElse(1);
    int capacity =
        fields
            .integer("capacity", 1, MAX_CAPACITY)
            .about("How many permits there are; mode permits.")
            .orElse(1);
    return () -> new Terms(mode, permits, capacity);
  }

  /** Adds the fields to {@code json}. */
  JsonObject writeTo(JsonObject json) {
    json.put("mode", Fields.word(mode));
    return mode == LockMode.PERMITS ? json.put("permits", permits).put("capacity", capacity) : json;
  }

  /** Whether both may be of one lock at a time, in whatever amounts. */
  boolean agreesWith(Terms other) {
    boolean semaphore = mode == LockMode.PERMITS;
    return semaphore == (other.mode == LockMode.PERMITS) && capacity == other.capacity;
  }

  @Override
  public String toString() {
    return mode == LockMode.PERMITS ? permits + " of " + capacity + " permits" : Fields.word(mode);
  }
}
