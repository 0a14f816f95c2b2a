package io.vertebra.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.UnknownHostException;

/**
 * A Vert.x that is part of a cluster. Closing the Vert.x leaves the cluster.
 *
 * @param nodeId this node's id on the bus and among the members
 */
public record Cluster(Vertx vertx, String nodeId, ClusterService service) {

  /**
   * Joins the cluster, or begins one.
   *
   * @param settings of the Vert.x, but for the event bus
   */
  public static Future<Cluster> open(
      ClusterOptions options, NodeFacts facts, VertxOptions settings) {
    HazelcastClusterManager manager;
    try {
      manager = new HazelcastClusterManager(HazelcastConfig.of(options, facts));
    } catch (UnknownHostException e) {
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
}
