package io.vertebra.session.client;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.sstore.SessionStore;

/** Makes the store for a {@code SessionHandler}. */
public final class VertebraSessions {
  private VertebraSessions() {}

  /** Asks any node of the cluster that this Vert.x is a member of, over the event bus. */
  public static SessionStore store(Vertx vertx) {
    return store(vertx, new JsonObject());
  }

  /**
   * The same with options:
   *
   * <ul>
   *   <li>{@code url}: of a node's API, as in {@code http://127.0.0.1:8500}, to ask it over HTTP
   *   <li>{@code token}: of that API
   *   <li>{@code principalAttribute}: the attribute whose text says whose the session is
   *   <li>{@code absoluteMs}: sessions end so long after their creation; as the server says unless
   *       given
   *   <li>{@code retryTimeoutMs}: how long a session that is not found is looked for again; 100
   *       unless given
   * </ul>
   */
  public static SessionStore store(Vertx vertx, JsonObject options) {
    return new VertebraSessionStore(vertx, options);
  }
}
