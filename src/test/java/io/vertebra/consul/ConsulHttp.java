package io.vertebra.consul;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/** A client that knows nothing of Consul. */
final class ConsulHttp {
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  ConsulHttp(int port) {
    this.port = port;
  }

  /** An answer. */
  record Answer(int status, String body, long index, HttpResponse<String> response) {
    static Answer of(HttpResponse<String> response) {
      long index = response.headers().firstValueAsLong("X-Consul-Index").orElse(0);
      return new Answer(response.statusCode(), response.body(), index, response);
    }

    JsonArray list() {
      return new JsonArray(body);
    }

    JsonObject object() {
      return new JsonObject(body);
    }

    JsonObject first() {
      return list().getJsonObject(0);
    }
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  CompletableFuture<Answer> later(String path) {
    return client
        .sendAsync(request(path).GET().build(), BodyHandlers.ofString())
        .thenApply(Answer::of);
  }

  Answer put(String path, String body, String... headers) {
    HttpRequest.Builder request = request(path).PUT(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  Answer put(String path) {
    return send(request(path).PUT(BodyPublishers.noBody()));
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** Creates a session; yields its id. */
  String session(JsonObject definition) {
    return put("/v1/session/create", definition.encode()).object().getString("ID");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .version(HttpClient.Version.HTTP_1_1);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      return Answer.of(client.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
