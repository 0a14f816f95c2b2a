package io.vertebra.idempotency;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Stores the answer to work that was begun.
 *
 * @param token given at the beginning
 * @param retention how long the answer is given to those who ask again; JSON {@code retentionMs}, 1
 *     s to 30 days, 24 h unless given
 */
public record CompleteWork(Subject subject, long token, KeptAnswer answer, Duration retention) {
  static final Duration DEFAULT_RETENTION = Duration.ofHours(24);
  private static final long MAX_RETENTION_MS = 30L * 24 * 3_600_000;

  public CompleteWork {
    if (token < 1) {
      throw Failure.invalid("/token", "must be at least 1");
    }
  }

  static CompleteWork from(Fields fields) {
    Supplier<Subject> subject = Subject.reading(fields);
    long token = fields.id("token").required();
    Supplier<KeptAnswer> answer = KeptAnswer.reading(fields);
    Duration retention =
        fields
            .millis("retentionMs", 1000, MAX_RETENTION_MS)
            .about("How long the answer is given to those who ask again.")
            .orElse(DEFAULT_RETENTION);
    return fields.build(() -> new CompleteWork(subject.get(), token, answer.get(), retention));
  }

  JsonObject toJson() {
    JsonObject json = subject.toJson().put("token", Long.toString(token));
    return answer.writeTo(json).put("retentionMs", retention.toMillis());
  }
}
