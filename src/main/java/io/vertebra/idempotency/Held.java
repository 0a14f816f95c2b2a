package io.vertebra.idempotency;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * Work that somebody does.
 *
 * @param token given at the beginning
 */
public record Held(Subject subject, long token) {

  public Held {
    if (token < 1) {
      throw Failure.invalid("/token", "must be at least 1");
    }
  }

  static Held from(Fields fields) {
    Supplier<Subject> subject = Subject.reading(fields);
    long token = fields.id("token").required();
    return fields.build(() -> new Held(subject.get(), token));
  }

  JsonObject toJson() {
    return subject.toJson().put("token", Long.toString(token));
  }
}
