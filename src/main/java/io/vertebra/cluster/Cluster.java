package io.vertebra.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Vert.x that is part of a cluster. Closing the Vert.x leaves the cluster.
 *
 * @param nodeId this node's id on the bus and among the members
 */
public record Cluster(Vertx vertx, String nodeId, ClusterService service) {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  /**
   * Joins the cluster, or begins one.
   *
   * @param settings of the Vert.x, but for the event bus
   */
  public static Future<Cluster> open(
      ClusterOptions options, NodeFacts facts, VertxOptions settings) {
    HazelcastClusterManager manager;
    try {
      requireFree(options);
      manager = new HazelcastClusterManager(HazelcastConfig.of(options, facts));
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    settings.setEventBusOptions(
        new EventBusOptions()
            .setHost(options.host())
            .setClusterPublicHost(options.host())
            .setPort(options.busPort()));
    return Vertx.builder()
        .with(settings)
        .withClusterManager(manager)
        .buildClustered()
        .map(vertx -> joined(vertx, manager));
  }

  private static Cluster joined(Vertx vertx, HazelcastClusterManager manager) {
    ClusterService service = new HazelcastClusterService(manager.getHazelcastInstance());
    return new Cluster(vertx, manager.getNodeId(), service);
  }

  /** Fails as Hazelcast would, but before it logs a page. With no members it takes another port. */
  private static void requireFree(ClusterOptions options) throws IOException {
    int port = options.members().isEmpty() ? 0 : options.port();
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(options.host()))) {
      LOG.debug("cluster.address free={}", probe.getLocalSocketAddress());
    }
  }
}
