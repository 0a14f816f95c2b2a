package io.vertebra.counter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * Asks for the next numbers of a sequence.
 *
 * @param count how many, 1 to 1,000,000; default 1
 */
public record TakeBlock(String name, int count) {
  private static final int MAX_COUNT = 1_000_000;

  static TakeBlock from(Fields fields) {
    String name = Names.read(fields).required();
    int count = fields.integer("count", 1, MAX_COUNT).about("How many numbers.").orElse(1);
    return fields.build(() -> new TakeBlock(name, count));
  }

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("count", count);
  }
}
