package io.vertebra;

import io.vertebra.api.Door;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * SEAM: answers {@code /health/*} and nothing else, until the api listener of {@code
 * io.vertebra.http} takes its place here and in {@link VertebraOptions}.
 */
final class StandInApi {
  private final HttpServer server;
  private final Options options;
  private final Lifecycle lifecycle;

  /** Where to listen. */
  record Options(String host, int port) {
    static Options from(Fields fields) {
      String host = fields.text("host", 1, 253).about("Address to listen on.").orElse("127.0.0.1");
      int port =
          fields
              .integer("port", 0, 65535)
              .about("Port to listen on; 0 for any free one.")
              .orElse(8500);
      return fields.build(() -> new Options(host, port));
    }
  }

  StandInApi(Vertx vertx, Options options, Lifecycle lifecycle) {
    this.options = options;
    this.lifecycle = lifecycle;
    server = vertx.createHttpServer().requestHandler(this::answer);
  }

  /** Offers nothing. */
  Door door() {
    return api -> Future.succeededFuture();
  }

  /** Completes with the port. */
  Future<Integer> start() {
    return server.listen(options.port(), options.host()).map(HttpServer::actualPort);
  }

  Future<Void> close() {
    return server.close();
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    boolean ready = lifecycle.stage() == Lifecycle.Stage.READY;
    int status =
        switch (request.path()) {
          case "/health/live", "/health/started" -> 200;
          case "/health/ready" -> ready ? 200 : 503;
          default -> 404;
        };
    response.setStatusCode(status).end("{\"status\":\"" + (status == 200 ? "UP" : "DOWN") + "\"}");
  }
}
