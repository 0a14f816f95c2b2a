package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Makes a queue or changes what it is.
 *
 * @param ifRevision which the present one must have; 0 if there must be none; empty for any
 */
public record DefineQueue(String queue, QueueDefinition definition, Optional<Long> ifRevision) {

  public DefineQueue {
    if (definition.deadLetter().filter(queue::equals).isPresent()) {
      throw Failure.invalid("/deadLetter", "must be another queue");
    }
  }

  /** A queue of this name with the defaults. */
  public static DefineQueue of(String queue) {
    return new DefineQueue(queue, QueueDefinition.defaults(queue), Optional.empty());
  }

  static DefineQueue from(Fields fields) {
    String queue = QueueFields.queue(fields);
    Optional<Long> ifRevision =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("Which the present one must have; 0 if there must be none.")
            .optional();
    QueueDefinition definition = QueueDefinition.from(queue, fields);
    return fields.build(() -> new DefineQueue(queue, definition, ifRevision));
  }

  JsonObject toJson() {
    JsonObject json = definition.toJson().put("queue", queue);
    ifRevision.ifPresent(revision -> json.put("ifRevision", revision));
    return json;
  }
}
