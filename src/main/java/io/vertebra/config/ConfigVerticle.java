package io.vertebra.config;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the concern: follows what is stored, offers its operations, announces releases. */
public final class ConfigVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigVerticle.class);

  private final Kernel kernel;
  private final ConfigOptions options;
  private final ConfigStore store;
  private final Runnable opener;
  private final Runnable closer;
  private final WatchService watches;

  private ConfigVerticle(
      Kernel kernel, ConfigOptions options, ConfigStore store, Runnable opener, Runnable closer) {
    this.kernel = kernel;
    this.options = options;
    this.store = store;
    this.opener = opener;
    this.closer = closer;
    this.watches = new WatchService(store::present);
  }

  /** Keeps configuration in the store that all nodes share. */
  public static ConfigVerticle stored(Kernel kernel, ConfigOptions options, KvService kv) {
    KvConfigStore store = new KvConfigStore(kernel.vertx(), kv);
    return new ConfigVerticle(kernel, options, store, store::start, store::stop);
  }

  /** Keeps configuration in Redis. */
  public static ConfigVerticle stored(Kernel kernel, ConfigOptions options, RedisService redis) {
    RedisConfigStore store = new RedisConfigStore(kernel.vertx(), redis);
    return new ConfigVerticle(kernel, options, store, store::start, store::stop);
  }

  /** Keeps configuration in memory. */
  static ConfigVerticle inMemory(Kernel kernel, ConfigOptions options) {
    return new ConfigVerticle(kernel, options, new InMemoryConfigStore(), () -> {}, () -> {});
  }

  @Override
  public Future<?> start() {
    store.watch(watches::changed);
    opener.run();
    count();
    return kernel
        .vertx()
        .executeBlocking(() -> new Secrets(options.keys().read()))
        .compose(secrets -> kernel.offer(ConfigApi.of(service(secrets))))
        .onSuccess(
            offered ->
                LOG.info("config.store opened backend={}", store.getClass().getSimpleName()));
  }

  @Override
  public Future<?> stop() {
    closer.run();
    return Future.succeededFuture();
  }

  private ConfigService service(Secrets secrets) {
    Planner planner = new Planner(secrets, options, kernel.clock());
    Counter releases =
        Counter.builder("vertebra.config.releases")
            .description("Releases made by this node")
            .register(kernel.meters());
    CommitService commits =
        new CommitService(
            store,
            planner,
            options.maxNamespaces(),
            (namespace, released) -> {
              releases.increment();
              kernel
                  .vertx()
                  .eventBus()
                  .publish(ConfigApi.EVENTS, ConfigApi.event(namespace, released));
            });
    return new StoredConfigService(
        store, planner, secrets, commits, watches, new Blocking(kernel.vertx()));
  }

  private void count() {
    Gauge.builder("vertebra.config.namespaces", store, ConfigStore::count)
        .description("Namespaces, as far as this node knows")
        .register(kernel.meters());
    Gauge.builder("vertebra.config.watchers", watches, WatchService::watchers)
        .description("Watches of configuration that are open on this node")
        .register(kernel.meters());
  }

  private record Blocking(Vertx vertx) implements StoredConfigService.Worker {
    @Override
    public <T> Future<T> run(Callable<T> task) {
      return vertx.executeBlocking(task, false);
    }
  }
}
