package io.vertebra.sqs;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The attributes of a message by their names. They are kept as headers of the message, with their
 * text or, if they are binary, in base64; what is no plain string has its type told in a header
 * more. Headers that others sent are attributes that are strings.
 *
 * @param byName in the order of names
 */
record MessageAttributes(Map<String, AttributeValue> byName) {
  /** Begins names of headers that are no attributes; SQS lets no attribute begin so. */
  static final String OWN = "AWS.";

  private static final String TYPES = OWN + "Types";
  private static final String DEAD = "x-dead-";
  private static final int MAX_COUNT = 10;
  private static final int MAX_NAME = 128;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  /** Reads and checks the attributes of a message to be sent. */
  static MessageAttributes from(Map<String, Params> given) {
    if (given.size() > MAX_COUNT) {
      throw new SqsException(
          SqsError.INVALID_PARAMETER_VALUE,
          "Number of message attributes [" + given.size() + "] exceeds the allowed maximum [10].");
    }
    Map<String, AttributeValue> byName = new TreeMap<>();
    given.forEach((name, params) -> byName.put(checked(name), AttributeValue.from(name, params)));
    return new MessageAttributes(byName);
  }

  private static String checked(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean reserved = lower.startsWith("aws.") || lower.startsWith("amazon.");
    if (name.length() > MAX_NAME || reserved || !NAME.matcher(name).matches()) {
      throw new SqsException(
          SqsError.INVALID_PARAMETER_VALUE,
          "The message attribute name '"
              + name
              + "' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore, hyphen, and"
              + " period, at most "
              + MAX_NAME
              + " of them, and may not begin with AWS. or Amazon.");
    }
    return name;
  }

  /** The attributes that the headers of a message are. */
  static MessageAttributes ofHeaders(Map<String, String> headers) {
    JsonObject types = types(headers.getOrDefault(TYPES, "{}"));
    Map<String, AttributeValue> byName = new TreeMap<>();
    headers.forEach(
        (name, text) -> {
          if (!name.startsWith(OWN)) {
            String type = String.valueOf(types.getValue(name, AttributeValue.STRING));
            byName.put(name, new AttributeValue(type, text).sound());
          }
        });
    return new MessageAttributes(byName);
  }

  private static JsonObject types(String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException notOurs) {
      return new JsonObject();
    }
  }

  /** As headers of a message. */
  Map<String, String> toHeaders() {
    Map<String, String> headers = new TreeMap<>();
    JsonObject types = new JsonObject();
    byName.forEach(
        (name, value) -> {
          headers.put(name, value.text());
          if (!value.type().equals(AttributeValue.STRING)) {
            types.put(name, value.type());
          }
        });
    if (!types.isEmpty()) {
      headers.put(TYPES, types.encode());
    }
    return headers;
  }

  /**
   * Those that a receiver wants.
   *
   * @param wanted names, beginnings of names as {@code shop.*}, or {@code All} or {@code .*} for
   *     all but what is told of dead letters
   */
  MessageAttributes only(List<String> wanted) {
    Map<String, AttributeValue> some = new TreeMap<>();
    byName.forEach(
        (name, value) -> {
          if (wanted.stream().anyMatch(pattern -> fits(pattern, name))) {
            some.put(name, value);
          }
        });
    return new MessageAttributes(some);
  }

  private static boolean fits(String pattern, String name) {
    if (pattern.equals("All") || pattern.equals(".*")) {
      return !name.startsWith(DEAD);
    }
    return pattern.endsWith(".*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 2))
        : name.equals(pattern);
  }

  boolean isEmpty() {
    return byName.isEmpty();
  }

  /** What they count for in the length of a message. */
  int bytes() {
    int bytes = 0;
    for (Map.Entry<String, AttributeValue> each : byName.entrySet()) {
      AttributeValue value = each.getValue();
      bytes += each.getKey().length() + value.type().length() + value.bytes().length;
    }
    return bytes;
  }

  /** By which clients check them. */
  String md5() {
    Md5 digest = new Md5();
    byName.forEach(
        (name, value) ->
            digest
                .text(name)
                .text(value.type())
                .octet(value.isBinary() ? 2 : 1)
                .sized(value.bytes()));
    return digest.hex();
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    byName.forEach((name, value) -> json.put(name, value.toJson()));
    return json;
  }
}
