package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A message as an entry of a stream: {@code body}, headers as fields of their names, and what we
 * have to know of it as fields that begin with {@code @}. A header whose name could be taken for
 * one of those is written as {@code @header:} and its name. What others put into the stream may
 * lack everything.
 */
final class StreamEntry {
  private static final String BODY = "body";
  private static final String MARK = "@";
  private static final String HEADER = MARK + "header:";
  private static final String KEY = MARK + "key";
  private static final String DEDUP_ID = MARK + "dedupId";
  private static final String CONTENT_TYPE = MARK + "contentType";
  private static final String PRIORITY = MARK + "priority";

  private StreamEntry() {}

  /** The name of the field of a header. */
  static String field(String header) {
    return header.equals(BODY) || header.startsWith(MARK) ? HEADER + header : header;
  }

  /** Names and values of the fields of a new message, but for its times. */
  static List<byte[]> fields(NewMessage message) {
    List<byte[]> fields = new ArrayList<>();
    fields.add(bytes(BODY));
    fields.add(message.body().unsafeArray());
    message.key().ifPresent(key -> add(fields, KEY, key));
    message.dedupId().ifPresent(id -> add(fields, DEDUP_ID, id));
    if (!message.contentType().equals(NewMessage.TEXT)) {
      add(fields, CONTENT_TYPE, message.contentType());
    }
    if (message.priority() != NewMessage.DEFAULT_PRIORITY) {
      add(fields, PRIORITY, Integer.toString(message.priority()));
    }
    message.headers().forEach((name, value) -> add(fields, field(name), value));
    return fields;
  }

  private static void add(List<byte[]> fields, String name, String value) {
    fields.add(bytes(name));
    fields.add(bytes(value));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The message of an entry.
   *
   * @param deliverAt milliseconds since 1970; 0 for none
   * @param expiresAt milliseconds since 1970; 0 for never
   * @param fields names and values
   */
  static Message message(String id, long deliverAt, long expiresAt, List<byte[]> fields) {
    Map<String, byte[]> known = new HashMap<>();
    Map<String, String> headers = new TreeMap<>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String name = text(fields.get(i));
      if (name.startsWith(HEADER)) {
        headers.put(name.substring(HEADER.length()), text(fields.get(i + 1)));
      } else if (name.equals(BODY) || name.startsWith(MARK)) {
        known.put(name, fields.get(i + 1));
      } else {
        headers.put(name, text(fields.get(i + 1)));
      }
    }
    return new Message(
        id,
        Bytes.wrap(known.getOrDefault(BODY, new byte[0])),
        word(known, DEDUP_ID),
        word(known, KEY),
        word(known, PRIORITY).map(StreamEntry::priority).orElse(NewMessage.DEFAULT_PRIORITY),
        headers,
        word(known, CONTENT_TYPE).orElse(NewMessage.TEXT),
        time(deliverAt),
        time(expiresAt));
  }

  private static int priority(String text) {
    return text.matches("[0-9]") ? Integer.parseInt(text) : NewMessage.DEFAULT_PRIORITY;
  }

  private static Optional<String> word(Map<String, byte[]> known, String name) {
    return Optional.ofNullable(known.get(name)).map(StreamEntry::text);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Optional<Instant> time(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
