package io.vertebra.session;

import io.vertx.core.json.JsonObject;

/**
 * A session with the id that it has from now on: the one time that it is told.
 *
 * @param replayed whether an earlier request of the same idempotency key did it
 */
public record OpenedSession(SessionId id, Session session, boolean replayed) {

  JsonObject toJson() {
    return new JsonObject()
        .put("sessionId", id.text())
        .mergeIn(session.toJson())
        .put("replayed", replayed);
  }

  static OpenedSession from(JsonObject json) {
    return new OpenedSession(
        new SessionId(json.getString("sessionId")),
        Session.from(json),
        json.getBoolean("replayed"));
  }
}
