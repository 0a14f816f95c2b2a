package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * What is kept of a message's deliveries to a group, once there was one.
 *
 * @param number of the last delivery, by which a receipt is known; 0 if it was returned
 * @param due milliseconds since 1970 until when it is given, or rests
 * @param firstAt milliseconds since 1970 of the first delivery
 * @param reason of the last return, for people
 */
record StoredDelivery(
    State state, int attempts, long number, long due, long firstAt, String reason) {

  /** What a mark stands for that says that the group is done with it. */
  static final StoredDelivery DONE = new StoredDelivery(State.ACKED, 0, 0, 0, 0, "");

  /** How a message stands with a group. */
  enum State {
    GIVEN,
    RESTING,

    /** Written no more, as it takes room; stores hold it from before. */
    ACKED
  }

  Bytes encode() {
    JsonObject json =
        new JsonObject()
            .put("s", state.name())
            .put("a", attempts)
            .put("n", number)
            .put("u", due)
            .put("f", firstAt);
    if (!reason.isEmpty()) {
      json.put("r", reason);
    }
    return Bytes.utf8(json.encode());
  }

  static StoredDelivery decode(Bytes value) {
    JsonObject json = new JsonObject(new String(value.unsafeArray(), StandardCharsets.UTF_8));
    return new StoredDelivery(
        State.valueOf(json.getString("s")),
        json.getInteger("a"),
        json.getLong("n"),
        json.getLong("u"),
        json.getLong("f"),
        json.getString("r", ""));
  }
}
