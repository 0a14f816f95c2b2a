package io.vertebra.session.client;

import io.vertebra.session.SessionId;
import io.vertebra.session.client.SessionClient.Action;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.prng.VertxContextPRNG;
import io.vertx.ext.web.Session;
import io.vertx.ext.web.sstore.AbstractSession;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A session as one request sees it, with what it was when it was last read or saved. */
final class VertebraSession extends AbstractSession {
  private Future<Void> saving = Future.succeededFuture();
  private volatile boolean stored;
  private volatile JsonObject saved = new JsonObject();
  private volatile String rotatedFrom = "";

  private VertebraSession(VertxContextPRNG random) {
    super(random);
  }

  /**
   * One that nobody knows yet.
   *
   * @param length of its id in bytes; at least 24 it has anyway
   */
  static VertebraSession fresh(VertxContextPRNG random, long timeout, int length) {
    VertebraSession session = new VertebraSession(random);
    session.setId(SessionId.random(length).text());
    session.setTimeout(timeout);
    session.setAccessed();
    return session;
  }

  /** One as it was answered. */
  static VertebraSession found(VertxContextPRNG random, String id, JsonObject answer) {
    VertebraSession session = new VertebraSession(random);
    session.setId(id);
    session.setTimeout(answer.getLong("idleMs"));
    session.setAccessed();
    session.stored = true;
    session.saved = answer.getJsonObject("attributes");
    Map<String, Object> data = new ConcurrentHashMap<>();
    for (Map.Entry<String, Object> attribute : session.saved) {
      data.put(attribute.getKey(), SessionValues.decode(attribute.getValue()));
    }
    session.setData(data);
    return session;
  }

  @Override
  public Session regenerateId() {
    if (stored && rotatedFrom.isEmpty()) {
      rotatedFrom = id();
    }
    int length = id().length() * 3 / 4;
    Session unused = super.regenerateId();
    setId(SessionId.random(length).text());
    return this;
  }

  /**
   * What the session's handler is to delete before it saves: nothing where saving gives the session
   * its new id, as the old one ends in the same step.
   */
  @Override
  public @Nullable String oldId() {
    return rotatedFrom.isEmpty() || isDestroyed() ? super.oldId() : "";
  }

  /** Sends what changed, after whatever is being sent already. */
  synchronized Future<Void> save(BiFunction<Action, JsonObject, Future<Void>> send) {
    JsonObject now = SessionValues.encode(isEmpty() ? Map.of() : data());
    String id = id();
    saving = saving.transform(done -> save(id, now, send));
    return saving;
  }

  private Future<Void> save(
      String id, JsonObject now, BiFunction<Action, JsonObject, Future<Void>> send) {
    String from = rotatedFrom;
    JsonObject changes = SessionValues.changes(saved, now);
    Future<Void> sent;
    if (!stored) {
      sent = send.apply(Action.CREATE, request(id, changes).put("idleMs", timeout()));
    } else if (!from.isEmpty()) {
      sent = send.apply(Action.ROTATE, request(from, changes).put("newSessionId", id));
    } else if (!changes.isEmpty()) {
      sent = send.apply(Action.MERGE, request(id, changes));
    } else {
      return Future.succeededFuture();
    }
    return sent.onSuccess(
        done -> {
          stored = true;
          saved = now;
          if (rotatedFrom.equals(from)) {
            rotatedFrom = "";
          }
        });
  }

  private static JsonObject request(String id, JsonObject changes) {
    return new JsonObject().put("sessionId", id).put("attributes", changes);
  }
}
