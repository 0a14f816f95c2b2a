package io.vertebra.queue;

import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this node the owner of the queues while it leads the store. Used on the context on which it
 * was started.
 */
final class OwnerJob {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerJob.class);
  private static final long EVERY_MS = 50;

  private final Opening opening;
  private final Vertx vertx;
  private final KvService kv;
  private volatile @Nullable QueueOwner owner;
  private boolean underWay;
  private boolean stopped;
  private long timer;

  /** How to become the owner. */
  @FunctionalInterface
  interface Opening {
    /**
     * Becomes the owner, on the context on which it is called.
     *
     * @param lost to be called when it is the owner no more or has to begin anew
     */
    Future<? extends QueueOwner> open(Runnable lost);
  }

  OwnerJob(Vertx vertx, KvService kv, Opening opening) {
    this.vertx = vertx;
    this.kv = kv;
    this.opening = opening;
  }

  void start() {
    timer = vertx.setPeriodic(0, EVERY_MS, due -> look());
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    end();
  }

  /** The queues, if this node is the owner as far as it knows. */
  Optional<QueueOwner> owner() {
    return Optional.ofNullable(owner);
  }

  private void look() {
    QueueOwner present = owner;
    if (present != null && present.isClosed()) {
      owner = null;
    }
    boolean leads = kv.status().isLeader();
    if (!leads) {
      end();
    } else if (present != null && !present.isClosed()) {
      present.look();
    } else if (!underWay) {
      open();
    }
  }

  private void open() {
    underWay = true;
    opening
        .open(() -> owner = null)
        .onSuccess(this::opened)
        .onFailure(cause -> LOG.debug("queue.owner does not begin", cause))
        .onComplete(done -> underWay = false);
  }

  private void opened(QueueOwner service) {
    if (stopped) {
      service.close();
    } else {
      owner = service;
    }
  }

  private void end() {
    QueueOwner present = owner;
    owner = null;
    if (present != null) {
      present.close();
    }
  }

  /** The id of the node that became the owner last, as far as this node knows; empty for none. */
  Future<String> lastOwner() {
    return kv.range(RangeRequest.one(QueueKeys.OWNER).locally())
        .map(found -> found.first().flatMap(entry -> entry.value().asText()).orElse(""));
  }
}
