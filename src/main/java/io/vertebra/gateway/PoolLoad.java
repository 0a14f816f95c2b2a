package io.vertebra.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/** How the pools of all event loops for one upstream are used. */
final class PoolLoad {
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  void addConnections(int change) {
    connections.addAndGet(change);
  }

  void addWaiting(int change) {
    waiting.addAndGet(change);
  }

  int connections() {
    return connections.get();
  }

  int waiting() {
    return waiting.get();
  }
}
