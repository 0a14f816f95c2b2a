package io.vertebra.counter;

import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.ThreadLocalRandom;

/** Opens the concern: offers its operations. */
public final class CounterVerticle extends VerticleBase {
  private final Kernel kernel;
  private final CounterService service;

  private CounterVerticle(Kernel kernel, CounterStore store) {
    this.kernel = kernel;
    this.service =
        new StoredCounterService(
            store, change -> kernel.vertx().eventBus().publish(CounterApi.EVENTS, change));
  }

  /** Keeps the counters in the store that all nodes share. */
  public static CounterVerticle stored(Kernel kernel, KvService kv) {
    return new CounterVerticle(
        kernel, new KvCounterStore(kv, bound -> ThreadLocalRandom.current().nextInt(bound)));
  }

  /** Keeps the counters in Redis. */
  public static CounterVerticle stored(Kernel kernel, RedisService redis) {
    return new CounterVerticle(kernel, new RedisCounterStore(redis));
  }

  /** The operations, for callers on this node; usable before the start. */
  public CounterService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    return kernel.offer(CounterApi.of(service));
  }
}
