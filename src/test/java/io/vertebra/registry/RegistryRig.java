package io.vertebra.registry;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertebra.cluster.MemberChange;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.http.WaitInterceptor;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A node with a registry over a store in memory, offered over HTTP and the bus. */
public final class RegistryRig {
  public final Vertx vertx = Vertx.vertx();
  final AtomicLong nanos = new AtomicLong(1);
  final TestClock clock = new TestClock();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final KvService kv;
  final int port;
  private final RegistryVerticle verticle;
  private final String deployment;

  /** One node that is alone. */
  private static final class Alone implements ClusterService {
    private final Member self;

    Alone(TestClock clock) {
      NodeFacts facts = new NodeFacts("n1", List.of("core"), "test", clock.instant());
      self = new Member("m1", "127.0.0.1:1", facts);
    }

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
    public void watch(Consumer<MemberChange> listener) {
      // nobody comes or goes
    }
  }

  public RegistryRig() {
    this(RegistryOptions.DEFAULTS);
  }

  RegistryRig(RegistryOptions options) {
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    List<Interceptor> interceptors = List.of(new WaitInterceptor(vertx, lifecycle, meters, 100));
    ApiOptions api = ApiOptions.from(Fields.of(new JsonObject().put("port", 0)));
    ApiServer server = new ApiServer(vertx, "n1", api, lifecycle, meters, interceptors);
    BusDoor bus = new BusDoor(vertx, "n1", Interceptor.chain(interceptors));
    Kernel kernel = new Kernel(vertx, "n1", clock, meters, List.of(bus, server.door()));
    KvOptions stored = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle store =
        new KvVerticle(
            new Kernel(vertx, "n1", clock, meters, List.of()),
            stored,
            new InMemoryEngine(),
            nanos::get);
    String unused = await(vertx.deployVerticle(store));
    kv = store.service();
    verticle =
        new RegistryVerticle(kernel, new Alone(clock), options, kv, server.router(), nanos::get);
    deployment = await(vertx.deployVerticle(verticle));
    port = await(server.start());
  }

  /** The registry of this node. */
  public RegistryService service() {
    return verticle.service();
  }

  /** Another view of the same store, as a node has that has just started. */
  KvRegistryStore view() {
    KvRegistryStore store = new KvRegistryStore(vertx, kv, 100);
    store.start();
    return store;
  }

  StoredRegistryService serviceOn(RegistryStore store) {
    return new StoredRegistryService(
        store, RegistryOptions.DEFAULTS, clock, event -> {}, Future::succeededFuture);
  }

  void letTimePass(Duration time) {
    clock.advance(time);
    nanos.addAndGet(time.toNanos());
  }

  /** Lets the registry end while its callers go on. */
  public void stopRegistry() {
    await(vertx.undeploy(deployment));
  }

  /** Ends everything. */
  public void close() {
    await(vertx.close());
  }
}
