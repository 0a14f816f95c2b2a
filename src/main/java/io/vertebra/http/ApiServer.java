package io.vertebra.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Door;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Lifecycle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The api listener: operations, probes, metrics and the documentation of it all. Everything is
 * mounted on one router that all instances share, one per event loop.
 */
public final class ApiServer {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final Duration HEALTH_DEADLINE = Duration.ofSeconds(2);
  private static final int FIRST = -2;
  private static final int MIN_TOKEN_LENGTH = 16;

  private final Vertx vertx;
  private final ApiOptions options;
  private final HttpListener listener;
  private final Router router;
  private final HttpDoor door;
  private final HealthRoutes health;
  private final MetricsRoute metrics;
  private final Access access;

  /**
   * Prepares the routes; nothing listens before {@link #start}.
   *
   * @param node the id of this node
   * @param interceptors what is done around every operation that comes over HTTP
   */
  public ApiServer(
      Vertx vertx,
      String node,
      ApiOptions options,
      Lifecycle lifecycle,
      PrometheusMeterRegistry meters,
      List<Interceptor> interceptors) {
    this.vertx = vertx;
    this.options = options;
    this.listener = new HttpListener(vertx, options.listener(), "api", meters, lifecycle);
    this.listener.limitBodies(options.bodyTimeout());
    this.router = Router.router(vertx);
    this.access = new Access(options.cors(), options.hosts());
    this.door =
        new HttpDoor(
            vertx,
            router,
            node,
            Interceptor.chain(interceptors),
            options.listener(),
            new HttpDoor.Listener(listener::release, access::isTrusted));
    this.health = new HealthRoutes(lifecycle, HEALTH_DEADLINE);
    this.metrics = new MetricsRoute(vertx, meters);
    router.route().order(FIRST).handler(access);
    health.mount(router);
    metrics.mount(router);
    new Documentation(door::apis).mount(router);
  }

  /** Where concerns offer their operations. */
  public Door door() {
    return door;
  }

  /** Where concerns add to the probes. */
  public HealthRoutes health() {
    return health;
  }

  /** Where the compatible APIs add their routes, behind the same checks. */
  public Router router() {
    return router;
  }

  /** From now on {@code gatekeeper} is asked about each request but probes, and not for a token. */
  public void guard(Gatekeeper gatekeeper) {
    access.ask(gatekeeper, new OpenRequests(vertx));
  }

  /** The port listened at; 0 before that. */
  public int port() {
    return listener.port();
  }

  /**
   * From now on a request takes no place among those under way, for it waits and is bounded
   * elsewhere. To be called once at most, on the request's context.
   */
  public void release(HttpServerRequest request) {
    listener.release(request);
  }

  /**
   * Has something done once when a request has ended, however it ends; at once if it has. To be
   * called once at most, on the request's context.
   */
  public void whenEnded(HttpServerRequest request, Runnable action) {
    listener.whenEnded(request, action);
  }

  /** Takes bodies of any length at a path, whose route bounds them. */
  public void admitUploads(String path) {
    listener.admitUploads(path);
  }

  /** Listens; yields the port. */
  public Future<Integer> start() {
    if (options.showsToken()) {
      LOG.warn(
          "api.unencrypted host={}: the token can be read on the way; set api.tls.certificates",
          options.listener().host());
    }
    return readToken()
        .onSuccess(access::require)
        .compose(token -> deploy())
        .onSuccess(
            port -> LOG.info("api.listening host={} port={}", options.listener().host(), port));
  }

  /** Stops listening and closes every connection. */
  public Future<Void> close() {
    metrics.close();
    access.close();
    return listener.close();
  }

  private Future<Integer> deploy() {
    int instances = Runtime.getRuntime().availableProcessors();
    return vertx
        .deployVerticle(
            () -> new ApiVerticle(listener, router),
            new DeploymentOptions().setInstances(instances))
        .map(id -> listener.port());
  }

  private Future<Optional<String>> readToken() {
    if (options.tokenFile().isEmpty()) {
      return Future.succeededFuture(options.token());
    }
    Path file = options.tokenFile().get();
    return vertx.executeBlocking(
        () -> {
          String token = Files.readString(file).strip();
          if (token.length() < MIN_TOKEN_LENGTH) {
            throw new IllegalArgumentException(
                "api.tokenFile must hold at least " + MIN_TOKEN_LENGTH + " characters: " + file);
          }
          return Optional.of(token);
        });
  }
}
