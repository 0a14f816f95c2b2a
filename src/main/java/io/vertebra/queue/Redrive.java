package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Moves messages to another queue, as of dead letters back to where they came from.
 *
 * @param to the queue where they go; empty for the one that each came from
 * @param filter which ones
 * @param rate most messages a second, 1 to 10,000, default 100
 * @param preview whether to tell only which ones these are
 */
public record Redrive(String queue, Optional<String> to, Filter filter, int rate, boolean preview) {

  /**
   * Which messages.
   *
   * @param key theirs; empty for any
   * @param headers that they have among others
   * @param reason a part of why they were given up; empty for any
   * @param from sent or given up from then on; empty for any
   * @param until sent or given up before; empty for any
   */
  public record Filter(
      Optional<String> key,
      Map<String, String> headers,
      Optional<String> reason,
      Optional<Instant> from,
      Optional<Instant> until) {
    static final Filter ALL =
        new Filter(
            Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

    boolean fits(StoredMessage message) {
      Instant time = MessageIds.time(message.id());
      String told = message.headers().getOrDefault(DeadLetter.REASON, "");
      return (key.isEmpty() || key.equals(message.key()))
          && message.headers().entrySet().containsAll(headers.entrySet())
          && reason.map(told::contains).orElse(true)
          && from.map(first -> !time.isBefore(first)).orElse(true)
          && until.map(time::isBefore).orElse(true);
    }
  }

  public Redrive {
    if (to.filter(queue::equals).isPresent()) {
      throw Failure.invalid("/to", "must be another queue");
    }
  }

  /** All of them, to where they came from. */
  public static Redrive of(String queue) {
    return new Redrive(queue, Optional.empty(), Filter.ALL, 100, false);
  }

  static Redrive from(Fields fields) {
    String queue = QueueFields.queue(fields);
    Optional<String> to =
        QueueFields.name(fields, "to").about("Where they go, unless to where from.").optional();
    Optional<String> key = fields.text("key", 1, 128).about("Those of this key.").optional();
    Map<String, String> headers =
        fields
            .textMap("headers", NewMessage.MAX_HEADERS, 1_024)
            .about("Those with these headers.")
            .orElse(Map.of());
    Optional<String> reason =
        fields
            .text("reason", 1, QueueFields.MAX_REASON)
            .about("Those given up for a reason in which this is.")
            .optional();
    Optional<String> from =
        fields.text("from", 1, 40).about("Those given up from then on, RFC 3339.").optional();
    Optional<String> until =
        fields.text("until", 1, 40).about("Those given up before, RFC 3339.").optional();
    int rate = fields.integer("rate", 1, 10_000).about("Most messages a second.").orElse(100);
    boolean preview =
        fields.flag("preview").about("Whether to tell only which ones.").orElse(false);
    return fields.build(
        () ->
            new Redrive(
                queue,
                to,
                new Filter(
                    key,
                    headers,
                    reason,
                    from.map(text -> NewMessage.time("/from", text)),
                    until.map(text -> NewMessage.time("/until", text))),
                rate,
                preview));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("queue", queue)
            .put("headers", new JsonObject(Map.copyOf(filter.headers())))
            .put("rate", rate)
            .put("preview", preview);
    to.ifPresent(name -> json.put("to", name));
    filter.key().ifPresent(text -> json.put("key", text));
    filter.reason().ifPresent(text -> json.put("reason", text));
    filter.from().ifPresent(time -> json.put("from", time.toString()));
    filter.until().ifPresent(time -> json.put("until", time.toString()));
    return json;
  }
}
