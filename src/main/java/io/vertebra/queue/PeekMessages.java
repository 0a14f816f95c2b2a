package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Looks at messages in the order of their sending, and changes nothing.
 *
 * @param from the first id; empty for the oldest message
 * @param limit most messages, 1 to 100, default 10; fewer come if they are long
 */
public record PeekMessages(String queue, Optional<String> from, int limit) {

  /** The oldest ones. */
  public static PeekMessages of(String queue) {
    return new PeekMessages(queue, Optional.empty(), QueueFields.MAX_BATCH);
  }

  static PeekMessages from(Fields fields) {
    String queue = QueueFields.queue(fields);
    Optional<String> from =
        QueueFields.messageId(fields, "from").about("The first id wanted.").optional();
    int limit =
        fields.integer("limit", 1, QueueFields.MAX_BATCH).about("Most messages.").orElse(10);
    return fields.build(() -> new PeekMessages(queue, from, limit));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("queue", queue).put("limit", limit);
    from.ifPresent(id -> json.put("from", id));
    return json;
  }
}
