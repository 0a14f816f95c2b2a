package io.vertebra.queue;

import io.vertebra.api.Call;
import io.vertebra.api.Fields;
import io.vertebra.api.LongPoll;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks for messages.
 *
 * @param group of consumers for which they are; default {@code default}
 * @param max most messages, 1 to 100, default 1; fewer come if they are long
 * @param patience how long to wait for the first one; JSON {@code waitMs}, 0 to 60 s, default 0
 * @param visibility how long they are given for; JSON {@code visibilityMs}, 1 s to 12 h, default
 *     what the queue says
 */
public record ReceiveMessages(
    String queue, String group, int max, Duration patience, Optional<Duration> visibility) {

  /** At most so many, without waiting. */
  public static ReceiveMessages of(String queue, int max) {
    return new ReceiveMessages(
        queue, QueueFields.DEFAULT_GROUP, max, Duration.ZERO, Optional.empty());
  }

  /** The same for another group. */
  public ReceiveMessages as(String other) {
    return new ReceiveMessages(queue, other, max, patience, visibility);
  }

  /** The same with another patience. */
  public ReceiveMessages waiting(Duration wanted) {
    return new ReceiveMessages(queue, group, max, wanted, visibility);
  }

  /** The same with another visibility. */
  public ReceiveMessages lasting(Duration wanted) {
    return new ReceiveMessages(queue, group, max, patience, Optional.of(wanted));
  }

  static ReceiveMessages from(Fields fields) {
    String queue = QueueFields.queue(fields);
    String group = QueueFields.group(fields);
    int max = fields.integer("max", 1, QueueFields.MAX_BATCH).about("Most messages.").orElse(1);
    Duration patience =
        fields
            .millis(Call.WAIT, 0, LongPoll.MAX_WAIT_MS)
            .about("How long to wait for the first one.")
            .orElse(Duration.ZERO);
    Optional<Duration> visibility =
        fields
            .millis(
                "visibilityMs",
                QueueDefinition.MIN_VISIBILITY_MS,
                QueueDefinition.MAX_VISIBILITY_MS)
            .about("How long they are given for, unless as the queue says.")
            .optional();
    return fields.build(() -> new ReceiveMessages(queue, group, max, patience, visibility));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("queue", queue)
            .put("group", group)
            .put("max", max)
            .put(Call.WAIT, patience.toMillis());
    visibility.ifPresent(time -> json.put("visibilityMs", time.toMillis()));
    return json;
  }
}
