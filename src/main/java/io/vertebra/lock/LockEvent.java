package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * Something that happened to a lock.
 *
 * @param token of the holding; of who waits or left, the number of the place
 * @param revision when
 */
public record LockEvent(Type type, String name, String owner, long token, long revision) {

  /** What happened. */
  public enum Type {
    ACQUIRED,
    /** Held as before, but for the times it is held, the length of the lease or the text. */
    CHANGED,
    RELEASED,
    /** The lease ended: who held it must stop acting as the holder. */
    EXPIRED,
    WAITING,
    /** Gave up waiting, or its node ended. */
    LEFT
  }

  static LockEvent from(Fields fields) {
    Type type = fields.choice("type", Type.class).required();
    String name = LockNames.read(fields, "name").required();
    String owner = fields.text("owner", 0, 200).orElse("");
    long token = fields.longInteger("token", 0, Long.MAX_VALUE).orElse(0L);
    long revision = fields.longInteger("revision", 0, Long.MAX_VALUE).required();
    return fields.build(() -> new LockEvent(type, name, owner, token, revision));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("type", Fields.word(type))
        .put("name", name)
        .put("owner", owner)
        .put("token", token)
        .put("revision", revision);
  }
}
