package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.GrantLease;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease with which the places of this node's callers end when the node does. It is granted when
 * the first one has to wait and kept alive from then on. Safe for any thread.
 */
final class SessionJob {
  private static final Logger LOG = LoggerFactory.getLogger(SessionJob.class);

  private final Vertx vertx;
  private final KvService kv;
  private final Duration length;
  private @Nullable Future<Long> session;
  private long timer = -1;

  SessionJob(Vertx vertx, KvService kv, Duration length) {
    this.vertx = vertx;
    this.kv = kv;
    this.length = length;
  }

  void start() {
    timer = vertx.setPeriodic(length.toMillis() / 3, tick -> keepAlive());
  }

  /** Keeps it alive no more. */
  void die() {
    vertx.cancelTimer(timer);
  }

  void stop() {
    vertx.cancelTimer(timer);
    Future<Long> present = session();
    if (present != null && present.succeeded()) {
      kv.revoke(present.result())
          .onFailure(cause -> LOG.debug("lock.session not ended, it will by itself", cause));
    }
  }

  /** Its id, granted if need be. */
  synchronized Future<Long> lease() {
    Future<Long> present = session;
    if (present == null || present.failed()) {
      present = kv.grant(new GrantLease(0, length)).map(granted -> granted.id());
      session = present;
    }
    return present;
  }

  /** Says that a session has ended, so that the next caller gets another one. */
  synchronized void ended(long id) {
    Future<Long> present = session;
    if (present != null && present.succeeded() && present.result() == id) {
      session = null;
      LOG.warn("lock.session ended lease={}: those who waited here lost their places", id);
    }
  }

  private synchronized @Nullable Future<Long> session() {
    return session;
  }

  private void keepAlive() {
    Future<Long> present = session();
    if (present == null || !present.succeeded()) {
      return;
    }
    long id = present.result();
    kv.keepAlive(id)
        .onFailure(
            cause -> {
              if (Failure.of(cause).code() == FailureCode.NOT_FOUND) {
                ended(id);
              }
            });
  }
}
