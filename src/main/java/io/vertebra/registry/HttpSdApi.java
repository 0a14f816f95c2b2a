package io.vertebra.registry;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of a service as targets of Prometheus. The answer is a list, which is why this is
 * no operation.
 *
 * <p>Source: Prometheus, "HTTP SD"; labels as its discovery by Consul has them.
 */
final class HttpSdApi {
  private static final Logger LOG = LoggerFactory.getLogger(HttpSdApi.class);
  private static final String PATHS = "/api/v1/services:http-sd|/prometheus/sd";

  private final RegistryService service;

  private HttpSdApi(RegistryService service) {
    this.service = service;
  }

  static void mount(Router router, RegistryService service) {
    router.getWithRegex(PATHS).handler(new HttpSdApi(service)::handle);
  }

  private void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    Future.succeededFuture(request)
        .map(HttpSdApi::query)
        .compose(query -> service.instances(query, Reading.NOW))
        .map(HttpSdApi::targets)
        .onSuccess(targets -> send(context.response(), 200, "application/json", targets.encode()))
        .onFailure(
            cause -> {
              Failure failure = Failure.of(cause);
              LOG.debug("registry.http-sd failed", cause);
              send(
                  context.response(),
                  failure.code().httpStatus(),
                  "application/problem+json",
                  failure.toProblem(request.path()).encode());
            });
  }

  private static InstanceQuery query(HttpServerRequest request) {
    String service = request.getParam("service", "");
    List<String> tags = request.params().getAll("tag");
    InstanceQuery query = InstanceQuery.of(service).tagged(tags);
    return "true".equals(request.getParam("passing")) ? query.passing() : query;
  }

  private static JsonArray targets(Indexed<List<InstanceHealth>> found) {
    JsonArray targets = new JsonArray();
    for (InstanceHealth each : found.value()) {
      if (!each.address().isEmpty() && each.instance().value().port() > 0) {
        targets.add(target(each));
      }
    }
    return targets;
  }

  private static JsonObject target(InstanceHealth health) {
    Instance instance = health.instance().value();
    String host =
        health.address().indexOf(':') < 0 ? health.address() : "[" + health.address() + "]";
    JsonObject labels =
        new JsonObject()
            .put("__meta_vertebra_service", instance.service())
            .put("__meta_vertebra_service_id", instance.id())
            .put("__meta_vertebra_node", instance.node())
            .put("__meta_vertebra_health", Fields.word(health.status()))
            .put("__meta_vertebra_tags", "," + String.join(",", instance.tags()) + ",");
    for (Map.Entry<String, String> meta : instance.meta().entrySet()) {
      labels.put(
          "__meta_vertebra_service_metadata_" + meta.getKey().replaceAll("[^A-Za-z0-9_]", "_"),
          meta.getValue());
    }
    return new JsonObject()
        .put("targets", new JsonArray().add(host + ":" + instance.port()))
        .put("labels", labels);
  }

  private static void send(HttpServerResponse response, int status, String type, String body) {
    Future<Void> unused = response.setStatusCode(status).putHeader("content-type", type).end(body);
  }
}
