package io.vertebra.limiter;

import io.vertebra.api.Kernel;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.OwnedMap;
import io.vertebra.kv.KvService;
import io.vertebra.limiter.OutageStore.Timed;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the concern: offers its operations, follows the policies, and counts the keys. */
public final class LimiterVerticle extends VerticleBase {
  /** The map that {@link Owner} decides for. */
  public static final String MAP = "limiter";

  private static final Logger LOG = LoggerFactory.getLogger(LimiterVerticle.class);
  private static final long COUNT_EVERY_MS = 1_000;
  private static final int MOST_ADAPTIVE_KEYS = 10_000;
  private static final int MOST_LOCAL_KEYS = 100_000;

  private final Kernel kernel;
  private final Owner owner;
  private final OwnedMap map;
  private final KvService kv;
  private final KvLimitStore stored;
  private final KvPolicyStore policies;
  private final StoredLimiterService service;
  private long timer;
  private boolean counting;
  private boolean sweeping;

  /** What a node decides for the keys it owns; to be installed before it joins a cluster. */
  public static final class Owner {
    private final LimitOwner rule;

    public Owner(Clock clock, LimiterOptions options) {
      this.rule = new LimitOwner(clock, options.maxKeys());
    }

    /** The rule of the map {@value #MAP}. */
    public OwnedMap.Rule rule() {
      return rule;
    }
  }

  public LimiterVerticle(
      Kernel kernel,
      LimiterOptions options,
      Owner owner,
      OwnedMap map,
      ClusterService cluster,
      KvService kv,
      Optional<RedisService> redis) {
    this.kernel = kernel;
    this.owner = owner;
    this.map = map;
    this.kv = kv;
    LongSupplier micros = new MicroClock(kernel.clock());
    InMemoryLimitStore adaptive = new InMemoryLimitStore(micros, MOST_ADAPTIVE_KEYS);
    LimiterMeters meters = new LimiterMeters(kernel.meters(), owner.rule::keys, adaptive::keys);
    meters.follow(options.policies().keySet());
    this.stored = new KvLimitStore(kv, micros, options.maxKeys());
    this.policies =
        new KvPolicyStore(
            kernel.vertx(), kv, options.policies(), all -> meters.follow(all.keySet()));
    OutageStore states =
        new OutageStore(
            engines(options, redis, micros),
            new InMemoryLimitStore(micros, Math.min(MOST_LOCAL_KEYS, options.maxKeys())),
            adaptive,
            () -> cluster.members().size(),
            micros,
            meters);
    this.service =
        new StoredLimiterService(
            policies, states, meters, permits(new SecureRandom()), this::announce);
  }

  private Map<Policy.Engine, Timed> engines(
      LimiterOptions options, Optional<RedisService> redis, LongSupplier micros) {
    Map<Policy.Engine, Timed> engines = new EnumMap<>(Policy.Engine.class);
    engines.put(
        Policy.Engine.HAZELCAST, new Timed(new HazelcastLimitStore(map), options.timeout()));
    engines.put(Policy.Engine.KV, new Timed(stored, options.storeTimeout()));
    redis.ifPresent(
        there ->
            engines.put(
                Policy.Engine.REDIS,
                new Timed(RedisLimitStore.of(there, micros), options.timeout())));
    return engines;
  }

  private static Supplier<String> permits(SecureRandom random) {
    return () -> {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      return HexFormat.of().formatHex(bytes);
    };
  }

  /** The operations, for callers on this node; usable before the start. */
  public LimiterService service() {
    return service;
  }

  /** Limits for requests on their way through this node; usable before the start. */
  public RequestLimitService requests() {
    return service;
  }

  @Override
  public Future<?> start() {
    policies.start();
    timer = vertx.setPeriodic(COUNT_EVERY_MS, due -> count());
    return kernel.offer(LimiterApi.of(service));
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    policies.stop();
    return Future.succeededFuture();
  }

  private void announce(StoredPolicy written) {
    LOG.info(
        "limiter.policy changed name={} revision={}", written.policy().name(), written.revision());
    JsonObject event =
        new JsonObject().put("name", written.policy().name()).put("revision", written.revision());
    kernel.vertx().eventBus().publish(LimiterApi.EVENTS, event);
  }

  private void count() {
    if (!counting) {
      counting = true;
      owner.rule.countBegins();
      map.owned()
          .onSuccess(owner.rule::counted)
          .onFailure(cause -> LOG.warn("limiter.count failed: {}", cause.getMessage()))
          .onComplete(done -> counting = false);
    }
    if (!sweeping) {
      sweeping = true;
      stored
          .count()
          .compose(keys -> kv.status().isLeader() ? stored.sweep() : Future.succeededFuture())
          .onFailure(cause -> LOG.debug("limiter.sweep failed: {}", cause.getMessage()))
          .onComplete(done -> sweeping = false);
    }
  }
}
