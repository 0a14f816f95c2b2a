package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * What is left of a body that may have any length when its answer is sent, mostly because it is
 * refused. It is read on for a moment, since a client that still sends would lose the answer if the
 * connection were closed at once, and then the connection is closed.
 *
 * <p>Source: the lingering close of nginx.
 */
final class UploadRest {
  static final long MAX_BYTES = 4 << 20;
  static final long LINGER_MS = 5_000;

  private final HttpServerRequest request;
  private long bytes;

  private UploadRest(HttpServerRequest request) {
    this.request = request;
  }

  /** Lets an answer that comes before the end of the body say that the connection ends with it. */
  static void announce(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.headersEndHandler(
        head -> {
          if (request.version() != HttpVersion.HTTP_2 && !request.isEnded()) {
            response.putHeader(HttpHeaderNames.CONNECTION, "close");
          }
        });
  }

  /** Cuts it if the answer is sent; to be called when the response ends or its client goes away. */
  static void cut(Vertx vertx, HttpServerRequest request) {
    if (!request.response().ended() || request.isEnded()) {
      return;
    }
    if (request.version() == HttpVersion.HTTP_2) {
      // Without an error, as RFC 9113 section 8.1 has it: the answer is whole.
      Future<Void> unused = request.response().reset(0);
    } else {
      new UploadRest(request).discard(vertx);
    }
  }

  private void discard(Vertx vertx) {
    long timer = vertx.setTimer(LINGER_MS, late -> close());
    request.connection().closeHandler(closed -> vertx.cancelTimer(timer));
    request.exceptionHandler(gone -> {});
    request.handler(piece -> discard(piece.length())).endHandler(end -> close()).resume();
  }

  private void discard(int more) {
    bytes += more;
    if (bytes > MAX_BYTES) {
      close();
    }
  }

  private void close() {
    Future<Void> unused = request.connection().close();
  }
}
