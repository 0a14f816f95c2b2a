package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertebra.queue.event.CloudEvent;
import io.vertebra.queue.event.EventHeaders;
import io.vertebra.queue.event.EventJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Messages that are events. The attributes are kept in headers as {@code ce-} and the name, the
 * data in the body. Source and id are the dedup id, {@code partitionkey} is the key.
 */
final class EventMessages {
  /** The type of a message that was not sent as an event. */
  static final String TYPE = "io.vertebra.queue.message";

  private static final String RECEIPT = "queuereceipt";
  private static final String ATTEMPTS = "queueattempts";
  private static final String BYTES = "application/octet-stream";
  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_LENGTH = 8 * 1024;

  /** Events for a queue. */
  record Sending(String queue, boolean batch, List<NewMessage> messages) {}

  /** How they are sent, whatever they say. */
  private record How(int priority, Optional<Duration> delay, Optional<Duration> ttl) {}

  private EventMessages() {}

  /** Reads a request whose body is the field {@code body}. */
  static Sending from(Fields fields) {
    String queue = QueueFields.queue(fields);
    byte[] body =
        fields
            .utf8("body", 0, MessageBody.MAX_BYTES)
            .about("An event, a batch of some, or the data of one, by the content type.")
            .orElse(new byte[0]);
    Map<String, String> headers =
        fields
            .textMap("headers", MAX_HEADERS, MAX_HEADER_LENGTH)
            .about("content-type, and the attributes as ce- and the name.")
            .orElse(Map.of());
    How how =
        new How(NewMessage.priority(fields), NewMessage.delay(fields), NewMessage.ttl(fields));
    return fields.build(
        () ->
            new Sending(
                queue,
                EventHeaders.isBatch(headers),
                EventHeaders.read(headers, Bytes.wrap(body), QueueFields.MAX_BATCH).stream()
                    .map(event -> message(event, how))
                    .toList()));
  }

  private static NewMessage message(CloudEvent event, How how) {
    Map<String, String> headers = new TreeMap<>();
    event
        .attributes()
        .forEach(
            (name, value) -> {
              if (value.length() > NewMessage.MAX_HEADER) {
                throw Failure.invalid(
                    "/" + name, "must have at most " + NewMessage.MAX_HEADER + " characters");
              }
              headers.put(EventHeaders.PREFIX + name, value);
            });
    if (headers.size() > NewMessage.MAX_HEADERS) {
      throw Failure.invalid("", "must have at most " + NewMessage.MAX_HEADERS + " attributes");
    }
    Optional<String> key =
        Optional.of(event.attribute(CloudEvent.PARTITION_KEY)).filter(text -> !text.isEmpty());
    if (key.filter(text -> text.length() > NewMessage.MAX_WORD).isPresent()) {
      throw Failure.invalid(
          "/" + CloudEvent.PARTITION_KEY,
          "must have at most " + NewMessage.MAX_WORD + " characters");
    }
    return new NewMessage(
        event.data(),
        Optional.of(dedupId(event)),
        key,
        how.priority(),
        headers,
        event.contentType().orElse(BYTES),
        Optional.empty(),
        how.delay(),
        how.ttl());
  }

  /** Of any length, so a digest. */
  private static String dedupId(CloudEvent event) {
    String both = event.attribute(CloudEvent.SOURCE) + "\0" + event.attribute(CloudEvent.ID);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return "ce-" + HexFormat.of().formatHex(digest.digest(both.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A message as the event it was sent as, or as one that tells what is known of it. */
  static CloudEvent event(String queue, Message message) {
    Map<String, String> attributes = new TreeMap<>();
    message
        .headers()
        .forEach(
            (name, value) -> {
              if (name.startsWith(EventHeaders.PREFIX)) {
                attributes.put(name.substring(EventHeaders.PREFIX.length()), value);
              }
            });
    Optional<String> type = Optional.of(message.contentType());
    try {
      return new CloudEvent(attributes, type, message.body());
    } catch (Failure none) {
      return new CloudEvent(
          derived(queue, message), Optional.of(mediaType(message)), message.body());
    }
  }

  private static Map<String, String> derived(String queue, Message message) {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put(CloudEvent.VERSION, "1.0");
    attributes.put(CloudEvent.ID, message.id());
    attributes.put(CloudEvent.SOURCE, "/queues/" + queue);
    attributes.put(CloudEvent.TYPE, TYPE);
    attributes.put(CloudEvent.TIME, message.sentAt().toString());
    message
        .key()
        .filter(key -> key.chars().noneMatch(Character::isISOControl))
        .ifPresent(key -> attributes.put(CloudEvent.PARTITION_KEY, key));
    return attributes;
  }

  private static String mediaType(Message message) {
    return CloudEvent.isMediaType(message.contentType()) ? message.contentType() : BYTES;
  }

  /** A delivery as an event, its receipt and attempts being attributes too. */
  static CloudEvent delivered(String queue, ReceivedMessage received) {
    Map<String, String> delivery =
        Map.of(RECEIPT, received.receipt(), ATTEMPTS, Integer.toString(received.attempts()));
    return event(queue, received.message()).with(delivery);
  }

  /** The same in JSON. */
  static JsonObject toJson(String queue, ReceivedMessage received) {
    return EventJson.write(delivered(queue, received));
  }

  /** The batch of what {@code receive} answered. */
  static JsonArray batch(String queue, JsonObject answer) {
    JsonArray batch = new JsonArray();
    answer.getJsonArray("messages").stream()
        .map(each -> ReceivedMessage.from((JsonObject) each))
        .forEach(each -> batch.add(toJson(queue, each)));
    return batch;
  }
}
