package io.vertebra.kv;

import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Messages that a transaction sends along: they are kept in the same log entry, in the order of
 * transactions, until whoever keeps the queues has taken them.
 */
public final class OutboxJson {
  private static final Bytes PREFIX = Bytes.utf8("\0queue-outbox/");
  private static final int MAX_NAME = 80;

  /** Most messages of a transaction. */
  static final int MAX_LETTERS = 16;

  /** The keys below which they are kept, one for each transaction. */
  public static final KeyRange ALL = KeyRange.prefix(PREFIX);

  private OutboxJson() {}

  /**
   * A message.
   *
   * @param message as the queue is to read it
   */
  public record Letter(String queue, JsonObject message) {

    static Letter from(Fields fields) {
      String queue = fields.text("queue", 1, MAX_NAME).about("Where it is sent.").required();
      JsonObject message = fields.json("message").about("As for the queue itself.").required();
      return fields.build(() -> new Letter(queue, message));
    }

    /** The same with a dedup id, if it has none. */
    public Letter once(String dedupId) {
      return message.getValue("dedupId") == null
          ? new Letter(queue, message.copy().put("dedupId", dedupId))
          : this;
    }

    private JsonObject toJson() {
      return new JsonObject().put("queue", queue).put("message", message);
    }
  }

  /** The queues that a transaction sends to, which is not checked yet. */
  static List<Operation.Other> queues(JsonObject txn) {
    return txn.getValue("send") instanceof JsonArray letters
        ? letters.stream()
            .map(each -> each instanceof JsonObject letter ? letter.getValue("queue") : null)
            .map(queue -> new Operation.Other("queues", String.valueOf(queue)))
            .toList()
        : List.of();
  }

  /** The step that keeps messages. */
  public static Op step(List<Letter> letters) {
    return new Op.Append(PREFIX, value(letters), 0);
  }

  /** What an entry holds for messages. */
  public static Bytes value(List<Letter> letters) {
    return Bytes.utf8(new JsonArray(letters.stream().map(Letter::toJson).toList()).encode());
  }

  static boolean isStep(Op.Append append) {
    return append.prefix().equals(PREFIX);
  }

  /**
   * The messages that an entry holds.
   *
   * @throws RuntimeException if somebody put there what is none
   */
  public static List<Letter> letters(KvEntry entry) {
    String text = new String(entry.value().unsafeArray(), StandardCharsets.UTF_8);
    return new JsonArray(text)
        .stream()
            .map(
                each -> {
                  JsonObject letter = (JsonObject) each;
                  return new Letter(letter.getString("queue"), letter.getJsonObject("message"));
                })
            .toList();
  }
}
