package io.vertebra.etcd;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests by a method. The body is JSON whatever its content type says, for {@code curl}
 * calls it a form.
 */
final class MethodRoute implements Handler<RoutingContext> {
  static final String JSON = "application/json";
  private static final Logger LOG = LoggerFactory.getLogger(MethodRoute.class);

  private final Method method;
  private final int bodyBytes;

  MethodRoute(Method method, int bodyBytes) {
    this.method = method;
    this.bodyBytes = bodyBytes;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerResponse response = context.response();
    body(context.request())
        .map(body -> Message.parse(body.getBytes()))
        .compose(method::call)
        .onSuccess(answer -> send(response, 200, answer))
        .onFailure(cause -> fail(response, cause));
  }

  static void send(HttpServerResponse response, EtcdException failure) {
    send(response, failure.httpStatus(), failure.toJson());
  }

  static void send(HttpServerResponse response, int status, JsonObject json) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader(HttpHeaderNames.CONTENT_TYPE, JSON);
    response.end(json.toBuffer()).onFailure(gone -> LOG.debug("etcd.answer lost", gone));
  }

  private static void fail(HttpServerResponse response, Throwable cause) {
    EtcdException failure = EtcdException.of(cause);
    if (failure.isFault()) {
      LOG.error("etcd.method failed", cause);
    }
    send(response, failure);
  }

  private Future<Buffer> body(HttpServerRequest request) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > bodyBytes) {
            whole.tryFail(EtcdException.tooLarge());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(broken -> whole.tryFail(EtcdException.invalid("unexpected EOF")));
    request.endHandler(end -> whole.tryComplete(body));
    return whole.future();
  }
}
