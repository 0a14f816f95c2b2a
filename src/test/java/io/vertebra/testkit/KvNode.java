package io.vertebra.testkit;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Door;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.http.CompatibleDoor;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.queue.QueueVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A node whose store is in memory, with doors over HTTP and the bus, and clocks of its own. */
public final class KvNode implements AutoCloseable {
  public final Vertx vertx = Vertx.vertx();
  public final TestClock clock = new TestClock();
  public final Kernel kernel;

  /** For APIs of other systems, on {@link #router}. */
  public final CompatibleDoor compatible;

  public final Router router;
  private final AtomicLong nanos = new AtomicLong();
  private final Map<String, Operation<?>> operations = new LinkedHashMap<>();
  private final KvVerticle kv;
  private final WebClient client = WebClient.create(vertx);
  private final int port;

  /** Opens it. */
  public KvNode(Interceptor... interceptors) {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    List<Interceptor> chain = List.of(interceptors);
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("port", 0)));
    ApiServer server = new ApiServer(vertx, "n1", options, lifecycle, meters, chain);
    BusDoor bus = new BusDoor(vertx, "n1", Interceptor.chain(chain));
    compatible = new CompatibleDoor(Interceptor.chain(chain), server::release);
    router = server.router();
    List<Door> doors = List.of(server.door(), bus, compatible, this::note);
    kernel = new Kernel(vertx, "n1", clock, meters, doors);
    KvOptions store = KvOptions.from(Fields.of(new JsonObject()));
    kv =
        new KvVerticle(kernel, store, new InMemoryEngine(), nanos::get)
            .checking(QueueVerticle::checkLetter);
    String unused = await(vertx.deployVerticle(kv));
    port = await(server.start());
  }

  private Future<Void> note(Api api) {
    api.operations().forEach(each -> operations.put(api.concern() + "." + each.action(), each));
    return Future.succeededFuture();
  }

  /** The store, with the keys of the concerns. */
  public KvService kv() {
    return kv.service();
  }

  /** Moves all clocks. */
  public void letTimePass(Duration time) {
    nanos.addAndGet(time.toNanos());
    clock.advance(time);
  }

  /** Calls an operation by concern and action, as {@code counter.add}, over the bus. */
  public Future<JsonObject> callByBus(String operation, JsonObject request) {
    String[] parts = operation.split("\\.", -1);
    DeliveryOptions options = new DeliveryOptions().addHeader("action", parts[1]);
    return vertx
        .eventBus()
        .<JsonObject>request("vertebra." + parts[0], request.copy(), options)
        .map(message -> message.body())
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }

  /** The same over HTTP. */
  public Future<JsonObject> callByHttp(String name, JsonObject request) {
    JsonObject rest = request.copy();
    Operation<?> operation = operations.get(name);
    StringBuilder path = new StringBuilder();
    for (String segment : operation.path().substring(1).split("/", -1)) {
      boolean parameter = segment.startsWith(":") || segment.startsWith("*");
      path.append('/').append(parameter ? escaped(rest.remove(segment.substring(1))) : segment);
    }
    HttpRequest<Buffer> asked = request(operation.method(), path.toString());
    Object sessionId = rest.remove("sessionId");
    if (sessionId != null) {
      asked.putHeader("Session-Id", sessionId.toString());
    }
    if (operation.method() == HttpMethod.GET || operation.method() == HttpMethod.DELETE) {
      rest.forEach(field -> asked.addQueryParam(field.getKey(), field.getValue().toString()));
      return asked.send().map(KvNode::json);
    }
    return asked.sendJsonObject(rest).map(KvNode::json);
  }

  /** Where the API is. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** A request over HTTP that is not yet sent. */
  public HttpRequest<Buffer> request(HttpMethod method, String path) {
    return client.request(method, port, "127.0.0.1", path);
  }

  private static String escaped(Object text) {
    StringBuilder escaped = new StringBuilder();
    for (byte octet : text.toString().getBytes(StandardCharsets.UTF_8)) {
      escaped.append(String.format("%%%02x", octet));
    }
    return escaped.toString();
  }

  private static JsonObject json(HttpResponse<Buffer> response) {
    JsonObject json = response.bodyAsJsonObject();
    if (response.statusCode() == 200) {
      return json;
    }
    String code = json.getString("code").toUpperCase(Locale.ROOT);
    throw new Failure(FailureCode.valueOf(code), json.getString("detail"));
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
