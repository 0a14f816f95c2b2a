package io.vertebra;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Door;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.auth.AuthInterceptor;
import io.vertebra.auth.AuthVerticle;
import io.vertebra.auth.IssuerService;
import io.vertebra.cluster.Cluster;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.ClusterVerticle;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.gateway.GatewayVerticle;
import io.vertebra.http.AdmissionInterceptor;
import io.vertebra.http.ApiServer;
import io.vertebra.http.CompatibleDoor;
import io.vertebra.http.ListenerOptions;
import io.vertebra.http.MeterInterceptor;
import io.vertebra.http.WaitInterceptor;
import io.vertebra.idempotency.IdempotencyInterceptor;
import io.vertebra.kv.BackupVerticle;
import io.vertebra.limiter.LimiterApiVerticle;
import io.vertebra.limiter.LimiterVerticle;
import io.vertebra.registry.RegistryService;
import io.vertebra.registry.RegistryVerticle;
import io.vertebra.route.RouteVerticle;
import io.vertebra.sqs.SqsVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node: opens everything in order and closes it in reverse. The one file that knows it all. */
public final class Vertebra {
  private static final Logger LOG = LoggerFactory.getLogger(Vertebra.class);

  private final VertebraOptions options;
  private final Clock clock;
  private final Cluster cluster;
  private final LimiterVerticle.Owner limits;
  private final Vertx vertx;
  private final Lifecycle lifecycle = new Lifecycle();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** What closes each part that is open, the last one opened first. */
  private final Deque<Supplier<Future<?>>> closers = new ArrayDeque<>();

  private final Map<String, String> listening = new LinkedHashMap<>();
  private final Promise<String> firstKey = Promise.promise();

  private Vertebra(
      VertebraOptions options, Clock clock, Cluster cluster, LimiterVerticle.Owner limits) {
    this.options = options;
    this.clock = clock;
    this.cluster = cluster;
    this.limits = limits;
    this.vertx = cluster.vertx();
    opened("cluster", cluster.service().self().address(), vertx::close);
  }

  /**
   * Starts a node; completes when it takes work. If a part cannot open, those before it are closed;
   * {@link StartFailure#sentence} puts the failure in words.
   */
  public static Future<Vertebra> start(VertebraOptions options, Clock clock) {
    Promise<Vertebra> started = Promise.promise();
    LimiterVerticle.Owner limits = new LimiterVerticle.Owner(clock, options.limiter());
    openCluster(options, clock, limits)
        .map(cluster -> new Vertebra(options, clock, cluster, limits))
        .onSuccess(node -> node.openOrAbandon().onComplete(started))
        .onFailure(started::fail);
    return started.future();
  }

