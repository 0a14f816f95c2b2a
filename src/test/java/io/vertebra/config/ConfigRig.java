package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Door;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.http.WaitInterceptor;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A node's configuration over a kv store in memory, offered over HTTP and the bus. */
public final class ConfigRig {
  static final String OLD_KEY = "old:" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  static final String NEW_KEY = "new:" + "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

  public final Vertx vertx = Vertx.vertx();
  public final int port;
  final TestClock clock = new TestClock();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final KvService kv;

  private final Kernel kernel;
  private String deployment;

  /** One that encrypts with {@link #OLD_KEY}. */
  public ConfigRig() {
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    List<Interceptor> interceptors = List.of(new WaitInterceptor(vertx, lifecycle, meters, 5_000));
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("port", 0)));
    ApiServer server = new ApiServer(vertx, "n1", options, lifecycle, meters, interceptors);
    List<Door> doors =
        List.of(server.door(), new BusDoor(vertx, "n1", Interceptor.chain(interceptors)));
    kernel = new Kernel(vertx, "n1", clock, meters, doors);
    KvVerticle store =
        new KvVerticle(
            kernel,
            KvOptions.from(Fields.of(new JsonObject())),
            new InMemoryEngine(),
            System::nanoTime);
    deployment = await(vertx.deployVerticle(store));
    kv = store.service();
    deployment = deploy(new Kernel(vertx, "n1", clock, meters, doors), OLD_KEY);
    port = await(server.start());
  }

  private String deploy(Kernel on, String... keys) {
    JsonObject options =
        new JsonObject().put("secretKeys", new JsonArray(List.of(keys))).put("historyReleases", 10);
    return await(
        vertx.deployVerticle(
            ConfigVerticle.stored(on, ConfigOptions.from(Fields.of(options)), kv)));
  }

  /** Another node on the same store, with these keys, called over the bus by its id. */
  BusConfigService node(String id, String... keys) {
    BusDoor door = new BusDoor(vertx, id, Interceptor.chain(List.of()));
    String unused =
        deploy(
            new Kernel(
                vertx,
                id,
                clock,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of(door)),
            keys);
    return BusConfigService.on(vertx, id);
  }

  public BusConfigService service() {
    return BusConfigService.on(vertx, "n1");
  }

  public double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  public void close() {
    await(vertx.close());
  }
}
