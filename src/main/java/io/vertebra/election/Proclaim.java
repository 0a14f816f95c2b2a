package io.vertebra.election;

import io.vertebra.api.Fields;
import io.vertebra.lock.RenewLock;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Goes on leading.
 *
 * @param lock what that takes: the term that the candidate must lead in, if told, and the value
 *     that observers see from now on
 */
public record Proclaim(String name, RenewLock lock) {

  /** Tells observers a value, as the leader of a term. */
  public static Proclaim of(String name, String candidate, long term, String value) {
    return new Proclaim(
        name,
        new RenewLock(
            ElectionNames.lock(name),
            candidate,
            OptionalLong.of(term),
            Optional.empty(),
            Optional.of(value)));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name).put("candidate", lock.owner());
    lock.token().ifPresent(term -> json.put("term", term));
    lock.data().ifPresent(value -> json.put("value", value));
    return json;
  }

  static Proclaim from(Fields fields) {
    String name = ElectionNames.read(fields).required();
    String candidate = ElectionNames.candidate(fields).required();
    OptionalLong term = Resign.term(fields);
    Optional<String> value =
        fields.text("value", 0, 4_096).about("What observers see from now on.").optional();
    return fields.build(
        () ->
            new Proclaim(
                name,
                new RenewLock(ElectionNames.lock(name), candidate, term, Optional.empty(), value)));
  }
}
