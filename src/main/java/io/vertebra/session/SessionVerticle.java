package io.vertebra.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Opens the concern: offers its operations and announces what happens to sessions. */
public final class SessionVerticle extends VerticleBase {
  private final Kernel kernel;
  private final SessionService service;
  private final ExpiryJob expiry;
  private final Map<SessionEvent.Type, Counter> counted = new EnumMap<>(SessionEvent.Type.class);

  private SessionVerticle(
      Kernel kernel,
      SessionOptions options,
      LongSupplier nanoTime,
      SessionStore store,
      Function<Consumer<SessionEvent>, ExpiryJob> expiry) {
    this.kernel = kernel;
    Touches touches = new Touches(options.touch(), nanoTime);
    SessionStore lazy = new LazyTouchStore(store, touches);
    this.service = new StoredSessionService(lazy, options, kernel.clock(), this::announce);
    this.expiry = expiry.apply(this::announce);
    Gauge.builder("vertebra.session.touches", touches, Touches::size)
        .description("Sessions of which this node remembers a touch")
        .register(kernel.meters());
    for (SessionEvent.Type type : SessionEvent.Type.values()) {
      counted.put(
          type,
          Counter.builder("vertebra.session.events")
              .description("What this node announced of sessions")
              .tag("type", Fields.word(type))
              .register(kernel.meters()));
    }
  }

  /** Keeps the sessions in the store that all nodes share. */
  public static SessionVerticle stored(
      Kernel kernel, SessionOptions options, KvService kv, LongSupplier nanoTime) {
    return new SessionVerticle(
        kernel,
        options,
        nanoTime,
        new KvSessionStore(kv, options.touch()),
        listener -> new WatchExpiryJob(kernel.vertx(), kv, listener));
  }

  /** Keeps the sessions in Redis. */
  public static SessionVerticle stored(
      Kernel kernel, SessionOptions options, RedisService redis, LongSupplier nanoTime) {
    RedisSessionStore store = new RedisSessionStore(redis, options.touch());
    return new SessionVerticle(
        kernel,
        options,
        nanoTime,
        store,
        listener -> new SweepExpiryJob(kernel.vertx(), store, listener));
  }

  /** The operations, for callers on this node; usable before the start. */
  public SessionService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    expiry.start();
    return kernel.offer(SessionApi.of(service));
  }

  @Override
  public Future<?> stop() {
    expiry.stop();
    return Future.succeededFuture();
  }

  private void announce(SessionEvent event) {
    Counter counter = counted.get(event.type());
    if (counter != null) {
      counter.increment();
    }
    kernel.vertx().eventBus().publish(SessionApi.EVENTS, event.toJson());
  }
}
