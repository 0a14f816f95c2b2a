package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;

/** JSON over HTTP/1.1 with a connection for each client. */
final class JsonHttp {
  private final HttpClient http;
  private final int port;

  JsonHttp(Vertx vertx, int port, int clients) {
    this.port = port;
    http =
        vertx.createHttpClient(
            new HttpClientOptions(),
            new PoolOptions().setHttp1MaxSize(clients).setMaxWaitQueueSize(-1));
  }

  /** The answer, which must be 200. */
  Future<JsonObject> ask(HttpMethod method, String path, JsonObject body) {
    return http.request(method, port, "127.0.0.1", path)
        .compose(
            request ->
                request
                    .putHeader("content-type", "application/json")
                    .send(body.toBuffer())
                    .compose(
                        response -> response.body().map(bytes -> read(path, response, bytes))));
  }

  private static JsonObject read(String path, HttpClientResponse response, Buffer bytes) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException(path + " " + response.statusCode() + " " + bytes);
    }
    return json(bytes);
  }

  private static JsonObject json(Buffer bytes) {
    return bytes.length() == 0 ? new JsonObject() : bytes.toJsonObject();
  }
}
