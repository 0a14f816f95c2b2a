package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;

final class RaftHttpApiTest extends RaftApiContract {
  private ApiServer server;
  private WebClient client;
  private int port;

  @Override
  void open(Vertx vertx, Api api) {
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("port", 0)));
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    server =
        new ApiServer(
            vertx,
            NODE,
            options,
            lifecycle,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List.of());
    await(server.door().open(api));
    port = await(server.start());
    client = WebClient.create(vertx);
  }

  @AfterEach
  void stop() {
    await(server.close());
  }

  @Override
  Future<JsonObject> call(Operation<?> operation, JsonObject request) {
    JsonObject body = request.copy();
    String path = operation.path();
    if (path.contains(":id")) {
      path = path.replace(":id", String.valueOf(body.remove("id")));
    }
    HttpRequest<Buffer> asked = client.request(operation.method(), port, "127.0.0.1", path);
    return (body.isEmpty() ? asked.send() : asked.sendJsonObject(body))
        .compose(RaftHttpApiTest::answer);
  }

  private static Future<JsonObject> answer(HttpResponse<Buffer> response) {
    JsonObject body = response.bodyAsJsonObject();
    if (response.statusCode() == 200) {
      return Future.succeededFuture(body);
    }
    String code = body.getString("code").toUpperCase(Locale.ROOT);
    return Failure.future(FailureCode.valueOf(code), body.getString("detail"));
  }
}
