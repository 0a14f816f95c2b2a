package io.vertebra.session;

import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes from Redis the sessions whose time is over; whichever node removes one tells of it. */
final class SweepExpiryJob implements ExpiryJob {
  private static final Logger LOG = LoggerFactory.getLogger(SweepExpiryJob.class);
  private static final long EVERY_MS = 1_000;

  /** Most sessions removed at once, so that the server has time for others. */
  private static final int AT_ONCE = 256;

  private final Vertx vertx;
  private final RedisSessionStore store;
  private final Consumer<SessionEvent> listener;
  private long timer;
  private boolean sweeping;

  SweepExpiryJob(Vertx vertx, RedisSessionStore store, Consumer<SessionEvent> listener) {
    this.vertx = vertx;
    this.store = store;
    this.listener = listener;
  }

  @Override
  public void start() {
    timer = vertx.setPeriodic(EVERY_MS, due -> sweep());
  }

  @Override
  public void stop() {
    vertx.cancelTimer(timer);
  }

  private void sweep() {
    if (sweeping) {
      return;
    }
    sweeping = true;
    sweepOn();
  }

  /** Goes on at once as long as there is as much as can be removed at once. */
  private void sweepOn() {
    store
        .sweep(AT_ONCE)
        .onSuccess(
            ended -> {
              ended.forEach(listener);
              if (ended.size() == AT_ONCE) {
                sweepOn();
              } else {
                sweeping = false;
              }
            })
        .onFailure(
            cause -> {
              sweeping = false;
              LOG.warn("session.sweep failed: {}", cause.getMessage());
            });
  }
}
