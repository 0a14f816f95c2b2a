package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits on our own API over HTTP. */
final class LimiterApiVerticleTest {
  private final LimiterRig rig =
      new LimiterRig(
          "{'policies': {'api': {'limit': {'permits': 2, 'periodMs': 60000},"
              + " 'key': {'parts': ['client', 'header:x-user']}}, 'atOnce': {'limit':"
              + " {'algorithm': 'concurrency', 'permits': 1}}}, 'api': ['api']}");
  private final Vertx vertx = rig.node.vertx;
  private final Router router = Router.router(vertx);

  @AfterEach
  void close() {
    rig.close();
  }

  private HttpResponse<Buffer> post(int port, String path, String user) {
    return await(
        WebClient.create(vertx)
            .post(port, "127.0.0.1", path)
            .putHeader("x-user", user)
            .sendBuffer(Buffer.buffer("tea")));
  }

  @Test
  void holdsRequestsToThePoliciesAndLeavesTheirBodiesWhole() {
    router.route().handler(BodyHandler.create(false));
    router.route().handler(context -> context.end(context.body().buffer()));
    String unused =
        await(
            vertx.deployVerticle(
                new LimiterApiVerticle(
                    router,
                    LimiterApiVerticleTest::whenEnded,
                    List.of("api"),
                    rig.verticle.requests())));
    HttpServer server =
        await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    int port = server.actualPort();
    HttpResponse<Buffer> first = post(port, "/api/v1/a", "ann");
    assertThat(first.bodyAsString()).isEqualTo("tea");
    assertThat(first.getHeader("ratelimit")).isEqualTo("\"api\";r=1;t=30");
    assertThat(post(port, "/api/v1/a", "ann").statusCode()).isEqualTo(200);
    HttpResponse<Buffer> refused = post(port, "/api/v1/b", "ann");
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.getHeader("retry-after")).isEqualTo("30");
    assertThat(post(port, "/api/v1/a", "bob").statusCode()).isEqualTo(200);
    assertThat(post(port, "/ready", "ann").statusCode()).as("no API").isEqualTo(200);
    assertThat(unused).isNotEmpty();
  }

  private static void whenEnded(HttpServerRequest request, Runnable action) {
    request.response().endHandler(end -> action.run());
  }

  @Test
  void givesBackWhatARequestHeldWhenItHasEnded() {
    router.route().handler(context -> context.end("tea"));
    String unused =
        await(
            vertx.deployVerticle(
                new LimiterApiVerticle(
                    router,
                    LimiterApiVerticleTest::whenEnded,
                    List.of("atOnce"),
                    rig.verticle.requests())));
    HttpServer server =
        await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    for (int i = 0; i < 3; i++) {
      eventually(
          () ->
              assertThat(post(server.actualPort(), "/api/v1/a", "ann").statusCode())
                  .isEqualTo(200));
    }
    assertThat(unused).isNotEmpty();
  }
}
