package io.vertebra.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.WriteStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: paused until the endpoint takes it, then streamed. Over HTTP/2 a request
 * does not say beforehand whether a body follows; for methods that seldom have one we wait for the
 * first event before we forward, so that such a request can be sent again.
 */
final class RequestBody {
  private final HttpServerRequest request;
  private final boolean empty;
  private final long limit;
  private @Nullable Buffer first;
  private boolean ended;
  private boolean continued;
  private long received;

  private RequestBody(HttpServerRequest request, boolean empty, long limit) {
    this.request = request;
    this.empty = empty;
    this.limit = limit;
    this.ended = empty;
  }

  /**
   * Finds out whether there is a body, then hands it over.
   *
   * @param limit most bytes; beyond them the exchange is refused
   */
  static void of(HttpServerRequest request, long limit, Consumer<RequestBody> ready) {
    boolean announced =
        request.headers().contains("content-length")
            ? !"0".equals(request.getHeader("content-length"))
            : request.headers().contains("transfer-encoding");
    if (announced) {
      request.pause();
      ready.accept(new RequestBody(request, false, limit));
    } else if (request.version() != HttpVersion.HTTP_2 || request.isEnded()) {
      ready.accept(new RequestBody(request, true, limit));
    } else if (seldomHasBody(request.method())) {
      awaitFirstEvent(request, limit, ready);
    } else {
      request.pause();
      ready.accept(new RequestBody(request, false, limit));
    }
  }

  private static void awaitFirstEvent(
      HttpServerRequest request, long limit, Consumer<RequestBody> ready) {
    RequestBody body = new RequestBody(request, false, limit);
    request.handler(
        chunk -> {
          request.pause();
          body.first = chunk;
          ready.accept(body);
        });
    request.endHandler(
        end -> {
          if (body.first == null) {
            ready.accept(new RequestBody(request, true, limit));
          } else {
            body.ended = true;
          }
        });
  }

  private static boolean seldomHasBody(HttpMethod method) {
    return method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || method.equals(HttpMethod.OPTIONS);
  }

  boolean isEmpty() {
    return empty;
  }

  boolean isEnded() {
    return ended;
  }

  /** Streams the body, as fast as {@code sink} takes it. */
  void sendTo(WriteStream<Buffer> sink, Exchange exchange) {
    request.handler(chunk -> send(chunk, sink, exchange));
    request.endHandler(
        end -> {
          ended = true;
          sink.end();
        });
    Buffer early = first;
    if (early != null) {
      send(early, sink, exchange);
    }
    request.resume();
  }

  /** The endpoint wants the body: tells a client that waits for the word (RFC 9110 10.1.1). */
  void goAhead() {
    continued = true;
    request.response().writeContinue();
  }

  /** Whether the client waits for a word on its body that has not been given. */
  boolean awaitsGoAhead() {
    return !ended
        && !continued
        && request.version() != HttpVersion.HTTP_2
        && request.headers().contains("expect");
  }

  /** Stops passing anything on; what still comes is read and dropped, within the limit. */
  void discard() {
    if (!ended && !empty) {
      request.handler(chunk -> {});
      request.endHandler(end -> ended = true);
      request.resume();
    }
  }

  private void send(Buffer chunk, WriteStream<Buffer> sink, Exchange exchange) {
    received += chunk.length();
    if (received > limit) {
      exchange.tooLarge();
      return;
    }
    exchange.touch();
    sink.write(chunk);
    if (sink.writeQueueFull()) {
      request.pause();
      sink.drainHandler(drained -> request.resume());
    }
  }
}
