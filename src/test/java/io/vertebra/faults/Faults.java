package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Register;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What breaks while clients go on, and is mended again. */
enum Faults {
  KILL_LEADER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      kill(nodes, load, nodes.leader());
    }
  },
  KILL_FOLLOWER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      kill(nodes, load, nodes.follower());
    }
  },
  KILL_TWO {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      int leader = nodes.leader();
      int follower = nodes.follower();
      nodes.kill(leader);
      nodes.kill(follower);
      pass(1);
      nodes.start(leader);
      nodes.start(follower);
    }
  },
  KILL_ALL {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      Network.nodes().forEach(nodes::kill);
      Network.nodes().forEach(nodes::start);
    }
  },
  /** It stands still for 10 s and then goes on as if it still led. */
  SUSPEND_LEADER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      int leader = nodes.leader();
      nodes.suspend(leader);
      pass(10);
      load.awaitWrites(SOME);
      nodes.resume(leader);
    }
  },
  SUSPEND_FOLLOWER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      int follower = nodes.follower();
      nodes.suspend(follower);
      pass(3);
      load.awaitWrites(SOME);
      nodes.resume(follower);
    }
  },
  WIPE_FOLLOWER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      wipe(nodes, load, nodes.follower());
    }
  },
  WIPE_LEADER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      wipe(nodes, load, nodes.leader());
    }
  },
  /** Needs a {@link Network} that can be cut, as those below. */
  CUT_OFF_LEADER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      cutOff(nodes, load, nodes.leader());
    }
  },
  CUT_OFF_FOLLOWER {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      cutOff(nodes, load, nodes.follower());
    }
  },
  CUT_ALL_APART {
    @Override
    void happen(ThreeNodes nodes, Workload load) {
      Network.nodes().forEach(nodes::cutOff);
      pass(3);
      nodes.heal();
    }
  };

  private static final int SOME = 50;

  abstract void happen(ThreeNodes nodes, Workload load);

  private static void kill(ThreeNodes nodes, Workload load, int node) {
    nodes.kill(node);
    load.awaitWrites(SOME);
    nodes.start(node);
  }

  private static void wipe(ThreeNodes nodes, Workload load, int node) {
    nodes.kill(node);
    nodes.wipe(node);
    load.awaitWrites(SOME);
    nodes.start(node);
  }

  private static void cutOff(ThreeNodes nodes, Workload load, int node) {
    nodes.cutOff(node);
    pass(6);
    load.awaitWrites(SOME);
    assertThat(nodes.stores().get(node).call("alone", new Register.Put("a")))
        .isNotInstanceOf(Reply.Done.class);
    nodes.heal();
  }

  /** The fault is that time passes: nothing is waited for. */
  static void pass(int seconds) {
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
  }
}
