package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Asks for a part of the queues, in the order of their names.
 *
 * @param prefix with which their names begin; default all
 * @param cursor the last name of the part before; empty for the first part
 * @param limit most queues, 1 to 100, default 100
 */
public record ListQueues(String prefix, Optional<String> cursor, int limit) {

  /** The first part of all. */
  public static ListQueues all() {
    return new ListQueues("", Optional.empty(), QueueFields.MAX_BATCH);
  }

  static ListQueues from(Fields fields) {
    String prefix =
        fields.text("prefix", 0, QueueFields.MAX_NAME).about("How their names begin.").orElse("");
    Optional<String> cursor =
        fields
            .text("cursor", 1, QueueFields.MAX_NAME)
            .about("The cursor of the part before.")
            .optional();
    int limit =
        fields
            .integer("limit", 1, QueueFields.MAX_BATCH)
            .about("Most queues.")
            .orElse(QueueFields.MAX_BATCH);
    return fields.build(() -> new ListQueues(prefix, cursor, limit));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("prefix", prefix).put("limit", limit);
    cursor.ifPresent(last -> json.put("cursor", last));
    return json;
  }
}
