package io.vertebra.redis;

import io.vertebra.api.Kernel;
import io.vertebra.api.RemoteServer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the client and sees whether the server answers. A server that does not is no reason not to
 * start: it is asked again each second.
 */
public final class RedisVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RedisVerticle.class);
  private static final int MAX_PIPELINED = 2_048;

  /** After this a connection on which nothing comes is given up, in seconds. */
  private static final int IDLE_SECONDS = 60;

  private final RedisOptions options;
  private final Redis client;
  private final PooledRedisService service;
  private final RemoteServer server;

  /**
   * Makes the client, which connects when first used.
   *
   * @throws io.vertebra.api.Failure if a file of the options cannot be read
   */
  public RedisVerticle(Kernel kernel, RedisOptions options, LongSupplier nanoTime) {
    this.options = options;
    this.client = Redis.createClient(kernel.vertx(), settings(options));
    this.server = new RemoteServer(kernel, "redis");
    this.service =
        new PooledRedisService(kernel.vertx(), client, options.timeout(), server, nanoTime);
  }

  /** The calls; usable before the start. */
  public RedisService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    LOG.info("redis.client opened mode={} addresses={}", options.mode(), options.addresses());
    server.watch(service::ping);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    server.unwatch();
    return client.close();
  }

  private static io.vertx.redis.client.RedisOptions settings(RedisOptions options) {
    io.vertx.redis.client.RedisOptions settings =
        new io.vertx.redis.client.RedisOptions()
            .setType(RedisClientType.valueOf(options.mode().name()))
            .setMasterName(options.masterName())
            .setAutoFailover(options.mode() == RedisMode.SENTINEL)
            .setNetClientOptions(connection(options))
            .setMaxPoolSize(options.poolSize())
            .setMaxPoolWaiting(options.maxWaiting())
            .setMaxWaitingHandlers(MAX_PIPELINED);
    String scheme = options.tls().isPresent() ? "rediss://" : "redis://";
    String database = options.database() == 0 ? "" : "/" + options.database();
    settings.setEndpoints(
        options.addresses().stream().map(address -> scheme + address + database).toList());
    String password =
        RemoteServer.secret(options.passwordFile(), options.password(), "/redis/passwordFile");
    if (!password.isEmpty()) {
      settings.setPassword(password);
    }
    return options.username().isEmpty() ? settings : settings.setUser(options.username());
  }

  private static NetClientOptions connection(RedisOptions options) {
    NetClientOptions settings =
        new NetClientOptions()
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true)
            .setReadIdleTimeout(IDLE_SECONDS)
            .setConnectTimeout((int) options.timeout().toMillis());
    options
        .tls()
        .ifPresent(
            tls -> {
              settings
                  .setSsl(true)
                  .setHostnameVerificationAlgorithm("HTTPS")
                  .setTrustOptions(new PemTrustOptions().addCertPath(tls.authorities().toString()));
              if (tls.certificate().isPresent() && tls.key().isPresent()) {
                settings.setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertPath(tls.certificate().get().toString())
                        .addKeyPath(tls.key().get().toString()));
              }
            });
    return settings;
  }
}
