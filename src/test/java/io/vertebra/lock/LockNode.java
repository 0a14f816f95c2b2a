package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertebra.kv.KvService;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.function.LongSupplier;

/** The locks of one node over a store. */
final class LockNode {
  static final LockOptions OPTIONS = LockOptions.from(Fields.of(new JsonObject()));

  private final FollowJob follow;
  private final SessionJob session;
  final KvLockStore store;
  final QueueJob queue;
  final LockService service;

  LockNode(Vertx vertx, KvService kv, String node, LongSupplier nanoTime) {
    this(vertx, kv, node, nanoTime, OPTIONS);
  }

  LockNode(Vertx vertx, KvService kv, String node, LongSupplier nanoTime, LockOptions options) {
    TestClock clock = new TestClock();
    LockMirror mirror = new LockMirror();
    queue = new QueueJob(vertx, kv, node, clock, nanoTime, mirror);
    follow = new FollowJob(vertx, kv, mirror, queue, events -> {});
    session = new SessionJob(vertx, kv, options.session());
    store = new KvLockStore(kv, options, clock, nanoTime, mirror, session, queue, follow);
    service = new StoredLockService(store, clock, nanoTime);
    store.start();
  }

  /** Does nothing any more, without a word to anybody. */
  void die() {
    follow.stop();
    session.die();
  }
}
