package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * What becomes of a delivered message.
 *
 * @param receipt that came with it
 * @param time of a {@code NACK} how long it rests, unless as the queue says, and of a {@code
 *     RELEASE}, unless not at all; of an {@code EXTEND} how long from now it is given for
 * @param reason of a {@code NACK} or {@code REJECT}, for people; at most 500 characters
 */
public record Settlement(Kind kind, String receipt, Optional<Duration> time, String reason) {

  /** What is said of it. */
  public enum Kind {
    /** The work is done. */
    ACK,
    /** It failed; the message is to come again, or is given up after the last attempt. */
    NACK,
    /** It cannot be done; the message is given up at once. */
    REJECT,
    /** It was not begun; the message is to come again, and the delivery does not count. */
    RELEASE,
    /** It takes longer. */
    EXTEND
  }

  public static Settlement ack(String receipt) {
    return new Settlement(Kind.ACK, receipt, Optional.empty(), "");
  }

  public static Settlement nack(String receipt, String reason) {
    return new Settlement(Kind.NACK, receipt, Optional.empty(), reason);
  }

  /** A failure after which the message rests for a time of the caller's own. */
  public static Settlement nack(String receipt, Duration rest, String reason) {
    return new Settlement(Kind.NACK, receipt, Optional.of(rest), reason);
  }

  public static Settlement reject(String receipt, String reason) {
    return new Settlement(Kind.REJECT, receipt, Optional.empty(), reason);
  }

  public static Settlement release(String receipt) {
    return new Settlement(Kind.RELEASE, receipt, Optional.empty(), "");
  }

  public static Settlement extend(String receipt, Duration time) {
    return new Settlement(Kind.EXTEND, receipt, Optional.of(time), "");
  }

  /** Whether a text can be a receipt at all. */
  public static boolean isReceipt(String text) {
    return !text.isEmpty() && text.length() <= Receipt.MAX_LENGTH;
  }

  /** The same of another receipt. */
  Settlement of(String other) {
    return new Settlement(kind, other, time, reason);
  }

  /** A receipt as the request for an ACK. */
  static Settlement ackFrom(Fields fields) {
    String receipt = receipt(fields);
    return fields.build(() -> ack(receipt));
  }

  static Settlement nackFrom(Fields fields) {
    String receipt = receipt(fields);
    Optional<Duration> rest =
        fields
            .millis("delayMs", 0, QueueDefinition.MAX_TIME_MS)
            .about("How long it rests, unless as the queue says.")
            .optional();
    String reason =
        fields.text("reason", 0, QueueFields.MAX_REASON).about("Why, for people.").orElse("");
    boolean reject = fields.flag("reject").about("Whether to give it up at once.").orElse(false);
    boolean release =
        fields.flag("release").about("Whether the delivery does not count.").orElse(false);
    return fields.build(
        () -> {
          if (reject && release) {
            throw Failure.invalid("/release", "and reject exclude each other");
          }
          Kind kind = reject ? Kind.REJECT : release ? Kind.RELEASE : Kind.NACK;
          return new Settlement(kind, receipt, rest, reason);
        });
  }

  static Settlement extendFrom(Fields fields) {
    String receipt = receipt(fields);
    Duration time =
        fields
            .millis(
                "visibilityMs",
                QueueDefinition.MIN_VISIBILITY_MS,
                QueueDefinition.MAX_VISIBILITY_MS)
            .about("How long from now it is given for.")
            .required();
    return fields.build(() -> extend(receipt, time));
  }

  private static String receipt(Fields fields) {
    return fields
        .text("receipt", 1, Ticket.MAX_LENGTH)
        .about("That came with the message.")
        .required();
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("receipt", receipt);
    time.ifPresent(
        wanted -> json.put(kind == Kind.EXTEND ? "visibilityMs" : "delayMs", wanted.toMillis()));
    if (kind == Kind.NACK || kind == Kind.REJECT) {
      json.put("reason", reason).put("reject", kind == Kind.REJECT);
    }
    if (kind == Kind.RELEASE) {
      json.put("release", true);
    }
    return json;
  }
}
