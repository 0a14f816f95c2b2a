package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertebra.queue.Delivery.Given;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A message that was delivered.
 *
 * @param receipt by which it is settled
 * @param attempts deliveries to this group so far, this one included
 * @param firstReceivedAt when the first one was
 * @param visibleAt when it will be delivered again unless it is settled or extended
 */
public record ReceivedMessage(
    Message message, String receipt, int attempts, Instant firstReceivedAt, Instant visibleAt) {

  /** What a group is given. */
  static ReceivedMessage of(
      StoredMessage message, Bytes body, GroupIndex group, Given given, long until) {
    Receipt receipt = new Receipt(message.id(), given.number(), group.stored().name());
    return new ReceivedMessage(
        message.with(body),
        receipt.text(),
        given.attempts(),
        Instant.ofEpochMilli(given.firstAt()),
        Instant.ofEpochMilli(until));
  }

  /** The same with another receipt. */
  ReceivedMessage with(String other) {
    return new ReceivedMessage(message, other, attempts, firstReceivedAt, visibleAt);
  }

  JsonObject toJson() {
    return message
        .toJson()
        .put("receipt", receipt)
        .put("attempts", attempts)
        .put("firstReceivedAt", firstReceivedAt.toString())
        .put("visibleAt", visibleAt.toString());
  }

  static ReceivedMessage from(JsonObject json) {
    return new ReceivedMessage(
        Message.from(json),
        json.getString("receipt"),
        json.getInteger("attempts"),
        Instant.parse(json.getString("firstReceivedAt")),
        Instant.parse(json.getString("visibleAt")));
  }
}
