package io.vertebra.queue;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * What a server made of a message.
 *
 * @param done whether it took it
 * @param over whether it wants no more, now and later
 * @param reason why it did not take it; empty if it did
 * @param rest after how long it wants to be asked again, if it said so
 */
record PushOutcome(boolean done, boolean over, String reason, Optional<Duration> rest) {
  static final PushOutcome DONE = new PushOutcome(true, false, "", Optional.empty());

  static PushOutcome over(String reason) {
    return new PushOutcome(false, true, reason, Optional.empty());
  }

  static PushOutcome failed(String reason, Optional<Duration> rest) {
    return new PushOutcome(false, false, reason, rest);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("done", done).put("over", over).put("reason", reason);
    rest.ifPresent(time -> json.put("restMs", time.toMillis()));
    return json;
  }

  static PushOutcome from(JsonObject json) {
    return new PushOutcome(
        json.getBoolean("done"),
        json.getBoolean("over"),
        json.getString("reason"),
        Optional.ofNullable(json.getLong("restMs")).map(Duration::ofMillis));
  }
}
