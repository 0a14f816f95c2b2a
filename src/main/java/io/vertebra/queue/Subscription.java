package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Has the messages of a queue sent to an address of the event bus, as requests: a reply
 * acknowledges, a failure returns the message. Or has them posted to a server.
 *
 * @param address on the bus, 1 to 200 characters; or the URL of the server
 * @param credit most messages without an answer, 1 to 1000, default 16
 * @param timeout how long a message may go without an answer, and is given for; JSON {@code
 *     timeoutMs}, 1 s to 12 h, default 30 s
 * @param webhook the server, if it is one
 */
public record Subscription(
    String queue,
    String group,
    String address,
    int credit,
    Duration timeout,
    Optional<Webhook> webhook) {
  private static final String SIGNED = "signed";

  static Subscription from(Fields fields) {
    String queue = QueueFields.queue(fields);
    String group = QueueFields.group(fields);
    Optional<String> address =
        fields
            .text("address", 1, 200)
            .matching(text -> !text.contains("://"), "must not be a URL")
            .matching(
                text -> !text.startsWith("__vertx") && !text.startsWith("vertebra."),
                "must not begin with vertebra. or __vertx: those are the server's")
            .about("Where messages are sent to.")
            .optional();
    int credit =
        fields.integer("credit", 1, 1_000).about("Most messages without an answer.").orElse(16);
    Duration timeout =
        fields
            .millis(
                "timeoutMs", QueueDefinition.MIN_VISIBILITY_MS, QueueDefinition.MAX_VISIBILITY_MS)
            .about("How long a message may go without an answer.")
            .orElse(Duration.ofSeconds(30));
    Optional<Webhook.Supply> webhook = Webhook.reading(fields);
    return fields.build(
        () -> {
          if (address.isPresent() == webhook.isPresent()) {
            throw Failure.invalid("/address", "or url must be given, and not both");
          }
          return new Subscription(
              queue,
              group,
              address.orElseGet(() -> webhook.orElseThrow().get().url()),
              credit,
              timeout,
              webhook.map(Webhook.Supply::get));
        });
  }

  /** The address or URL of one to be ended. */
  static String address(Fields fields) {
    Optional<String> address =
        fields.text("address", 1, 200).about("Where messages are sent to.").optional();
    Optional<String> url =
        fields.text("url", 1, 2_048).about("Where messages are posted to instead.").optional();
    return address.or(() -> url).orElse("");
  }

  /** Whether both are of the same group and address. */
  boolean isLike(Subscription other) {
    return group.equals(other.group) && address.equals(other.address);
  }

  /** The same with another webhook. */
  Subscription with(Webhook other) {
    return new Subscription(queue, group, address, credit, timeout, Optional.of(other));
  }

  /** As {@link #from} reads it, the secret as it is. */
  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("queue", queue)
            .put("group", group)
            .put("credit", credit)
            .put("timeoutMs", timeout.toMillis());
    return webhook.map(known -> known.write(json)).orElseGet(() -> json.put("address", address));
  }

  /** For everybody to see: tells of a secret only that there is one. */
  JsonObject toView() {
    JsonObject json = toJson();
    boolean signed = json.remove("secret") != null;
    return webhook.isPresent() ? json.put(SIGNED, signed) : json;
  }

  /** What such a view shows. */
  static Subscription fromView(JsonObject view) {
    JsonObject json = view.copy();
    if (json.remove(SIGNED) instanceof Boolean signed && signed) {
      json.put("secret", Webhook.SEALED);
    }
    return from(Fields.of(json));
  }
}
