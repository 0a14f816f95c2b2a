package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertebra.cluster.MemberChange;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.registry.RegistryOptions;
import io.vertebra.registry.RegistryService;
import io.vertebra.registry.RegistryVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Consul's paths over a store in memory, whose time stands still until told. */
final class ConsulRig implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final Lifecycle lifecycle = new Lifecycle();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicLong nanos = new AtomicLong();
  private final KvVerticle store;
  private final RegistryVerticle registry;
  private final int port;

  /** A cluster of one node. */
  private static final class Alone implements ClusterService {
    private final Member self =
        new Member(
            "n1",
            "127.0.0.1:5701",
            new NodeFacts("node-1", List.of("core"), "dev", Instant.parse("2030-01-01T00:00:00Z")));

    @Override
    public Member self() {
      return self;
    }

    @Override
    public List<Member> members() {
      return List.of(self);
    }

    @Override
    public Future<Boolean> isCopied() {
      return Future.succeededFuture(true);
    }

    @Override
    public void watch(Consumer<MemberChange> listener) {}
  }

  ConsulRig() {
    this(new JsonObject());
  }

  /** With options of the section {@code consul}. */
  ConsulRig(JsonObject options) {
    this(options, new JsonObject(), UnaryOperator.identity());
  }

  /**
   * With options.
   *
   * @param options of the section {@code consul}
   * @param api those of the section {@code api}
   * @param seat how the paths see the store
   */
  ConsulRig(JsonObject options, JsonObject api, UnaryOperator<KvService> seat) {
    lifecycle.ready();
    ApiOptions listener = ApiOptions.from(Fields.of(api.copy().put("port", 0)));
    ApiServer server = new ApiServer(vertx, "n1", listener, lifecycle, meters, List.of());
    Kernel kernel = new Kernel(vertx, "n1", new TestClock(), meters, List.of(server.door()));
    KvOptions kv = KvOptions.from(Fields.of(new JsonObject()));
    store = new KvVerticle(kernel, kv, new InMemoryEngine(), nanos::get);
    ClusterService cluster = new Alone();
    registry =
        new RegistryVerticle(
            kernel,
            cluster,
            RegistryOptions.from(Fields.of(new JsonObject())),
            store.service(),
            server.router(),
            nanos::get);
    ConsulVerticle consul =
        new ConsulVerticle(
            kernel,
            new ConsulVerticle.Listener(server.router(), server::release, 1 << 20),
            lifecycle,
            new ConsulVerticle.Parts(
                seat.apply(store.service()),
                registry.service(),
                registry.drafts(),
                cluster,
                () -> List.of(new ConsulPeer(1, "127.0.0.1:9001"))),
            ConsulOptions.from(Fields.of(options)));
    await(vertx.deployVerticle(store));
    await(vertx.deployVerticle(registry));
    await(vertx.deployVerticle(consul));
    port = await(server.start());
  }

  int port() {
    return port;
  }

  KvService kv() {
    return store.service();
  }

  RegistryService registry() {
    return registry.service();
  }

  ConsulHttp http() {
    return new ConsulHttp(port);
  }

  void letTimePass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  int waiting() {
    return (int) meters.get("vertebra.consul.waiting").gauge().value();
  }

  int watchers() {
    return (int) meters.get("vertebra.kv.watchers").gauge().value();
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
