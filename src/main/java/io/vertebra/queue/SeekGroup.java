package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * Makes a group, or moves it: all messages from some time on are new to it, with those before it is
 * done.
 *
 * @param begin where it begins; default {@code last}
 * @param at messages sent from then on, instead; JSON {@code at}, RFC 3339
 */
public record SeekGroup(String queue, String group, Begin begin, Optional<Instant> at) {

  /** Where a group begins. */
  public enum Begin {
    /** With the oldest message that is kept. */
    FIRST,
    /** With what is sent from now on. */
    LAST
  }

  public static SeekGroup first(String queue, String group) {
    return new SeekGroup(queue, group, Begin.FIRST, Optional.empty());
  }

  public static SeekGroup last(String queue, String group) {
    return new SeekGroup(queue, group, Begin.LAST, Optional.empty());
  }

  public static SeekGroup at(String queue, String group, Instant time) {
    return new SeekGroup(queue, group, Begin.FIRST, Optional.of(time));
  }

  static SeekGroup from(Fields fields) {
    String queue = QueueFields.queue(fields);
    String group = QueueFields.name(fields, "group").about("The group of consumers.").required();
    Optional<Begin> begin =
        fields.choice("begin", Begin.class).about("Where it begins; last unless given.").optional();
    Optional<String> at =
        fields.text("at", 1, 40).about("Instead, the time of sending from which on.").optional();
    return fields.build(
        () -> {
          if (begin.isPresent() && at.isPresent()) {
            throw Failure.invalid("/at", "and begin exclude each other");
          }
          return new SeekGroup(
              queue,
              group,
              begin.orElse(at.isPresent() ? Begin.FIRST : Begin.LAST),
              at.map(text -> NewMessage.time("/at", text)));
        });
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("queue", queue).put("group", group);
    return at.map(time -> json.put("at", time.toString()))
        .orElseGet(() -> json.put("begin", Fields.word(begin)));
  }
}
