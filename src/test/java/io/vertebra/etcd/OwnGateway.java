package io.vertebra.etcd;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.util.List;

/** The paths over a store in memory. */
final class OwnGateway implements AutoCloseable {
  static final int BODY_BYTES = 1 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final Lifecycle lifecycle = new Lifecycle();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KvVerticle store;
  private final HttpServer server;

  private OwnGateway(JsonObject options) {
    Kernel kernel = new Kernel(vertx, "n1", Clock.systemUTC(), meters, List.of());
    store =
        new KvVerticle(
            kernel,
            KvOptions.from(Fields.of(new JsonObject())),
            new InMemoryEngine(),
            System::nanoTime);
    Router router = Router.router(vertx);
    EtcdMember self = new EtcdMember(1, "n1", List.of("http://p:1"), List.of("http://c:2"));
    EtcdVerticle paths =
        new EtcdVerticle(
            router,
            lifecycle,
            store.service(),
            EtcdOptions.from(Fields.of(options)),
            () -> List.of(self),
            BODY_BYTES);
    await(vertx.deployVerticle(store));
    await(vertx.deployVerticle(paths));
    server = await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  static OwnGateway start() {
    return start(new JsonObject());
  }

  /** With options of the section {@code etcd}. */
  static OwnGateway start(JsonObject options) {
    return new OwnGateway(options);
  }

  int port() {
    return server.actualPort();
  }

  KvService store() {
    return store.service();
  }

  /** How many watches the store has. */
  int watchers() {
    return (int) meters.get("vertebra.kv.watchers").gauge().value();
  }

  Lifecycle lifecycle() {
    return lifecycle;
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
