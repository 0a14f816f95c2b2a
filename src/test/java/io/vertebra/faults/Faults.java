package io.vertebra.faults;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What breaks while clients go on, and is mended again. */
final class Faults {
  private Faults() {}

  /** Yields when it was dead, in nanoseconds. */
  static long killLeader(ThreeNodes nodes, Workload load) {
    return kill(nodes, load, nodes.leader());
  }

  static long killFollower(ThreeNodes nodes, Workload load) {
    return kill(nodes, load, nodes.follower());
  }

  private static long kill(ThreeNodes nodes, Workload load, int node) {
    nodes.kill(node);
    long dead = System.nanoTime();
    load.awaitWrites(100);
    nodes.start(node);
    return dead;
  }

  static void killAll(ThreeNodes nodes) {
    for (int node = 0; node < Network.NODES; node++) {
      nodes.kill(node);
    }
    for (int node = 0; node < Network.NODES; node++) {
      nodes.start(node);
    }
  }

  /** It stands still for 10 s and then goes on as if it still led. */
  static void suspendLeader(ThreeNodes nodes, Workload load) {
    int leader = nodes.leader();
    nodes.suspend(leader);
    pass(10);
    load.awaitWrites(100);
    nodes.resume(leader);
  }

  static void cutOffLeader(ThreeNodes nodes, Workload load) {
    nodes.cutOff(nodes.leader());
    pass(5);
    load.awaitWrites(100);
    nodes.heal();
  }

  /** The fault is that time passes: nothing is waited for. */
  private static void pass(int seconds) {
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
  }
}
