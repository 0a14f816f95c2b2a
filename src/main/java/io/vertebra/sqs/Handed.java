package io.vertebra.sqs;

import io.vertebra.kv.Bytes;
import io.vertebra.queue.Message;
import io.vertebra.queue.ReceivedMessage;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A delivered message as a client of SQS sees it. */
final class Handed {
  private static final String DEAD_QUEUE = "x-dead-queue";
  private static final String DEAD_SENT_AT = "x-dead-sent-at";

  private Handed() {}

  /**
   * The message in an answer.
   *
   * @param attributes names of those wanted
   * @param system names of those wanted that SQS defines
   */
  static JsonObject toJson(
      ReceivedMessage received, List<String> attributes, List<String> system, QueueNames names) {
    Message message = received.message();
    String body = body(message.body());
    JsonObject json =
        new JsonObject()
            .put("MessageId", message.id())
            .put("ReceiptHandle", received.receipt())
            .put("MD5OfBody", Md5.of(body.getBytes(StandardCharsets.UTF_8)))
            .put("Body", body);
    Map<String, String> told = system(received, names);
    if (!system.contains("All")) {
      told.keySet().retainAll(system);
    }
    if (!told.isEmpty()) {
      json.put("Attributes", new JsonObject(Map.copyOf(told)));
    }
    MessageAttributes wanted = MessageAttributes.ofHeaders(message.headers()).only(attributes);
    if (!wanted.isEmpty()) {
      json.put("MD5OfMessageAttributes", wanted.md5());
      json.put("MessageAttributes", wanted.toJson());
    }
    return json;
  }

  /** What is no text comes in base64. */
  private static String body(Bytes bytes) {
    return bytes.asText().orElseGet(() -> Base64.getEncoder().encodeToString(bytes.unsafeArray()));
  }

  private static Map<String, String> system(ReceivedMessage received, QueueNames names) {
    Message message = received.message();
    Map<String, String> headers = message.headers();
    Map<String, String> all = new TreeMap<>();
    all.put("SentTimestamp", Long.toString(sentAt(message).toEpochMilli()));
    all.put("ApproximateReceiveCount", Integer.toString(received.attempts()));
    all.put(
        "ApproximateFirstReceiveTimestamp",
        Long.toString(received.firstReceivedAt().toEpochMilli()));
    message.key().ifPresent(key -> all.put("MessageGroupId", key));
    message
        .dedupId()
        .ifPresent(
            id -> {
              all.put("MessageDeduplicationId", headers.getOrDefault(Draft.DEDUP, id));
              all.put("SequenceNumber", Draft.sequence(message.id()));
            });
    copy(headers, Draft.GROUP, all, "MessageGroupId");
    copy(headers, Draft.TRACE_HEADER, all, Draft.TRACE);
    if (headers.containsKey(DEAD_QUEUE)) {
      all.put("DeadLetterQueueSourceArn", names.arn(headers.get(DEAD_QUEUE)));
    }
    return all;
  }

  private static void copy(
      Map<String, String> headers, String header, Map<String, String> all, String name) {
    String value = headers.get(header);
    if (value != null) {
      all.put(name, value);
    }
  }

  /** A dead letter keeps the time when it was sent first. */
  private static Instant sentAt(Message message) {
    String first = message.headers().get(DEAD_SENT_AT);
    try {
      return first == null ? message.sentAt() : Instant.parse(first);
    } catch (DateTimeException notATime) {
      return message.sentAt();
    }
  }
}
