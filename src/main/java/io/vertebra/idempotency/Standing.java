package io.vertebra.idempotency;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How some work stands.
 *
 * @param token by which whoever does the work completes it; 0 for anybody else
 * @param owner who does it or did it
 * @param expires when the present state ends unless it is extended: the lease, or the keeping of
 *     the answer
 * @param answer of what is completed
 */
public record Standing(
    State state, long token, String owner, Duration expires, Optional<KeptAnswer> answer) {

  /** How far it is. */
  public enum State {
    /** The caller is the one who does it. */
    STARTED,
    /** Somebody else does it. */
    IN_PROGRESS,
    /** It is done. */
    COMPLETED
  }

  static Standing started(long token, String owner, Duration lease) {
    return new Standing(State.STARTED, token, owner, lease, Optional.empty());
  }

  static Standing inProgress(String owner, Duration remaining) {
    return new Standing(State.IN_PROGRESS, 0, owner, remaining, Optional.empty());
  }

  static Standing completed(String owner, Duration remaining, KeptAnswer answer) {
    return new Standing(State.COMPLETED, 0, owner, remaining, Optional.of(answer));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("state", Fields.word(state))
            .put("owner", owner)
            .put("expiresInMs", expires.toMillis());
    if (token != 0) {
      json.put("token", Long.toString(token));
    }
    return answer.map(kept -> kept.writeTo(json)).orElse(json);
  }

  static Standing from(JsonObject json) {
    State state = State.valueOf(json.getString("state").toUpperCase(Locale.ROOT).replace('-', '_'));
    return new Standing(
        state,
        Long.parseLong(json.getString("token", "0")),
        json.getString("owner"),
        Duration.ofMillis(json.getLong("expiresInMs")),
        state == State.COMPLETED ? Optional.of(KeptAnswer.from(json)) : Optional.empty());
  }
}
