package io.vertebra.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Breaks one node after another in random order, each mended before the next is broken. */
final class RandomFaults {
  private static final long LEAST_MS = 200;
  private static final long CALM_MS = 1_500;

  private final ThreeNodes nodes;
  private final Random random;
  private final List<Kind> kinds;
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

  /** What happens to a node for a while. */
  enum Kind {
    KILL(3_000) {
      @Override
      void begin(ThreeNodes nodes, int node) {
        nodes.kill(node);
      }

      @Override
      void end(ThreeNodes nodes, int node) {
        nodes.start(node);
      }
    },
    SUSPEND(8_000) {
      @Override
      void begin(ThreeNodes nodes, int node) {
        nodes.suspend(node);
      }

      @Override
      void end(ThreeNodes nodes, int node) {
        nodes.resume(node);
      }
    },
    /** Needs a {@link Network} that can be cut. */
    CUT_OFF(8_000) {
      @Override
      void begin(ThreeNodes nodes, int node) {
        nodes.cutOff(node);
      }

      @Override
      void end(ThreeNodes nodes, int node) {
        nodes.heal();
      }
    };

    private final long mostMs;

    Kind(long mostMs) {
      this.mostMs = mostMs;
    }

    abstract void begin(ThreeNodes nodes, int node);

    abstract void end(ThreeNodes nodes, int node);
  }

  RandomFaults(ThreeNodes nodes, Random random, Kind... kinds) {
    this.nodes = nodes;
    this.random = random;
    this.kinds = List.of(kinds);
  }

  /** Goes on until an instant of {@link System#nanoTime}; in the end all nodes serve. */
  void run(long end) {
    List<Integer> nodesLeft = new ArrayList<>();
    List<Kind> kindsLeft = new ArrayList<>();
    List<Integer> all = Network.nodes().boxed().toList();
    while (System.nanoTime() - end < 0) {
      happen(draw(kindsLeft, kinds), draw(nodesLeft, all));
      nodes.awaitServiceSupervised();
      pass(CALM_MS);
    }
  }

  /** All are drawn before one is again. */
  private <T> T draw(List<T> left, List<T> all) {
    if (left.isEmpty()) {
      left.addAll(all);
      Collections.shuffle(left, random);
    }
    return left.remove(0);
  }

  private void happen(Kind kind, int node) {
    long time = LEAST_MS + (long) (random.nextDouble() * (kind.mostMs - LEAST_MS));
    System.out.printf("fault=%s node=%d ms=%d%n", kind, node, time);
    kind.begin(nodes, node);
    pass(time);
    kind.end(nodes, node);
    counts.merge(kind, 1, Integer::sum);
  }

  /** The fault is that time passes: nothing is waited for. */
  private static void pass(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** How often what happened. */
  @Override
  public String toString() {
    return counts.toString();
  }
}
