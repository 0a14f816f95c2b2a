package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A message as a record of a topic: body, key and headers are those of the record, what else there
 * is stands in headers that begin with {@value #PREFIX}. A record of any other producer is a
 * message too.
 *
 * @param message with the id that callers see
 */
record KafkaMessage(int partition, long offset, StoredMessage message, Bytes body) {
  static final String PREFIX = "vertebra-";

  /** As CloudEvents over Kafka have it. */
  static final String CONTENT_TYPE = "content-type";

  private static final String ID = PREFIX + "id";
  private static final String PRIORITY = PREFIX + "priority";
  private static final String DEDUP_ID = PREFIX + "dedup-id";
  private static final String DELIVER_AT = PREFIX + "deliver-at";
  private static final String EXPIRES_AT = PREFIX + "expires-at";
  private static final int OFFSET_BITS = 48;

  /** Where a record is, as one number. */
  static long place(int partition, long offset) {
    return ((long) partition << OFFSET_BITS) | offset;
  }

  static int partition(long place) {
    return (int) (place >>> OFFSET_BITS);
  }

  static long offset(long place) {
    return place & ((1L << OFFSET_BITS) - 1);
  }

  long place() {
    return place(partition, offset);
  }

  /** Whether a header of a message would be taken for one of ours. */
  static boolean isOurs(String header) {
    return header.startsWith(PREFIX) || header.equals(CONTENT_TYPE);
  }

  static ProducerRecord<byte[], byte[]> toRecord(String topic, StoredMessage message, Bytes body) {
    byte @Nullable [] key = message.key().map(KafkaMessage::bytes).orElse(null);
    long time = MessageIds.millis(message.id());
    ProducerRecord<byte[], byte[]> made =
        new ProducerRecord<>(topic, null, time, key, body.unsafeArray());
    message.headers().forEach((name, value) -> made.headers().add(name, bytes(value)));
    made.headers().add(CONTENT_TYPE, bytes(message.contentType()));
    made.headers().add(ID, bytes(MessageIds.text(message.id())));
    if (message.priority() != NewMessage.DEFAULT_PRIORITY) {
      made.headers().add(PRIORITY, bytes(Integer.toString(message.priority())));
    }
    message.dedupId().ifPresent(id -> made.headers().add(DEDUP_ID, bytes(id)));
    addTime(made, DELIVER_AT, message.deliverAt());
    addTime(made, EXPIRES_AT, message.expiresAt());
    return made;
  }

  private static void addTime(ProducerRecord<byte[], byte[]> made, String name, long millis) {
    if (millis != 0) {
      made.headers().add(name, bytes(Long.toString(millis)));
    }
  }

  static KafkaMessage of(ConsumerRecord<byte[], byte[]> found) {
    Map<String, String> headers = new TreeMap<>();
    Map<String, String> ours = new TreeMap<>();
    for (Header header : found.headers()) {
      String value = header.value() == null ? "" : text(header.value());
      (isOurs(header.key()) ? ours : headers).put(header.key(), value);
    }
    byte @Nullable [] value = found.value();
    Bytes body = value == null ? Bytes.EMPTY : Bytes.wrap(value);
    long priority = number(ours.get(PRIORITY), 10, NewMessage.DEFAULT_PRIORITY);
    StoredMessage message =
        new StoredMessage(
            number(ours.get(ID), 16, foreignId(found)),
            body.length(),
            Optional.ofNullable(ours.get(DEDUP_ID)),
            key(found.key()),
            (int) Math.min(9, priority),
            headers,
            ours.getOrDefault(CONTENT_TYPE, NewMessage.TEXT),
            number(ours.get(DELIVER_AT), 10, 0),
            number(ours.get(EXPIRES_AT), 10, 0));
    return new KafkaMessage(found.partition(), found.offset(), message, body);
  }

  /** The id of a record that has none: its time, and what tells it from others of that time. */
  private static long foreignId(ConsumerRecord<byte[], byte[]> found) {
    long within = (found.offset() * 31 + found.partition()) & ((1L << MessageIds.BITS) - 1);
    return MessageIds.first(found.timestamp()) | within;
  }

  /** A key that is no text is told as hexadecimal digits. */
  private static Optional<String> key(byte @Nullable [] key) {
    if (key == null || key.length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString());
    } catch (CharacterCodingException noText) {
      return Optional.of(HexFormat.of().formatHex(key));
    }
  }

  private static long number(@Nullable String text, int radix, long otherwise) {
    try {
      return text == null ? otherwise : Math.max(0, Long.parseLong(text, radix));
    } catch (NumberFormatException notOurs) {
      return otherwise;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
