package io.vertebra.config.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Reads namespaces of a node, over HTTP or the event bus. */
interface NamespaceService {

  /**
   * A view of a namespace; may wait for another revision than one known, and may be empty if there
   * is none in time.
   */
  Future<JsonObject> read(JsonObject request);

  default Future<Void> close() {
    return Future.succeededFuture();
  }

  static NamespaceService of(Vertx vertx, JsonObject options) {
    String url = options.getString("url", "");
    return url.isEmpty()
        ? request -> overBus(vertx, request)
        : new Http(vertx.createHttpClient(), url, options.getString("token", ""));
  }

  private static Future<JsonObject> overBus(Vertx vertx, JsonObject request) {
    long timeout = DeliveryOptions.DEFAULT_TIMEOUT + request.getLong("waitMs", 0L);
    DeliveryOptions options =
        new DeliveryOptions().addHeader("action", "read").setSendTimeout(timeout);
    return vertx
        .eventBus()
        .<JsonObject>request("vertebra.config", request, options)
        .map(Message::body);
  }

  /**
   * Over HTTP.
   *
   * @param token empty for none
   */
  record Http(HttpClient client, String url, String token) implements NamespaceService {
    private static final long TIMEOUT_MS = 10_000;

    @Override
    public Future<JsonObject> read(JsonObject request) {
      JsonObject fields = request.copy();
      String namespace = escaped(fields.remove("namespace").toString());
      String query =
          fields.stream()
              .map(field -> field.getKey() + "=" + escaped(text(field.getValue())))
              .collect(Collectors.joining("&"));
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setAbsoluteURI(url + "/api/v1/config/" + namespace + "?" + query)
              .setIdleTimeout(TIMEOUT_MS + request.getLong("waitMs", 0L));
      if (!token.isEmpty()) {
        options.putHeader("Authorization", "Bearer " + token);
      }
      return client.request(options).compose(Http::send);
    }

    /**
     * Asks for the body in the step that gets the answer: a later one, on another thread, may miss
     * it.
     */
    private static Future<JsonObject> send(HttpClientRequest request) {
      return request
          .send()
          .compose(response -> response.body().map(body -> answer(response, body)));
    }

    /** What was answered; nothing if that is known. */
    private static JsonObject answer(HttpClientResponse response, Buffer body) {
      if (response.statusCode() == 304) {
        return new JsonObject();
      }
      if (response.statusCode() != 200) {
        throw new IllegalStateException("the node answers " + response.statusCode());
      }
      return body.toJsonObject();
    }

    private static String text(Object value) {
      return value instanceof JsonArray list
          ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
          : value.toString();
    }

    private static String escaped(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public Future<Void> close() {
      return client.close();
    }
  }
}
