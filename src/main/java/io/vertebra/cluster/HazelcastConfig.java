package io.vertebra.cluster;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/**
 * How Hazelcast is to run: on one address, with few threads, looking nowhere but where it is told.
 */
final class HazelcastConfig {

  /** Settings by the names of Hazelcast 5.3's {@code ClusterProperty}. */
  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          Map.entry("hazelcast.logging.type", "slf4j"),
          Map.entry("hazelcast.logging.details.enabled", "false"),
          Map.entry("hazelcast.phone.home.enabled", "false"),
          Map.entry("hazelcast.jmx", "false"),
          Map.entry("hazelcast.shutdownhook.enabled", "false"),
          Map.entry("hazelcast.socket.bind.any", "false"),
          Map.entry("hazelcast.wait.seconds.before.join", "0"),
          Map.entry("hazelcast.graceful.shutdown.max.wait", "10"),
          Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
          Map.entry("hazelcast.max.no.heartbeat.seconds", "6"),
          Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
          Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
          Map.entry("hazelcast.operation.thread.count", "2"),
          Map.entry("hazelcast.operation.generic.thread.count", "2"),
          Map.entry("hazelcast.operation.responsehandler.thread.count", "1"),
          Map.entry("hazelcast.io.thread.count", "1"),
          Map.entry("hazelcast.event.thread.count", "1"),
          Map.entry("hazelcast.clientengine.thread.count", "1"),
          Map.entry("hazelcast.clientengine.query.thread.count", "1"),
          Map.entry("hazelcast.clientengine.blocking.thread.count", "1"));

  private HazelcastConfig() {}

  /**
   * Asks the resolver, and reads the file of the secret.
   *
   * @throws UnknownHostException if {@code cluster.host} cannot be resolved
   */
  static Config of(ClusterOptions options, NodeFacts facts) throws UnknownHostException {
    Config config = new Config();
    config.setClusterName(options.secret().membersName(options.name()));
    PROPERTIES.forEach(config::setProperty);
    config.setMemberAttributeConfig(HazelcastClusterService.attributes(facts));
    config.getMetricsConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
    config.getSerializationConfig().setJavaSerializationFilterConfig(trustedClasses());
    config.addMultiMapConfig(subscriptions());
    network(config.getNetworkConfig(), options);
    return config;
  }

  private static void network(NetworkConfig network, ClusterOptions options)
      throws UnknownHostException {
    boolean alone = options.members().isEmpty();
    network.setPort(options.port());
    network.setPortAutoIncrement(alone && options.port() != 0);
    network
        .getInterfaces()
        .setEnabled(true)
        .addInterface(InetAddress.getByName(options.host()).getHostAddress());
    JoinConfig join = network.getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    // Also without members: it then looks for nobody, but takes in those that look for it.
    join.getTcpIpConfig()
        .setEnabled(true)
        .setConnectionTimeoutSeconds(2)
        .setMembers(options.members());
  }

  /**
   * Objects of no other class are made from bytes that a member sent. Members send each other
   * exceptions, so what those are made of is needed.
   */
  private static JavaSerializationFilterConfig trustedClasses() {
    ClassFilter trusted = new ClassFilter();
    trusted.addPrefixes(
        "java.lang.",
        "[Ljava.lang.",
        "java.util.",
        "java.io.",
        "java.net.",
        "com.hazelcast.",
        "[Lcom.hazelcast.",
        "io.vertx.spi.cluster.hazelcast.impl.");
    ClassFilter refused = new ClassFilter();
    refused.addClasses("java.net.URL");
    return new JavaSerializationFilterConfig()
        .setDefaultsDisabled(true)
        .setWhitelist(trusted)
        .setBlacklist(refused);
  }

  /** Who listens at which address of the bus, as Vert.x wants it kept. */
  private static MultiMapConfig subscriptions() {
    return new MultiMapConfig("__vertx.subs")
        .setBackupCount(1)
        .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET);
  }
}
