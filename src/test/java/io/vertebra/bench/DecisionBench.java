package io.vertebra.bench;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.grid.hazelcast.HazelcastProxyManager;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.cluster.Cluster;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.limiter.LimiterOptions;
import io.vertebra.limiter.LimiterService;
import io.vertebra.limiter.LimiterVerticle;
import io.vertebra.limiter.TakeLimit;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Decisions without HTTP: the limiter's service on a node of a cluster, and Bucket4j's asynchronous
 * buckets on a member of a Hazelcast cluster, all members in this process.
 */
public final class DecisionBench {
  private DecisionBench() {}

  /**
   * Takes the arguments of {@link ClosedLoop#run}; the system is {@code service} or {@code
   * bucket4j}, and the port the first of ten that are free, of which as many as the sixth argument
   * says are used.
   */
  public static void main(String[] arguments) throws Exception {
    int members = Integer.parseInt(arguments[5]);
    ClosedLoop.run(
        arguments,
        (system, vertx, port, clients) ->
            system.equals("service") ? service(port, members) : bucket4j(vertx, port, members));
  }

  private static List<String> addresses(int port, int members) {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      addresses.add("127.0.0.1:" + (port + i));
    }
    return addresses;
  }

  private static ClosedLoop.Step service(int port, int members) throws Exception {
    LimiterOptions options =
        LimiterOptions.from(
            Fields.of(
                new JsonObject(
                    """
                    {"policies": {"bench": {"key": {"parts": ["field:id"]},
                      "limit": {"permits": 1000000, "periodMs": 1000, "burst": 1000000}}}}
                    """)));
    List<Cluster> nodes = new ArrayList<>();
    List<LimiterVerticle.Owner> owners = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      LimiterVerticle.Owner owner = new LimiterVerticle.Owner(Clock.systemUTC(), options);
      owners.add(owner);
      nodes.add(
          Cluster.open(
                  new ClusterOptions("bench", "127.0.0.1", port + i, 0, addresses(port, members)),
                  new NodeFacts("n" + i, List.of("core"), "1", Instant.EPOCH),
                  new VertxOptions(),
                  Map.of(LimiterVerticle.MAP, owner.rule()))
              .await(60, TimeUnit.SECONDS));
    }
    Cluster first = nodes.get(0);
    Kernel kernel =
        new Kernel(first.vertx(), "n0", Clock.systemUTC(), new SimpleMeterRegistry(), List.of());
    LimiterService limits =
        new LimiterVerticle(
                kernel,
                options,
                owners.get(0),
                first.owned(LimiterVerticle.MAP),
                first.service(),
                new KvNode().kv(),
                Optional.empty())
            .service();
    awaitSafe(first.hazelcast(), members);
    return (client, name) ->
        limits.take(TakeLimit.of("bench", Map.of("field:id", name))).mapEmpty();
  }

  private static void awaitSafe(HazelcastInstance node, int members) {
    within(
        Duration.ofSeconds(60),
        () -> {
          assertThat(node.getCluster().getMembers()).hasSize(members);
          assertThat(node.getPartitionService().isClusterSafe()).isTrue();
        });
  }

  private static ClosedLoop.Step bucket4j(Vertx vertx, int port, int members) {
    List<HazelcastInstance> nodes = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Config config = new Config().setProperty("hazelcast.phone.home.enabled", "false");
      config.getNetworkConfig().setPort(port + i).setPortAutoIncrement(false);
      config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
      config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
      config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
      config
          .getNetworkConfig()
          .getJoin()
          .getTcpIpConfig()
          .setEnabled(true)
          .setMembers(addresses(port, members));
      HazelcastProxyManager.addCustomSerializers(config.getSerializationConfig(), 10_000);
      nodes.add(Hazelcast.newHazelcastInstance(config));
    }
    awaitSafe(nodes.get(0), members);
    IMap<String, byte[]> map = nodes.get(0).getMap("buckets");
    AsyncProxyManager<String> buckets = new HazelcastProxyManager<>(map).asAsync();
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(
                spec -> spec.capacity(1_000_000).refillGreedy(1_000_000, Duration.ofSeconds(1)))
            .build();
    Map<String, AsyncBucketProxy> known = new ConcurrentHashMap<>();
    return (client, name) ->
        Future.fromCompletionStage(
                known
                    .computeIfAbsent(
                        name,
                        key ->
                            buckets
                                .builder()
                                .build(key, () -> CompletableFuture.completedFuture(configuration)))
                    .tryConsume(1),
                vertx.getOrCreateContext())
            .mapEmpty();
  }
}
