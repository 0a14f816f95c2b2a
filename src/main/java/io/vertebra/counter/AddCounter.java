package io.vertebra.counter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * Adds to a counter, which begins at 0.
 *
 * @param step any number of 64 bits; default 1
 * @param floor the least value the counter may have then; default any
 * @param ceiling the greatest value the counter may have then; default any
 */
public record AddCounter(String name, long step, long floor, long ceiling) {

  public AddCounter {
    if (floor > ceiling) {
      throw Failure.invalid("/floor", "must not exceed the ceiling");
    }
  }

  /** Adds whatever the counter holds. */
  public static AddCounter of(String name, long step) {
    return new AddCounter(name, step, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  static AddCounter from(Fields fields) {
    String name = Names.read(fields).required();
    long step =
        fields
            .longInteger("step", Long.MIN_VALUE, Long.MAX_VALUE)
            .about("What is added; may be negative.")
            .orElse(1L);
    long floor =
        fields
            .longInteger("floor", Long.MIN_VALUE, Long.MAX_VALUE)
            .about("The least value allowed then.")
            .orElse(Long.MIN_VALUE);
    long ceiling =
        fields
            .longInteger("ceiling", Long.MIN_VALUE, Long.MAX_VALUE)
            .about("The greatest value allowed then.")
            .orElse(Long.MAX_VALUE);
    return fields.build(() -> new AddCounter(name, step, floor, ceiling));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name).put("step", step);
    if (floor != Long.MIN_VALUE) {
      json.put("floor", floor);
    }
    return ceiling == Long.MAX_VALUE ? json : json.put("ceiling", ceiling);
  }

  boolean isBounded() {
    return floor != Long.MIN_VALUE || ceiling != Long.MAX_VALUE;
  }
}
