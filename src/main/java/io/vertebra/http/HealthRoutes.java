package io.vertebra.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The probes {@code /health/live}, {@code /health/ready} and {@code /health/started}. A check that
 * gives no answer in time is down, and is not asked again before it has answered.
 *
 * <p>Source: the protocol of MicroProfile Health 4.0.
 */
public final class HealthRoutes {
  private static final String LIVE = "/health/live";
  private static final String READY = "/health/ready";
  private static final String STARTED = "/health/started";

  private final Lifecycle lifecycle;
  private final Duration deadline;
  private final List<Check> checks = new CopyOnWriteArrayList<>();

  private record Check(HealthCheck.Probe probe, String name, InFlight<HealthCheck.Result> result) {}

  /**
   * Begins with one check, of the stage the node is in.
   *
   * @param deadline for each check
   */
  public HealthRoutes(Lifecycle lifecycle, Duration deadline) {
    this.lifecycle = lifecycle;
    this.deadline = deadline;
    add(HealthCheck.Probe.LIVE, "process", () -> stage(true));
    add(HealthCheck.Probe.READY, "stage", () -> stage(is(Lifecycle.Stage.READY)));
    add(HealthCheck.Probe.STARTED, "stage", () -> stage(!is(Lifecycle.Stage.STARTING)));
  }

  /** Makes the answer to {@code probe} depend on one more check. */
  public void add(HealthCheck.Probe probe, String name, HealthCheck check) {
    checks.add(new Check(probe, name, new InFlight<>(check::check)));
  }

  /** Whether {@code path} is one of a probe. */
  static boolean isProbe(String path) {
    return path.equals(LIVE) || path.equals(READY) || path.equals(STARTED);
  }

  void mount(Router router) {
    router
        .route(LIVE)
        .method(GET)
        .method(HEAD)
        .handler(context -> answer(context, HealthCheck.Probe.LIVE));
    router
        .route(READY)
        .method(GET)
        .method(HEAD)
        .handler(context -> answer(context, HealthCheck.Probe.READY));
    router
        .route(STARTED)
        .method(GET)
        .method(HEAD)
        .handler(context -> answer(context, HealthCheck.Probe.STARTED));
  }

  private boolean is(Lifecycle.Stage stage) {
    return lifecycle.stage() == stage;
  }

  private Future<HealthCheck.Result> stage(boolean up) {
    JsonObject data = new JsonObject().put("stage", lifecycle.stage().name());
    return Future.succeededFuture(new HealthCheck.Result(up, data));
  }

  private void answer(RoutingContext context, HealthCheck.Probe probe) {
    List<Check> asked = checks.stream().filter(check -> check.probe() == probe).toList();
    List<Future<HealthCheck.Result>> results = asked.stream().map(this::ask).toList();
    Future<Void> unused =
        Future.join(results)
            .compose(
                all -> {
                  boolean up = results.stream().allMatch(result -> result.result().up());
                  JsonArray found = new JsonArray();
                  for (int i = 0; i < asked.size(); i++) {
                    found.add(toJson(asked.get(i).name(), results.get(i).result()));
                  }
                  JsonObject body = new JsonObject().put("status", word(up)).put("checks", found);
                  return context
                      .response()
                      .setStatusCode(up ? 200 : 503)
                      .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/json")
                      .end(body.toBuffer());
                });
  }

  private Future<HealthCheck.Result> ask(Check check) {
    return check
        .result()
        .get()
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .otherwise(cause -> HealthCheck.Result.ofDown(String.valueOf(cause.getMessage())));
  }

  private static JsonObject toJson(String name, HealthCheck.Result result) {
    return new JsonObject()
        .put("name", name)
        .put("status", word(result.up()))
        .put("data", result.data());
  }

  private static String word(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
