package io.vertebra.session.client;

import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.session.SessionId;
import io.vertebra.session.client.SessionClient.Action;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.prng.VertxContextPRNG;
import io.vertx.ext.web.Session;
import io.vertx.ext.web.sstore.SessionStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The sessions of a cluster as Vert.x Web wants them. */
final class VertebraSessionStore implements SessionStore {
  private static final long RETRY_MS = 100;
  private static final long MIN_TIMEOUT_MS = 1_000;
  private static final long MAX_TIMEOUT_MS = Duration.ofDays(90).toMillis();

  private final VertxContextPRNG random;
  private final SessionClient client;
  private final String principalAttribute;
  private final @Nullable Long absoluteMs;
  private final long retryMs;

  VertebraSessionStore(Vertx vertx, JsonObject options) {
    this.random = VertxContextPRNG.current(vertx);
    this.client = SessionClient.of(vertx, options);
    this.principalAttribute = options.getString("principalAttribute", "");
    this.absoluteMs = options.getLong("absoluteMs");
    this.retryMs = options.getLong("retryTimeoutMs", RETRY_MS);
  }

  /** Another one with other options. */
  @Override
  public SessionStore init(Vertx vertx, JsonObject options) {
    return new VertebraSessionStore(vertx, options);
  }

  @Override
  public long retryTimeout() {
    return retryMs;
  }

  @Override
  public Session createSession(long timeout) {
    return createSession(timeout, DEFAULT_SESSIONID_LENGTH);
  }

  @Override
  public Session createSession(long timeout, int length) {
    if (timeout < MIN_TIMEOUT_MS || timeout > MAX_TIMEOUT_MS) {
      throw new IllegalArgumentException("the timeout of a session must be 1 s to 90 days");
    }
    return VertebraSession.fresh(random, timeout, length);
  }

  @Override
  public Future<@Nullable Session> get(String cookieValue) {
    if (!SessionId.isId(cookieValue)) {
      return Future.succeededFuture();
    }
    return client
        .ask(Action.GET, secret(cookieValue))
        .<@Nullable Session>map(answer -> VertebraSession.found(random, cookieValue, answer))
        .recover(cause -> isGone(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  @Override
  public Future<Void> delete(String id) {
    if (!SessionId.isId(id)) {
      return Future.succeededFuture();
    }
    return client
        .ask(Action.INVALIDATE, secret(id))
        .<Void>mapEmpty()
        .recover(cause -> isGone(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  @Override
  public Future<Void> put(Session session) {
    return session instanceof VertebraSession own
        ? own.save(this::send)
        : Future.failedFuture(new IllegalArgumentException("not a session of this store"));
  }

  private Future<Void> send(Action action, JsonObject request) {
    JsonObject attributes = request.getJsonObject("attributes");
    if (attributes.getValue(principalAttribute) instanceof String principal
        && !principal.isEmpty()) {
      request.put("principal", principal);
    }
    if (action == Action.CREATE && absoluteMs != null) {
      request.put("absoluteMs", absoluteMs);
    }
    return client.ask(action, request).mapEmpty();
  }

  /** Other applications may have sessions there. */
  @Override
  public Future<Void> clear() {
    return Future.failedFuture(new UnsupportedOperationException("sessions are ended one by one"));
  }

  @Override
  public Future<Integer> size() {
    return Future.failedFuture(new UnsupportedOperationException("sessions are not counted"));
  }

  @Override
  public void close() {
    client.close();
  }

  private static JsonObject secret(String id) {
    return new JsonObject().put("sessionId", id);
  }

  private static boolean isGone(Throwable cause) {
    return Failure.of(cause).code() == NOT_FOUND;
  }
}
