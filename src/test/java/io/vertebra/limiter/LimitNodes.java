package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Some nodes of one cluster in this process. */
final class LimitNodes implements AutoCloseable {
  private static final int ROOM = 100_000;

  private final Clock clock;
  private final List<LimitNode> nodes = new ArrayList<>();

  LimitNodes(Clock clock, int count) {
    this.clock = clock;
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ports.add(LimitNode.freePort());
    }
    for (int port : ports) {
      nodes.add(LimitNode.open(clock, ROOM, port, ports));
    }
    awaitMembers(count);
  }

  LimitNode get(int number) {
    return nodes.get(number);
  }

  /** Waits until the first node knows so many members, and all keys have a copy. */
  void awaitMembers(int count) {
    within(
        Duration.ofSeconds(40),
        () -> {
          assertThat(nodes.get(0).cluster.service().members()).hasSize(count);
          assertThat(nodes.get(0).cluster.hazelcast().getPartitionService().isClusterSafe())
              .isTrue();
        });
  }

  /** Has another one join. */
  void join() {
    int first =
        nodes.get(0).cluster.hazelcast().getCluster().getLocalMember().getAddress().getPort();
    int port = LimitNode.freePort();
    nodes.add(LimitNode.open(clock, ROOM, port, List.of(first, port)));
  }

  @Override
  public void close() {
    nodes.forEach(LimitNode::close);
  }
}
