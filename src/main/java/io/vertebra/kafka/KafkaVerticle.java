package io.vertebra.kafka;

import io.vertebra.api.Kernel;
import io.vertebra.api.RemoteServer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the clients and sees whether Kafka answers. One that does not is no reason not to start: it
 * is asked again each second.
 */
public final class KafkaVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaVerticle.class);

  private final KafkaOptions options;
  private final RemoteServer server;
  private final KafkaClients clients;

  /**
   * Makes the clients, which connect when first used.
   *
   * @throws io.vertebra.api.Failure if a file of the options cannot be read
   */
  public KafkaVerticle(Kernel kernel, KafkaOptions options, LongSupplier nanoTime) {
    this.options = options;
    this.server = new RemoteServer(kernel, "kafka");
    this.clients = new KafkaClients(kernel.vertx(), options, server, nanoTime);
  }

  /** The clients; usable before the start. */
  public KafkaClients clients() {
    return clients;
  }

  @Override
  public Future<?> start() {
    LOG.info("kafka.client opened servers={}", options.bootstrapServers());
    server.watch(() -> clients.admin(admin -> admin.describeCluster().clusterId()));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    server.unwatch();
    clients.close();
    return Future.succeededFuture();
  }
}
