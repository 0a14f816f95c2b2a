package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.auth.IssuerService;
import io.vertebra.balancer.Upstream;
import io.vertebra.limiter.RequestLimitService;
import io.vertebra.route.Entry;
import io.vertebra.route.Route;
import io.vertebra.route.Snapshot;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A gateway on a free port, in front of whatever a test starts behind it. */
final class GatewayRig implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  final MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final Lifecycle lifecycle = new Lifecycle();
  private final GatewayVerticle.Shared shared;
  private final TreeMap<String, Entry<Route>> routes = new TreeMap<>();
  private final TreeMap<String, Entry<Upstream>> upstreams = new TreeMap<>();
  private long revision;

  GatewayRig() {
    this(new JsonObject());
  }

  GatewayRig(JsonObject options) {
    this(options, (policies, fields) -> Future.failedFuture("no limits here"));
  }

  GatewayRig(JsonObject options, RequestLimitService limiter) {
    this(options, limiter, Clock.systemUTC(), new InMemoryIssuer(Clock.systemUTC()));
  }

  GatewayRig(JsonObject options, RequestLimitService limiter, Clock clock, IssuerService issuer) {
    JsonObject section = options.copy();
    if (!section.containsKey("port")) {
      section.put("port", 0);
    }
    BusDoor door = new BusDoor(vertx, "test", Interceptor.chain(List.of()));
    Kernel kernel = new Kernel(vertx, "test", clock, meters, List.of(door));
    shared =
        new GatewayVerticle.Shared(
            kernel,
            GatewayOptions.from(Fields.of(section)),
            lifecycle,
            System::nanoTime,
            2,
            limiter,
            issuer);
    await(shared.offer(kernel));
    lifecycle.ready();
    await(
        vertx.deployVerticle(
            () -> new GatewayVerticle(shared), new DeploymentOptions().setInstances(2)));
  }

  int port() {
    return shared.port();
  }

  /** Starts a server behind the gateway. */
  HttpServer origin(Handler<HttpServerRequest> handler) {
    return origin(new HttpServerOptions(), handler);
  }

  HttpServer origin(HttpServerOptions options, Handler<HttpServerRequest> handler) {
    return await(vertx.createHttpServer(options).requestHandler(handler).listen(0, HOST));
  }

  /** Sends everything to one upstream of these ports. */
  void routeAllTo(int... ports) {
    routeAllTo(upstream -> upstream, ports);
  }

  /** Sends everything to one upstream of these ports, its definition changed by {@code change}. */
  void routeAllTo(UnaryOperator<JsonObject> change, int... ports) {
    JsonArray endpoints = new JsonArray();
    for (int port : ports) {
      endpoints.add(new JsonObject().put("host", HOST).put("port", port));
    }
    JsonObject web = new JsonObject().put("name", "web").put("endpoints", endpoints);
    upstream(change.apply(web));
    route(new JsonObject().put("name", "all").put("upstream", "web"));
  }

  void upstream(JsonObject definition) {
    Upstream upstream = Upstream.from(Fields.of(definition));
    upstreams.put(upstream.name(), new Entry<>(upstream.name(), ++revision, upstream));
    update();
  }

  void route(JsonObject definition) {
    Route route = Route.from(Fields.of(definition));
    routes.put(route.name(), new Entry<>(route.name(), ++revision, route));
    update();
  }

  void update() {
    shared.updates().accept(new Snapshot(++revision, routes, upstreams));
  }

  /**
   * Sends a request and reads the answer's body. In one step, for whoever asks for the body after
   * the answer came may miss the first of it.
   */
  static Future<Buffer> fetch(HttpClientRequest request) {
    return request.send().compose(HttpClientResponse::body);
  }

  /** Asks the gateway's concern over the bus. */
  JsonObject ask(String action, JsonObject request) {
    DeliveryOptions options = new DeliveryOptions().addHeader("action", action);
    return await(vertx.eventBus().<JsonObject>request("vertebra.gateway", request, options)).body();
  }

  /** The live state of the only endpoint, or of the one with this port. */
  JsonObject endpoint(int port) {
    return ask("upstreams", new JsonObject()).getJsonArray("items").stream()
        .flatMap(upstream -> ((JsonObject) upstream).getJsonArray("endpoints").stream())
        .map(JsonObject.class::cast)
        .filter(endpoint -> endpoint.getString("id").endsWith(":" + port))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    await(shared.close());
    await(vertx.close());
  }
}
