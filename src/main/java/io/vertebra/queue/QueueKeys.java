package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where things are in the store. The messages of a queue are below its number and their ids, with
 * the state of each delivery, or that it is acknowledged, right after the message, so that one scan
 * reads both; bodies are apart, so that it reads none of them.
 */
final class QueueKeys {
  private static final String ROOT = "\0queue/";
  private static final Bytes QUEUES = Bytes.utf8(ROOT + "q/");
  private static final byte[] MESSAGES = bytes(ROOT + "m");
  private static final byte[] BODIES = bytes(ROOT + "b");
  private static final byte[] DEDUP = bytes(ROOT + "u");
  private static final byte[] TRASH = bytes(ROOT + "x");
  private static final Bytes ACKNOWLEDGED = Bytes.utf8("a");

  /** The lock whose holder is the owner. */
  static final String OWNER_LOCK = "\0queue";

  /** The id of the node that is the owner. */
  static final Bytes OWNER = Bytes.utf8(ROOT + "owner");

  /** Above it no id was given out. */
  static final Bytes CEILING = Bytes.utf8(ROOT + "ceiling");

  private static final Bytes KAFKA_QUEUES = Bytes.utf8(ROOT + "k/");
  static final KeyRange ALL_KAFKA_QUEUES = KeyRange.prefix(KAFKA_QUEUES);
  static final KeyRange ALL_QUEUES = KeyRange.prefix(QUEUES);
  static final KeyRange ALL_TRASH = KeyRange.prefix(Bytes.wrap(TRASH));

  private QueueKeys() {}

  static Bytes queue(String name) {
    return QUEUES.plus(Bytes.utf8(name));
  }

  static String name(Bytes key) {
    return text(key, QUEUES.length());
  }

  /** What is known here of a queue whose messages are in Kafka. */
  static Bytes kafkaQueue(String name) {
    return KAFKA_QUEUES.plus(Bytes.utf8(name));
  }

  static String kafkaName(Bytes key) {
    return text(key, KAFKA_QUEUES.length());
  }

  static Bytes messages(long queue) {
    return Bytes.wrap(
        ByteBuffer.allocate(MESSAGES.length + 8).put(MESSAGES).putLong(queue).array());
  }

  static Bytes message(long queue, long id) {
    return pair(MESSAGES, queue, id);
  }

  static Bytes delivery(long queue, long id, int group) {
    return Bytes.wrap(
        ByteBuffer.allocate(MESSAGES.length + 20)
            .put(MESSAGES)
            .putLong(queue)
            .putLong(id)
            .putInt(group)
            .array());
  }

  /** Says that a group is done with a message. */
  static Bytes acknowledged(long queue, long id, int group) {
    return delivery(queue, id, group).plus(ACKNOWLEDGED);
  }

  static boolean isAcknowledged(Bytes key) {
    return key.length() == MESSAGES.length + 20 + ACKNOWLEDGED.length();
  }

  /** Whether a key of {@link #messages} is that of a message, else of a delivery. */
  static boolean isMessage(Bytes key) {
    return key.length() == MESSAGES.length + 16;
  }

  /** The message's id in a key of {@link #messages}. */
  static long id(Bytes key) {
    return ByteBuffer.wrap(key.unsafeArray()).getLong(MESSAGES.length + 8);
  }

  /** The group's number in the key of a delivery or an acknowledgement. */
  static int group(Bytes key) {
    return ByteBuffer.wrap(key.unsafeArray()).getInt(MESSAGES.length + 16);
  }

  static Bytes bodies(long queue) {
    return Bytes.wrap(ByteBuffer.allocate(BODIES.length + 8).put(BODIES).putLong(queue).array());
  }

  /** What the parts of a body begin with. */
  static Bytes body(long queue, long id) {
    return pair(BODIES, queue, id);
  }

  static Bytes bodyPart(long queue, long id, int part) {
    return Bytes.wrap(
        ByteBuffer.allocate(BODIES.length + 17)
            .put(BODIES)
            .putLong(queue)
            .putLong(id)
            .put((byte) part)
            .array());
  }

  static Bytes dedups(long queue) {
    return Bytes.wrap(ByteBuffer.allocate(DEDUP.length + 8).put(DEDUP).putLong(queue).array());
  }

  static Bytes dedup(long queue, String dedupId) {
    return dedups(queue).plus(Bytes.utf8(dedupId));
  }

  static String dedupId(Bytes key) {
    return text(key, DEDUP.length + 8);
  }

  /** Says that what is below this number is to be removed. */
  static Bytes trash(long queue) {
    return Bytes.wrap(ByteBuffer.allocate(TRASH.length + 8).put(TRASH).putLong(queue).array());
  }

  static long trashed(Bytes key) {
    return ByteBuffer.wrap(key.unsafeArray()).getLong(TRASH.length);
  }

  private static Bytes pair(byte[] prefix, long queue, long id) {
    return Bytes.wrap(
        ByteBuffer.allocate(prefix.length + 16).put(prefix).putLong(queue).putLong(id).array());
  }

  private static String text(Bytes key, int from) {
    byte[] array = key.unsafeArray();
    return new String(array, from, array.length - from, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
