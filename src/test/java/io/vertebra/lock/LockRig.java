package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Door;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertebra.election.ElectionVerticle;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.http.WaitInterceptor;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvVerticle;
import io.vertebra.latch.LatchVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Locks, elections and latches over a store in memory, offered over HTTP and the bus. */
public final class LockRig {
  public final Vertx vertx = Vertx.vertx();
  public final AtomicLong nanos = new AtomicLong();
  public final int port;
  public final LockService locks;
  final LockStore store;
  public final Map<String, Operation<?>> operations = new LinkedHashMap<>();
  private final Lifecycle lifecycle = new Lifecycle();

  /** Opens it on a free port. */
  public LockRig() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    lifecycle.ready();
    List<Interceptor> interceptors = List.of(new WaitInterceptor(vertx, lifecycle, meters, 100));
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("port", 0)));
    ApiServer server = new ApiServer(vertx, "n1", options, lifecycle, meters, interceptors);
    List<Door> doors =
        List.of(
            server.door(),
            new BusDoor(vertx, "n1", Interceptor.chain(interceptors)),
            api -> Future.succeededFuture(note(api)));
    Kernel kernel = new Kernel(vertx, "n1", new TestClock(), meters, doors);
    Kernel inner = new Kernel(vertx, "n1", new TestClock(), new SimpleMeterRegistry(), List.of());
    KvOptions kv = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle store = new KvVerticle(inner, kv, new InMemoryEngine(), nanos::get);
    LockOptions lock = LockOptions.from(Fields.of(new JsonObject().put("sessionMs", 60_000)));
    LockVerticle verticle = new LockVerticle(kernel, lock, store.service(), nanos::get);
    locks = verticle.service();
    this.store = verticle.store();
    for (io.vertx.core.VerticleBase each :
        List.of(
            store,
            verticle,
            new ElectionVerticle(kernel, locks),
            new LatchVerticle(kernel, store.service()))) {
      String unused = await(vertx.deployVerticle(each));
    }
    port = await(server.start());
  }

  private Void note(Api api) {
    api.operations().forEach(each -> operations.put(api.concern() + "." + each.action(), each));
    return null;
  }

  /** Ends the calls that wait, as a node does that stops. */
  void drain() {
    Future<Void> unused = lifecycle.drain();
  }

  /** Ends everything. */
  public void close() {
    await(vertx.close());
  }
}
