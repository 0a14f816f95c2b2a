package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertx.core.json.JsonObject;

/**
 * What is to be done when a session ended.
 *
 * @param lockDelayMs for how long nobody may acquire its keys
 */
record Will(Session.Behavior behavior, long lockDelayMs, String node) {

  static Will of(Session session) {
    return new Will(session.behavior(), session.lockDelay().toMillis(), session.node());
  }

  static Will of(KvEntry entry) {
    JsonObject json = new JsonObject(entry.value().toString());
    return new Will(
        Session.Behavior.valueOf(json.getString("behavior")),
        json.getLong("lockDelayMs"),
        json.getString("node"));
  }

  Bytes encode() {
    return Bytes.utf8(
        new JsonObject()
            .put("behavior", behavior.name())
            .put("lockDelayMs", lockDelayMs)
            .put("node", node)
            .encode());
  }
}
