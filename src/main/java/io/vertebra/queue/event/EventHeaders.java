package io.vertebra.queue.event;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Events as HTTP carries them: attributes in headers and data in the body, or all of it in the
 * body.
 *
 * <p>Source: HTTP Protocol Binding for CloudEvents 1.0.2.
 */
public final class EventHeaders {
  public static final String PREFIX = "ce-";
  public static final String CONTENT_TYPE = "content-type";
  private static final String FAMILY = "application/cloudevents";

  private EventHeaders() {}

  /**
   * The events of a request.
   *
   * @param headers with names in lower case
   * @param most events of a batch
   * @throws Failure {@code INVALID}
   */
  public static List<CloudEvent> read(Map<String, String> headers, Bytes body, int most) {
    String type = headers.getOrDefault(CONTENT_TYPE, "");
    String plain = plain(type);
    if (plain.equals(EventJson.MEDIA_TYPE)) {
      return List.of(EventJson.read(body));
    }
    if (plain.equals(EventJson.BATCH_MEDIA_TYPE)) {
      return EventJson.readBatch(body, most);
    }
    if (plain.startsWith(FAMILY)) {
      throw Failure.invalid(
          "/" + CONTENT_TYPE,
          "must be "
              + EventJson.MEDIA_TYPE
              + ", "
              + EventJson.BATCH_MEDIA_TYPE
              + " or of the data");
    }
    return List.of(readBinary(headers, type, body));
  }

  /** Whether a body of this type is a batch. */
  public static boolean isBatch(Map<String, String> headers) {
    return plain(headers.getOrDefault(CONTENT_TYPE, "")).equals(EventJson.BATCH_MEDIA_TYPE);
  }

  private static String plain(String type) {
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  private static CloudEvent readBinary(Map<String, String> headers, String type, Bytes body) {
    Map<String, String> attributes = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            String attribute = name.substring(PREFIX.length());
            attributes.put(attribute, decoded(attribute, value));
          }
        });
    return new CloudEvent(attributes, Optional.of(type).filter(given -> !given.isBlank()), body);
  }

  /** The headers of an event in binary mode, its data being the body. */
  public static Map<String, String> write(CloudEvent event) {
    Map<String, String> headers = new TreeMap<>();
    event.attributes().forEach((name, value) -> headers.put(PREFIX + name, encoded(value)));
    event.contentType().ifPresent(type -> headers.put(CONTENT_TYPE, type));
    return headers;
  }

  /** Section 3.1.3.2: only printable ASCII but for space, quotation mark and percent. */
  private static String encoded(String value) {
    StringBuilder text = new StringBuilder();
    for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = octet > ' ' && octet < 0x7f && octet != '"' && octet != '%';
      text.append(plain ? String.valueOf((char) octet) : String.format("%%%02X", octet & 0xff));
    }
    return text.toString();
  }

  private static String decoded(String attribute, String value) {
    String text = unquoted(value);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw malformed(attribute);
      }
      bytes.write(high * 16 + low);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed(attribute);
    }
  }

  private static Failure malformed(String attribute) {
    return Failure.invalid("/" + attribute, "must be percent-encoded UTF-8");
  }

  /** Whoever quotes a value has escaped what is in it (RFC 9110 section 5.6.4). */
  private static String unquoted(String value) {
    int end = value.length() - 1;
    if (end < 1 || value.charAt(0) != '"' || value.charAt(end) != '"') {
      return value;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 1; i < end; i++) {
      boolean escape = value.charAt(i) == '\\' && i + 1 < end;
      plain.append(value.charAt(escape ? ++i : i));
    }
    return plain.toString();
  }
}
