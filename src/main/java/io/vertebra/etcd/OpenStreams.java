package io.vertebra.etcd;

import io.vertebra.api.Lifecycle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The watching connections, which would stay for ever: there is a limit to how many, and they end
 * when the node drains. Safe for any thread.
 */
final class OpenStreams {
  private final Lifecycle lifecycle;
  private final int most;
  private final Set<Runnable> enders = ConcurrentHashMap.newKeySet();

  OpenStreams(Lifecycle lifecycle, int most) {
    this.lifecycle = lifecycle;
    this.most = most;
    lifecycle.onDrain(() -> enders.forEach(Runnable::run));
  }

  /**
   * Counts one more; fails if there are too many.
   *
   * @param ender ends it, from any thread
   */
  void open(Runnable ender) {
    if (enders.size() >= most) {
      throw new EtcdException(
          EtcdException.Status.RESOURCE_EXHAUSTED, "etcdserver: too many requests");
    }
    enders.add(ender);
    if (lifecycle.stage() == Lifecycle.Stage.DRAINING) {
      ender.run();
    }
  }

  void close(Runnable ender) {
    enders.remove(ender);
  }
}
