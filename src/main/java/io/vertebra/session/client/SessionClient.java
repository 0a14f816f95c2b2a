package io.vertebra.session.client;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.session.SessionId;
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
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** Calls the operations on sessions of a node, over HTTP or the event bus. */
interface SessionClient {

  /** Fails with {@code NOT_FOUND} where there is no such session. */
  Future<JsonObject> ask(Action action, JsonObject request);

  default void close() {}

  /** What is asked for. */
  enum Action {
    CREATE("create", "POST", "/api/v1/sessions"),
    GET("get", "GET", "/api/v1/session"),
    MERGE("merge", "PATCH", "/api/v1/session"),
    ROTATE("rotate", "POST", "/api/v1/session:rotate"),
    INVALIDATE("invalidate", "DELETE", "/api/v1/session");

    private final String word;
    private final String method;
    private final String path;

    Action(String word, String method, String path) {
      this.word = word;
      this.method = method;
      this.path = path;
    }
  }

  static SessionClient of(Vertx vertx, JsonObject options) {
    String url = options.getString("url", "");
    return url.isEmpty()
        ? (action, request) -> overBus(vertx, action, request)
        : new Http(vertx.createHttpClient(), url, options.getString("token", ""));
  }

  private static Future<JsonObject> overBus(Vertx vertx, Action action, JsonObject request) {
    DeliveryOptions options = new DeliveryOptions().addHeader("action", action.word);
    return vertx
        .eventBus()
        .<JsonObject>request("vertebra.session", request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }

  /**
   * Over HTTP.
   *
   * @param token empty for none
   */
  record Http(HttpClient client, String url, String token) implements SessionClient {
    private static final long TIMEOUT_MS = 10_000;

    @Override
    public Future<JsonObject> ask(Action action, JsonObject request) {
      JsonObject body = request.copy();
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.valueOf(action.method))
              .setAbsoluteURI(url + action.path)
              .setIdleTimeout(TIMEOUT_MS)
              .putHeader(SessionId.HEADER, body.remove("sessionId").toString());
      if (!token.isEmpty()) {
        options.putHeader("Authorization", "Bearer " + token);
      }
      if (!body.isEmpty()) {
        options.putHeader("Content-Type", "application/json");
      }
      return client.request(options).compose(asked -> send(asked, body));
    }

    private static Future<JsonObject> send(HttpClientRequest request, JsonObject body) {
      Future<HttpClientResponse> sent =
          body.isEmpty() ? request.send() : request.send(body.toBuffer());
      return sent.compose(response -> response.body().map(bytes -> answer(response, bytes)));
    }

    private static JsonObject answer(HttpClientResponse response, Buffer body) {
      if (response.statusCode() == 200) {
        return body.toJsonObject();
      }
      FailureCode code =
          response.statusCode() == 404 ? FailureCode.NOT_FOUND : FailureCode.UNAVAILABLE;
      throw new Failure(code, "the node answers " + response.statusCode() + ": " + detail(body));
    }

    private static String detail(Buffer body) {
      try {
        return body.toJsonObject().getString("detail", "");
      } catch (DecodeException notJson) {
        return "";
      }
    }

    @Override
    public void close() {
      Future<Void> unused = client.close();
    }
  }
}
