package io.vertebra.gateway;

import io.vertebra.route.RouteRewrite;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes the endpoint's answer on to the client. The head waits for the first bytes of the body
 * that arrive with it, so that a short answer is one write; if none arrived, it goes out alone at
 * the end of the same turn of the event loop.
 */
final class Answer {
  private final Exchange exchange;
  private final Attempt attempt;
  private final HttpClientResponse answer;
  private final HttpServerResponse response;
  private final long length;

  private Answer(Exchange exchange, Attempt attempt, HttpClientResponse answer) {
    this.exchange = exchange;
    this.attempt = attempt;
    this.answer = answer;
    this.response = exchange.request().response();
    this.length = hasBody() && !mayHaveTrailers() ? contentLength(answer) : -1;
  }

  /**
   * Begins to pass the answer on.
   *
   * @param via the value to add to {@code Via}
   * @param sticky the cookie that binds the client to this endpoint, if it is to be set
   */
  static void send(
      Exchange exchange,
      Attempt attempt,
      HttpClientResponse answer,
      String via,
      @Nullable String sticky,
      Context context) {
    Answer sent = new Answer(exchange, attempt, answer);
    sent.writeHead(via, sticky);
    answer.handler(sent::write);
    answer.endHandler(end -> sent.end());
    context.runOnContext(turnEnded -> sent.flushHead());
  }

  private void writeHead(String via, @Nullable String sticky) {
    copyHead(exchange, answer, via, sticky);
    HttpServerRequest request = exchange.request();
    boolean http1 = request.version() != HttpVersion.HTTP_2;
    if (http1 && hasBody() && length < 0) {
      response.headers().remove("content-length");
      response.setChunked(true);
    }
    if (http1 && exchange.body().awaitsGoAhead()) {
      response.putHeader("connection", "close");
    }
  }

  /** Copies status and header fields, without those of the endpoint's connection. */
  static void copyHead(
      Exchange exchange, HttpClientResponse answer, String via, @Nullable String sticky) {
    HttpServerResponse response = exchange.request().response();
    response.setStatusCode(answer.statusCode());
    MultiMap headers = response.headers();
    Set<String> named = HopByHop.namedBy(answer.headers());
    answer
        .headers()
        .forEach(
            (name, value) -> {
              if (!HopByHop.contains(name)
                  && !name.startsWith(":")
                  && !BrowserGate.replaces(exchange.target(), name)
                  && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)))) {
                headers.add(name, value);
              }
            });
    headers.add("via", via);
    if (sticky != null) {
      headers.add("set-cookie", sticky);
    }
    BrowserGate.complete(exchange.target(), exchange.request());
    RouteRewrite rewrite = exchange.target().route().rewrite();
    rewrite.setResponseHeaders().forEach(headers::set);
    rewrite.removeResponseHeaders().forEach(headers::remove);
  }

  private void write(Buffer chunk) {
    exchange.touch();
    exchange.sent(chunk.length());
    Recording recording = exchange.recording();
    if (recording == null && !response.headWritten() && chunk.length() == length) {
      response.end(chunk);
      return;
    }
    Buffer passed = recording == null ? chunk : recording.add(chunk);
    if (passed.length() == 0) {
      return;
    }
    response.write(passed);
    if (response.writeQueueFull()) {
      answer.pause();
      exchange.readerStalls(true);
      response.drainHandler(
          drained -> {
            exchange.readerStalls(false);
            answer.resume();
          });
    }
  }

  private void end() {
    boolean close = mustClose();
    attempt.complete();
    Recording recording = exchange.recording();
    if (recording == null) {
      finish(close);
    } else {
      recording
          .complete(response.getStatusCode(), response.headers())
          .onComplete(kept -> finish(close, recording.rest()));
    }
  }

  private void finish(boolean close, Buffer held) {
    if (held.length() > 0 && !response.ended() && !response.closed()) {
      response.write(held);
    }
    finish(close);
  }

  private void finish(boolean close) {
    if (!response.ended() && !response.closed()) {
      answer.trailers().forEach(this::passTrailer);
      response.end();
    }
    exchange.complete();
    if (close) {
      exchange.request().connection().close();
    }
  }

  private void flushHead() {
    boolean endless = exchange.request().version() == HttpVersion.HTTP_1_0 && length < 0;
    if (!endless && !response.headWritten() && !response.ended() && !response.closed()) {
      response.writeHead();
    }
  }

  /**
   * Whether the connection cannot be used again: the client holds back a body that nobody asked for
   * (RFC 9110 section 10.1.1), or only the end of the connection tells it the end of the answer.
   */
  private boolean mustClose() {
    HttpVersion version = exchange.request().version();
    boolean unmet = version != HttpVersion.HTTP_2 && exchange.body().awaitsGoAhead();
    return unmet || (version == HttpVersion.HTTP_1_0 && hasBody() && length < 0);
  }

  private void passTrailer(String name, String value) {
    boolean framing = name.equalsIgnoreCase("content-length") || name.equalsIgnoreCase("host");
    if (!framing && !HopByHop.contains(name)) {
      response.trailers().add(name, value);
    }
  }

  /** Passes a 103 on (RFC 8297), unless the answer itself has begun. */
  static void hint(Exchange exchange, MultiMap hints) {
    HttpServerResponse response = exchange.request().response();
    if (response.headWritten() || response.ended()) {
      return;
    }
    MultiMap passed = HttpHeaders.headers();
    hints.forEach(
        (name, value) -> {
          if (!HopByHop.contains(name) && !name.startsWith(":")) {
            passed.add(name.toLowerCase(Locale.ROOT), value);
          }
        });
    response.writeEarlyHints(passed);
  }

  private boolean hasBody() {
    int status = answer.statusCode();
    return !exchange.request().method().equals(HttpMethod.HEAD) && status != 204 && status != 304;
  }

  /** Over HTTP/2 trailers may follow a body of known length; over HTTP/1.1 they may not. */
  private boolean mayHaveTrailers() {
    return answer.version() == HttpVersion.HTTP_2
        && (exchange.request().version() == HttpVersion.HTTP_2
            || answer.headers().contains("trailer"));
  }

  private static long contentLength(HttpClientResponse answer) {
    String value = answer.getHeader("content-length");
    if (value == null) {
      return -1;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }
}
