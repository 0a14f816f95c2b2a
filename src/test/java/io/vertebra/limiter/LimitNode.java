package io.vertebra.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cluster.Cluster;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.NodeFacts;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A node of a cluster that owns keys and asks for those of others. */
final class LimitNode {
  final LimitOwner owner;
  final Cluster cluster;
  final LimitStore store;

  private LimitNode(LimitOwner owner, Cluster cluster) {
    this.owner = owner;
    this.cluster = cluster;
    this.store = new HazelcastLimitStore(cluster.owned(LimiterVerticle.MAP));
  }

  /**
   * Joins the nodes at these ports.
   *
   * @param port of this one, which is among them unless it is alone
   */
  static LimitNode open(Clock clock, int maxKeys, int port, List<Integer> ports) {
    LimitOwner owner = new LimitOwner(clock, maxKeys);
    List<String> members = ports.stream().map(each -> "127.0.0.1:" + each).toList();
    ClusterOptions options = new ClusterOptions("limiter", "127.0.0.1", port, 0, members);
    NodeFacts facts = new NodeFacts("n" + port, List.of("core"), "1", Instant.EPOCH);
    try {
      Cluster cluster =
          Cluster.open(options, facts, new VertxOptions(), Map.of(LimiterVerticle.MAP, owner))
              .await(30, TimeUnit.SECONDS);
      return new LimitNode(owner, cluster);
    } catch (TimeoutException late) {
      throw new AssertionError("not open in 30 s", late);
    }
  }

  /** Ends it as a killed process would: without a word to the others. */
  void kill() {
    cluster.hazelcast().getLifecycleService().terminate();
  }

  void close() {
    try {
      assertThat(cluster.vertx().close().await(30, TimeUnit.SECONDS)).isNull();
    } catch (TimeoutException late) {
      throw new AssertionError("not closed in 30 s", late);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
