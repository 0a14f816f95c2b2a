package io.vertebra.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Vert.x that is part of a cluster. Closing the Vert.x leaves the cluster.
 *
 * @param nodeId this node's id on the bus and among the members
 */
public record Cluster(
    Vertx vertx, String nodeId, ClusterService service, HazelcastInstance hazelcast) {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  /**
   * Joins the cluster, or begins one.
   *
   * @param settings of the Vert.x, but for the event bus
   */
  public static Future<Cluster> open(
      ClusterOptions options, NodeFacts facts, VertxOptions settings) {
    return open(options, facts, settings, Map.of());
  }

  /**
   * Joins the cluster, or begins one.
   *
   * @param rules of the maps that nodes of this cluster keep, by name
   */
  public static Future<Cluster> open(
      ClusterOptions options,
      NodeFacts facts,
      VertxOptions settings,
      Map<String, OwnedMap.Rule> rules) {
    HazelcastClusterManager manager;
    try {
      requireFree(options);
      Config config = HazelcastConfig.of(options, facts);
      OwnerCall.install(config, rules);
      manager = new HazelcastClusterManager(config);
    } catch (IOException | Failure e) {
      return Future.failedFuture(e);
    }
    settings.setEventBusOptions(bus(options));
    return Vertx.builder()
        .with(settings)
        .withClusterManager(manager)
        .buildClustered()
        .map(vertx -> joined(vertx, manager));
  }

  /** The map of this name, which has a rule. */
  public OwnedMap owned(String name) {
    return new HazelcastOwnedMap(vertx, hazelcast, name);
  }

  /**
   * Trust is by the authority alone: Vert.x does not compare the host of another node with the
   * names in its certificate.
   */
  private static EventBusOptions bus(ClusterOptions options) {
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(options.host())
            .setClusterPublicHost(options.host())
            .setPort(options.busPort());
    options
        .tls()
        .ifPresent(
            tls ->
                bus.setSsl(true)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setTrustAll(false)
                    .setTrustOptions(
                        new PemTrustOptions().addCertPath(tls.authorities().toString()))
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addCertPath(tls.certificate().toString())
                            .addKeyPath(tls.key().toString())));
    return bus;
  }

  private static Cluster joined(Vertx vertx, HazelcastClusterManager manager) {
    HazelcastInstance hazelcast = manager.getHazelcastInstance();
    ClusterService service = new HazelcastClusterService(vertx, hazelcast);
    return new Cluster(vertx, manager.getNodeId(), service, hazelcast);
  }

  /** Fails as Hazelcast would, but before it logs a page. With no members it takes another port. */
  private static void requireFree(ClusterOptions options) throws IOException {
    int port = options.members().isEmpty() ? 0 : options.port();
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(options.host()))) {
      LOG.debug("cluster.address free={}", probe.getLocalSocketAddress());
    }
  }
}
