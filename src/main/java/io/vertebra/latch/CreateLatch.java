package io.vertebra.latch;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * Makes a latch.
 *
 * @param count participants it takes to open it, 1 to 10,000
 */
public record CreateLatch(String name, int count) {

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("count", count);
  }

  static CreateLatch from(Fields fields) {
    String name = Names.read(fields, "name").required();
    int count =
        fields.integer("count", 1, 10_000).about("Participants it takes to open it.").required();
    return fields.build(() -> new CreateLatch(name, count));
  }
}
