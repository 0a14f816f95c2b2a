package io.vertebra.sqs;

import io.vertebra.queue.QueueDefinition;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Where messages go that were received too often.
 *
 * @param target the queue; empty if they are never given up
 * @param maxReceiveCount 1 to 1,000; 0 where there is no target
 */
record RedrivePolicy(Optional<String> target, int maxReceiveCount) {
  private static final String NAME = "RedrivePolicy";

  /** Reads JSON; nothing for none. */
  static RedrivePolicy parse(String text) {
    if (text.isEmpty()) {
      return new RedrivePolicy(Optional.empty(), 0);
    }
    JsonObject json;
    try {
      json = new JsonObject(text);
    } catch (DecodeException e) {
      throw QueueAttributes.unfit(NAME, " Reason: Redrive policy is not a valid JSON map.");
    }
    Params params = new Params(json);
    String arn = params.text("deadLetterTargetArn").orElse("");
    int count =
        params
            .integer("maxReceiveCount", 1, 1_000)
            .orElseThrow(
                () ->
                    QueueAttributes.unfit(
                        NAME,
                        " Reason: Redrive policy does not contain mandatory attribute:"
                            + " maxReceiveCount."));
    return new RedrivePolicy(Optional.of(QueueNames.ofArn("deadLetterTargetArn", arn)), count);
  }

  /** That of a queue as JSON; empty if it has none. */
  static Optional<String> of(QueueDefinition queue, QueueNames names) {
    if (queue.maxAttempts() == 0) {
      return Optional.empty();
    }
    return queue
        .deadLetter()
        .map(
            target ->
                new JsonObject()
                    .put("deadLetterTargetArn", names.arn(target))
                    .put("maxReceiveCount", queue.maxAttempts())
                    .encode());
  }

  QueueDefinition applyTo(QueueDefinition queue) {
    return queue.givingUp(maxReceiveCount, target);
  }
}
