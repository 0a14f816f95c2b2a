package io.vertebra.raft;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Wakes all who wait for something to change. */
final class Signal {
  private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

  /**
   * Has {@code wake} run at a change from now on, unless forgotten before; maybe more than once.
   */
  void await(Runnable wake) {
    waiting.add(wake);
  }

  void forget(Runnable wake) {
    waiting.remove(wake);
  }

  void changed() {
    waiting.forEach(Runnable::run);
  }
}
