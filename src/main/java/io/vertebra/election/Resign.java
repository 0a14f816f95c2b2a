package io.vertebra.election;

import io.vertebra.api.Fields;
import io.vertebra.lock.ReleaseLock;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Leads no more.
 *
 * @param lock what that takes: the term that the candidate must lead in, if told
 */
public record Resign(String name, ReleaseLock lock) {

  /** Leads no more in a term. */
  public static Resign of(String name, String candidate, long term) {
    return new Resign(name, ReleaseLock.of(ElectionNames.lock(name), candidate, term));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name).put("candidate", lock.owner());
    lock.token().ifPresent(term -> json.put("term", term));
    return json;
  }

  static Resign from(Fields fields) {
    String name = ElectionNames.read(fields).required();
    String candidate = ElectionNames.candidate(fields).required();
    OptionalLong term = term(fields);
    return fields.build(
        () -> new Resign(name, new ReleaseLock(ElectionNames.lock(name), candidate, term)));
  }

  static OptionalLong term(Fields fields) {
    Optional<Long> term =
        fields
            .longInteger("term", 1, Long.MAX_VALUE)
            .about("In which the candidate must lead; none for whichever.")
            .optional();
    return term.map(OptionalLong::of).orElse(OptionalLong.empty());
  }
}
