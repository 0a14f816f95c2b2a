package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;

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
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.http.WaitInterceptor;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A store in memory, offered over HTTP and the bus. */
final class KvRig {
  final Vertx vertx = Vertx.vertx();
  final AtomicLong nanos = new AtomicLong();
  final Map<String, Operation<?>> operations = new LinkedHashMap<>();
  final ApiServer server;
  final KvVerticle verticle;
  final int port;

  KvRig() {
    this(new InMemoryEngine(), new JsonObject());
  }

  /**
   * @param listener options of the api listener but its port
   */
  KvRig(Engine engine, JsonObject listener) {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    List<Interceptor> interceptors = List.of(new WaitInterceptor(vertx, lifecycle, meters, 100));
    ApiOptions options = ApiOptions.from(Fields.of(listener.copy().put("port", 0)));
    server = new ApiServer(vertx, "n1", options, lifecycle, meters, interceptors);
    List<Door> doors =
        List.of(
            server.door(),
            new BusDoor(vertx, "n1", Interceptor.chain(interceptors)),
            api -> Future.succeededFuture(note(api)));
    Kernel kernel = new Kernel(vertx, "n1", new TestClock(), meters, doors);
    KvOptions store = KvOptions.from(Fields.of(new JsonObject()));
    verticle = new KvVerticle(kernel, store, engine, nanos::get);
    String unused = await(vertx.deployVerticle(verticle));
    port = await(server.start());
  }

  private Void note(Api api) {
    api.operations().forEach(each -> operations.put(api.concern() + "." + each.action(), each));
    return null;
  }

  void close() {
    await(vertx.close());
  }
}
