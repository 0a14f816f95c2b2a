package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: paused until the endpoint takes it, then streamed. Over HTTP/2 a request
 * does not say beforehand whether a body follows; for methods that seldom have one we wait for the
 * first event before we forward, so that such a request can be sent again.
 */
final class RequestBody {
  /** Most bytes to read and drop of a body that nobody wants, so that the connection lives on. */
  private static final long MAX_DISCARDED = 1 << 20;

  private final HttpServerRequest request;
  private final long limit;
  private boolean known = true;
  private boolean empty;
  private boolean ended;
  private boolean sending;
  private boolean sinkFull;
  private boolean continued;
  private boolean gathering;
  private @Nullable Buffer first;
  private long received;

  /**
   * Looks at the head of a request.
   *
   * @param limit most bytes; beyond them the exchange is refused
   */
  RequestBody(HttpServerRequest request, long limit) {
    this.request = request;
    this.limit = limit;
    if (isAnnounced()) {
      request.pause();
    } else if (request.version() != HttpVersion.HTTP_2 || request.isEnded()) {
      empty = true;
      ended = true;
    } else if (seldomHasBody(request.method())) {
      known = false;
    } else {
      request.pause();
    }
  }

  /** Runs {@code go} as soon as {@link #isEmpty} has an answer, mostly at once. */
  void whenKnown(Runnable go) {
    if (known) {
      go.run();
      return;
    }
    request.handler(
        chunk -> {
          request.pause();
          first = chunk;
          known = true;
          go.run();
        });
    request.endHandler(
        end -> {
          ended = true;
          if (!known) {
            empty = true;
            known = true;
            go.run();
          }
        });
  }

  boolean isEmpty() {
    return empty;
  }

  boolean isEnded() {
    return ended;
  }

  /** Whether it is the client that we wait for. */
  boolean awaitsClient() {
    return !known || gathering || (sending && !ended && !sinkFull && !awaitsGoAhead());
  }

  /**
   * Reads the whole body, to be sent later.
   *
   * @return {@code TOO_LARGE} if it is longer than {@code most} bytes
   */
  Future<Buffer> gather(int most, Exchange exchange) {
    Buffer early = first == null ? Buffer.buffer() : first;
    if (announced() > most || early.length() > most) {
      return Future.failedFuture(tooLong(most));
    }
    if (ended) {
      return Future.succeededFuture(early);
    }
    gathering = true;
    if (awaitsGoAhead()) {
      goAhead();
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer all = Buffer.buffer().appendBuffer(early);
    request.handler(
        chunk -> {
          exchange.touch();
          if (all.length() + chunk.length() > most) {
            gathering = false;
            boolean unused = whole.tryFail(tooLong(most));
          } else {
            all.appendBuffer(chunk);
          }
        });
    request.endHandler(
        end -> {
          ended = true;
          gathering = false;
          first = all;
          boolean unused = whole.tryComplete(all);
        });
    request.resume();
    return whole.future();
  }

  private static Failure tooLong(int most) {
    return new Failure(FailureCode.TOO_LARGE, "the body is longer than " + most + " bytes");
  }

  /** Bytes that the head says there will be; 0 if it does not. */
  private long announced() {
    String length = request.getHeader("content-length");
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }

  /** Streams the body, as fast as {@code sink} takes it. */
  void sendTo(WriteStream<Buffer> sink, Exchange exchange) {
    sending = true;
    Buffer early = first;
    first = null;
    if (early != null) {
      send(early, sink, exchange);
    }
    if (ended) {
      sink.end();
      return;
    }
    request.handler(chunk -> send(chunk, sink, exchange));
    request.endHandler(
        end -> {
          ended = true;
          sink.end();
        });
    if (!sinkFull) {
      request.resume();
    }
  }

  /** The endpoint wants the body: tells a client that waits for the word (RFC 9110 10.1.1). */
  void goAhead() {
    if (!continued && !request.response().headWritten() && !request.response().ended()) {
      continued = true;
      request.response().writeContinue();
    }
  }

  /** Whether the client waits for a word on its body that has not been given. */
  boolean awaitsGoAhead() {
    return !ended
        && !continued
        && request.version() != HttpVersion.HTTP_1_0
        && request.headers().contains("expect");
  }

  /**
   * Nobody wants the rest: reads and drops a bounded part of it, then gives up the stream (RFC 9113
   * section 8.1) or the connection.
   */
  void discard() {
    sending = false;
    if (ended || !known) {
      return;
    }
    long until = received + MAX_DISCARDED;
    request.handler(
        chunk -> {
          received += chunk.length();
          if (received > until) {
            giveUp();
          }
        });
    request.endHandler(end -> ended = true);
    request.resume();
  }

  private void giveUp() {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(0);
    } else {
      request.connection().close();
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
      sinkFull = true;
      request.pause();
      sink.drainHandler(
          drained -> {
            sinkFull = false;
            request.resume();
          });
    }
  }

  private boolean isAnnounced() {
    String length = request.getHeader("content-length");
    return length == null ? request.headers().contains("transfer-encoding") : !"0".equals(length);
  }

  private static boolean seldomHasBody(HttpMethod method) {
    return method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || method.equals(HttpMethod.OPTIONS);
  }
}
