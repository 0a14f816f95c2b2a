package io.vertebra.session;

import static io.vertebra.api.FailureCode.MISMATCH;

import io.vertebra.api.Failure;
import io.vertebra.kv.Guard;
import io.vertebra.session.StoredSession.Done;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What a request with an idempotency key leaves in the session, so that it is done once.
 *
 * @param key hash of it; empty for none
 * @param request hash of what is asked
 */
record Once(String key, String request) {

  Once(Guard guard, String action, JsonObject request) {
    this(
        guard.idempotencyKey().isEmpty() ? "" : SessionId.hash(guard.idempotencyKey()),
        guard.idempotencyKey().isEmpty() ? "" : SessionId.hash(action + request.encode()));
  }

  boolean isAny() {
    return !key.isEmpty();
  }

  /**
   * @throws Failure {@code MISMATCH} if the key belongs to another request
   */
  Optional<Done> in(StoredSession session) {
    Optional<Done> done = isAny() ? session.done(key) : Optional.empty();
    if (done.isPresent() && !done.get().request().equals(request)) {
      throw new Failure(MISMATCH, "the idempotency key belongs to another request");
    }
    return done;
  }

  StoredSession mark(StoredSession after) {
    return isAny() ? after.by(key, request) : after;
  }
}
