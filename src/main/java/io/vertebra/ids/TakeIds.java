package io.vertebra.ids;

import io.vertebra.api.Fields;

/**
 * Asks for ids.
 *
 * @param count how many, 1 to 1000; default 1
 */
record TakeIds(int count) {
  static final int MAX_COUNT = 1000;

  static TakeIds from(Fields fields) {
    int count = fields.integer("count", 1, MAX_COUNT).about("How many ids.").orElse(1);
    return fields.build(() -> new TakeIds(count));
  }
}