  /** The version of this build; {@code dev} when run from class files. */
  public static String version() {
    String version = Vertebra.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  /** This node's id among the members. */
  public String id() {
    return cluster.nodeId();
  }

  /** The first administrator's API key, if this node makes it; to be shown to a person, once. */
  public Future<String> firstKey() {
    return firstKey.future();
  }

  /** Where the node listens, by what for, in the order of opening. */
  public Map<String, String> listening() {
    return Collections.unmodifiableMap(listening);
  }

  /**
   * Stops the node: says that it is not ready, refuses new work, waits for work under way, closes.
   * Completes in any case, some seconds after the times of {@link ShutdownOptions} at the latest.
   */
  public Future<Void> close() {
    lifecycle.leave();
    LOG.info("node.stopping inFlight={}", lifecycle.inFlight());
    Promise<Void> closed = Promise.promise();
    pause(options.shutdown().delay())
        .compose(unused -> Future.any(lifecycle.drain(), pause(options.shutdown().timeout())))
        .onSuccess(unused -> logDrained())
        .onComplete(unused -> closeAll(closed));
    return closed.future();
  }

  private static Future<Cluster> openCluster(
      VertebraOptions options, Clock clock, LimiterVerticle.Owner limits) {
    int cores = Runtime.getRuntime().availableProcessors();
    VertxOptions settings =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(options.node().eventLoops(cores));
    NodeOptions node = options.node();
    NodeFacts facts = new NodeFacts(node.name(), node.roles(), version(), clock.instant());
    ClusterOptions where = options.cluster();
    return Cluster.open(where, facts, settings, Map.of(LimiterVerticle.MAP, limits.rule()))
        .recover(cause -> StartFailure.listening("cluster", where.host(), where.port(), cause));
  }

  private Future<Void> open() {
    IdempotencyInterceptor once = new IdempotencyInterceptor();
    AuthInterceptor who = new AuthInterceptor(options.auth().enabled());
    List<Interceptor> interceptors =
        List.of(
            new MeterInterceptor(meters, System::nanoTime),
            new WaitInterceptor(vertx, lifecycle, meters, options.api().maxWaiting()),
            new AdmissionInterceptor(lifecycle, options.api().maxBusInFlight()),
            who,
            once);
    ApiServer api = new ApiServer(vertx, id(), options.api(), lifecycle, meters, interceptors);
    Function<Call, Future<JsonObject>> chain = Interceptor.chain(interceptors);
    CompatibleDoor compatible = new CompatibleDoor(chain, api::release);
    List<Door> doors = List.of(new BusDoor(vertx, id(), chain), api.door(), compatible);
    Kernel kernel = new Kernel(vertx, id(), clock, meters, doors);
    Store store = new Store(kernel, cluster.service(), options);
    store.joinHealth(api.health());
    AuthVerticle auth = auth(kernel, store, api, who);
    RouteVerticle routes = RouteVerticle.stored(kernel, options.route(), store.service());
    RegistryVerticle registry =
        new RegistryVerticle(
            kernel,
            cluster.service(),
            options.registry(),
            store.service(),
            api.router(),
            System::nanoTime);
    Coordination coordination = new Coordination(kernel, options, store.service(), store.queues());
    LimiterVerticle limiter =
        new LimiterVerticle(
            kernel,
            options.limiter(),
            limits,
            cluster.owned(LimiterVerticle.MAP),
            cluster.service(),
            store.service(),
            coordination.redis());
    once.use(coordination.idempotency());
    return auth.prepare()
        .compose(unused -> deploy(new ClusterVerticle(kernel, cluster.service())))
        .compose(unused -> store.open(this::deploy))
        .onSuccess(unused -> store.address().ifPresent(at -> listening.put("raft", at)))
        .compose(unused -> deploy(auth))
        .compose(unused -> deploy(routes))
        .compose(unused -> deploy(limiter))
        .compose(unused -> deploy(apiLimits(limiter, api)))
        .compose(unused -> deploy(registry))
        .compose(unused -> openConsul(store, api, registry))
        .compose(unused -> deploy(store.etcd(api, lifecycle)))
        .compose(unused -> coordination.open(this::deploy))
        .compose(unused -> openSqs(kernel, api, compatible))
        .compose(unused -> openBackups(store, api))
        .compose(unused -> openGateway(kernel, routes, registry.service(), limiter, auth.issuer()))
        .compose(unused -> listen(api))
        .onSuccess(unused -> lifecycle.ready());
  }

  private AuthVerticle auth(Kernel kernel, Store store, ApiServer api, AuthInterceptor who) {
    if (options.auth().enabled()) {
      api.guard(who);
    }
    AuthVerticle.Place place =
        new AuthVerticle.Place(
            options.node().runs("core"),
            options.cluster().members().isEmpty(),
            options.raft().folder().resolve("auth.keys"));
    AuthVerticle auth =
        AuthVerticle.stored(kernel, options.auth(), who, store.service(), api.router(), place);
    auth.firstKey().onSuccess(firstKey::tryComplete);
    return auth;
  }

  private Future<Void> deploy(VerticleBase verticle) {
    return vertx
        .deployVerticle(verticle)
        .onSuccess(id -> closers.push(() -> vertx.undeploy(id)))
        .mapEmpty();
  }

  private LimiterApiVerticle apiLimits(LimiterVerticle limiter, ApiServer api) {
    return new LimiterApiVerticle(
        api.router(), api::whenEnded, options.limiter().api(), limiter.requests());
  }

  private Future<Void> openConsul(Store store, ApiServer api, RegistryVerticle registry) {
    return store
        .consul(api, lifecycle, registry, cluster.service())
        .map(this::deploy)
        .orElseGet(Future::succeededFuture);
  }

  private Future<Void> openSqs(Kernel kernel, ApiServer api, CompatibleDoor door) {
    long bodyBytes = options.api().listener().bodyBytes();
    SqsVerticle.Listener listener = new SqsVerticle.Listener(api.router(), door, bodyBytes);
    return options.node().runs("core")
        ? deploy(new SqsVerticle(kernel, listener, options.sqs(), System::nanoTime))
        : Future.succeededFuture();
  }

  private Future<Void> openBackups(Store store, ApiServer api) {
    List<VerticleBase> backups = store.backups(api.router());
    if (!backups.isEmpty()) {
      BackupVerticle.UPLOADS.forEach(api::admitUploads);
    }
    Future<Void> opened = Future.succeededFuture();
    for (VerticleBase each : backups) {
      opened = opened.compose(unused -> deploy(each));
    }
    return opened;
  }

  private Future<Void> openGateway(
      Kernel kernel,
      RouteVerticle routes,
      RegistryService registry,
      LimiterVerticle limiter,
      IssuerService issuer) {
    if (!options.node().runs("gateway")) {
      return Future.succeededFuture();
    }
    int eventLoops = options.node().eventLoops(Runtime.getRuntime().availableProcessors());
    GatewayVerticle.Shared gateway =
        new GatewayVerticle.Shared(
            kernel,
            options.gateway(),
            lifecycle,
            System::nanoTime,
            eventLoops,
            limiter.requests(),
            issuer);
    ServiceFollower services = new ServiceFollower(vertx, registry, gateway.updates());
    routes.snapshots().watch(services::update);
    closers.push(
        () -> {
          services.close();
          return Future.succeededFuture();
        });
    ListenerOptions where = options.gateway().listener();
    return vertx
        .deployVerticle(
            () -> new GatewayVerticle(gateway), new DeploymentOptions().setInstances(eventLoops))
        .recover(cause -> StartFailure.listening("gateway", where.host(), where.port(), cause))
        .onSuccess(id -> opened("gateway", address(where, gateway.port()), gateway::close))
        .compose(id -> gateway.offer(kernel));
  }

  /** How this machine reaches a listener whose port is given. */
  static String address(ListenerOptions where) {
    return address(where, where.port())
        .replace("//0.0.0.0:", "//127.0.0.1:")
        .replace("//[::]:", "//[::1]:");
  }

  /**
   * How other machines reach a listener.
   *
   * @param ownHost an address of this machine, for a listener that takes any
   */
  static String address(ListenerOptions where, int port, String ownHost) {
    boolean any = where.host().equals("0.0.0.0") || where.host().equals("::");
    return address(where.tls().isPresent(), any ? ownHost : where.host(), port);
  }

  private static String address(ListenerOptions where, int port) {
    return address(where.tls().isPresent(), where.host(), port);
  }

  private static String address(boolean secure, String listened, int port) {
    String host = listened.indexOf(':') < 0 ? listened : "[" + listened + "]";
    return (secure ? "https://" : "http://") + host + ":" + port;
  }

  private Future<Void> listen(ApiServer api) {
    ListenerOptions where = options.api().listener();
    return api.start()
        .recover(cause -> StartFailure.listening("api", where.host(), where.port(), cause))
        .onSuccess(port -> opened("api", address(where, port), api::close))
        .mapEmpty();
  }

  private void opened(String name, String address, Supplier<Future<?>> closer) {
    closers.push(closer);
    listening.put(name, address);
  }

  private Future<Vertebra> openOrAbandon() {
    Promise<Vertebra> opened = Promise.promise();
    Promise<Void> closed = Promise.promise();
    Future.succeededFuture()
        .compose(unused -> open())
        .onSuccess(unused -> opened.complete(this))
        .onFailure(cause -> closed.future().onComplete(unused -> opened.fail(cause)))
        .onFailure(cause -> closeAll(closed));
    return opened.future();
  }

  /**
   * Closes the parts one by one; one that fails to close does not keep the next one open. The
   * promise must have no context, for the contexts end with the Vert.x.
   */
  private void closeAll(Promise<Void> closed) {
    Supplier<Future<?>> closer = closers.poll();
    if (closer == null) {
      closed.complete();
      return;
    }
    closer
        .get()
        .onFailure(cause -> LOG.warn("node.close failed", cause))
        .onComplete(unused -> closeAll(closed));
  }

  private Future<Void> pause(Duration time) {
    Duration atLeast = time.isZero() ? Duration.ofMillis(1) : time;
    return vertx.timer(atLeast.toMillis()).mapEmpty();
  }

  private void logDrained() {
    int left = lifecycle.inFlight();
    if (left > 0) {
      LOG.warn("node.drained inFlight={}: work under way was cut off", left);
    } else {
      LOG.info("node.drained inFlight=0");
    }
  }
}
