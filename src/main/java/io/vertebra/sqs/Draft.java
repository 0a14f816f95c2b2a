package io.vertebra.sqs;

import io.vertebra.queue.NewMessage;
import io.vertebra.queue.QueueDefinition;
import io.vertebra.queue.SentMessage;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A message as a client of SQS sends it.
 *
 * @param message what is sent for it
 * @param bodyMd5 of its body
 * @param attributes those of the client
 * @param system those that SQS defines
 * @param bytes of body and attributes
 */
record Draft(
    NewMessage message,
    String bodyMd5,
    MessageAttributes attributes,
    MessageAttributes system,
    int bytes) {
  /** The header of messages of a standard queue that have a group. */
  static final String GROUP = MessageAttributes.OWN + "MessageGroupId";

  /** The header of messages whose dedup id is not the one of the client. */
  static final String DEDUP = MessageAttributes.OWN + "MessageDeduplicationId";

  static final String TRACE = "AWSTraceHeader";

  /** The header of the trace. */
  static final String TRACE_HEADER = MessageAttributes.OWN + TRACE;

  private static final String GROUP_ID = "MessageGroupId";
  private static final String DEDUP_ID = "MessageDeduplicationId";
  private static final String DELAY = "DelaySeconds";
  private static final Pattern ID = Pattern.compile("[\\p{Graph}]{1,128}");

  /** Reads and checks one for a queue. */
  static Draft from(Params params, String queue, QueueDefinition definition) {
    String body = params.required("MessageBody");
    if (!BodyText.isAllowed(body)) {
      throw new SqsException(
          SqsError.INVALID_MESSAGE_CONTENTS,
          "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to"
              + " #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.");
    }
    MessageAttributes attributes =
        MessageAttributes.from(params.objectsByName("MessageAttributes"));
    Optional<AttributeValue> trace = trace(params);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length + attributes.bytes();
    int most =
        QueueAttributes.keptNumber(definition, QueueAttributes.SIZE, QueueAttributes.MAX_SIZE);
    if (length > most) {
      throw new SqsException(
          SqsError.INVALID_PARAMETER_VALUE,
          "One or more parameters are invalid. Reason: Message must be shorter than "
              + most
              + " bytes.");
    }
    Map<String, String> headers = new TreeMap<>(attributes.toHeaders());
    trace.ifPresent(value -> headers.put(TRACE_HEADER, value.text()));
    requireRoom(headers);
    NewMessage plain = NewMessage.of(body).with(headers);
    NewMessage message =
        QueueNames.isFifo(queue)
            ? ordered(params, definition, plain, bytes)
            : standard(params, definition, plain);
    MessageAttributes system =
        new MessageAttributes(trace.map(value -> Map.of(TRACE, value)).orElseGet(Map::of));
    return new Draft(message, Md5.of(bytes), attributes, system, length);
  }

  private static Optional<AttributeValue> trace(Params params) {
    Map<String, Params> system = params.objectsByName("MessageSystemAttributes");
    for (String name : system.keySet()) {
      if (!name.equals(TRACE)) {
        throw SqsException.invalid("MessageSystemAttributes", name, "Only " + TRACE + " is known.");
      }
    }
    return Optional.ofNullable(system.get(TRACE)).map(given -> AttributeValue.from(TRACE, given));
  }

  private static void requireRoom(Map<String, String> headers) {
    long all = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      all += header.getKey().length() + header.getValue().length();
      if (header.getValue().length() > NewMessage.MAX_HEADER || all > NewMessage.MAX_ALL_HEADERS) {
        throw new SqsException(
            SqsError.INVALID_PARAMETER_VALUE,
            "The message attribute '"
                + header.getKey()
                + "' is too long: attributes have at most "
                + NewMessage.MAX_HEADER
                + " characters each and "
                + NewMessage.MAX_ALL_HEADERS
                + " in all, binary ones in base64.");
      }
    }
  }

  private static NewMessage standard(
      Params params, QueueDefinition definition, NewMessage message) {
    if (params.text(DEDUP_ID).isPresent()) {
      throw unfitForQueue(DEDUP_ID, params);
    }
    int delay = params.integer(DELAY, 0, 900).orElseGet(() -> queueDelay(definition));
    NewMessage timed = delay == 0 ? message : message.in(Duration.ofSeconds(delay));
    return params.text(GROUP_ID).isEmpty()
        ? timed
        : with(timed, GROUP, id(GROUP_ID, params.required(GROUP_ID)));
  }

  private static int queueDelay(QueueDefinition definition) {
    return QueueAttributes.keptNumber(definition, QueueAttributes.DELAY, 0);
  }

  private static NewMessage ordered(
      Params params, QueueDefinition definition, NewMessage message, byte[] body) {
    if (params.integer(DELAY, 0, 900).filter(delay -> delay > 0).isPresent()) {
      throw unfitForQueue(DELAY, params);
    }
    String group = id(GROUP_ID, params.required(GROUP_ID));
    boolean ofContent =
        QueueAttributes.kept(definition, QueueAttributes.CONTENT_DEDUP, "").equals("true");
    if (!ofContent && params.text(DEDUP_ID).isEmpty()) {
      throw new SqsException(
          SqsError.INVALID_PARAMETER_VALUE,
          "The queue should either have ContentBasedDeduplication enabled or"
              + " MessageDeduplicationId provided explicitly");
    }
    String dedup = params.text(DEDUP_ID).map(id -> id(DEDUP_ID, id)).orElseGet(() -> sha256(body));
    boolean perGroup =
        QueueAttributes.kept(definition, QueueAttributes.DEDUP_SCOPE, "")
            .equals(QueueAttributes.PER_GROUP);
    NewMessage once =
        perGroup
            ? with(message, DEDUP, dedup)
                .dedup(sha256((group + " " + dedup).getBytes(StandardCharsets.UTF_8)))
            : message.dedup(dedup);
    int delay = queueDelay(definition);
    return (delay == 0 ? once : once.in(Duration.ofSeconds(delay))).keyed(group);
  }

  private static NewMessage with(NewMessage message, String name, String value) {
    Map<String, String> headers = new TreeMap<>(message.headers());
    headers.put(name, value);
    return message.with(headers);
  }

  private static SqsException unfitForQueue(String name, Params params) {
    return SqsException.invalid(
        name,
        params.text(name).orElse(""),
        "The request include parameter that is not valid for this queue type");
  }

  private static String id(String name, String value) {
    if (!ID.matcher(value).matches()) {
      throw SqsException.invalid(
          name,
          value,
          "Can only include alphanumeric and punctuation characters. 1 to 128 in length");
    }
    return value;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What a client is told of it when it was taken. */
  JsonObject told(SentMessage sent) {
    JsonObject json = new JsonObject().put("MessageId", sent.id()).put("MD5OfMessageBody", bodyMd5);
    if (!attributes.isEmpty()) {
      json.put("MD5OfMessageAttributes", attributes.md5());
    }
    if (!system.isEmpty()) {
      json.put("MD5OfMessageSystemAttributes", system.md5());
    }
    if (message.dedupId().isPresent()) {
      json.put("SequenceNumber", sequence(sent.id()));
    }
    return json;
  }

  /**
   * The place of a message among those of its queue.
   *
   * @param id 16 hexadecimal digits
   */
  static String sequence(String id) {
    try {
      String digits = Long.toUnsignedString(Long.parseUnsignedLong(id, 16));
      return "0".repeat(20 - digits.length()) + digits;
    } catch (NumberFormatException e) {
      return id;
    }
  }
}
