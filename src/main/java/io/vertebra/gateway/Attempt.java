package io.vertebra.gateway;

import io.netty.channel.ConnectTimeoutException;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.balancer.LiveEndpoint.Outcome;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One try of an {@link Exchange} at one endpoint. */
final class Attempt {
  /** The error code by which a stream is called off (RFC 9113 section 7). */
  private static final long CANCEL = 8;

  private static final RequestOptions NO_OPTIONS = new RequestOptions();

  private final Exchange exchange;
  private final LiveEndpoint endpoint;
  private final EndpointPool pool;
  private final Forwarder forwarder;
  private final long startedAt;
  private @Nullable Future<PooledConnection> acquired;
  private @Nullable PooledConnection connection;
  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private long latency;
  private boolean headSent;
  private boolean tunnel;
  private boolean oldConnection;
  private boolean ended;

  Attempt(Exchange exchange, LiveEndpoint endpoint, Forwarder forwarder) {
    this.exchange = exchange;
    this.endpoint = endpoint;
    this.forwarder = forwarder;
    this.pool = forwarder.pool(exchange.upstream(), endpoint);
    this.startedAt = forwarder.now();
  }

  LiveEndpoint endpoint() {
    return endpoint;
  }

  boolean sentNothing() {
    return !headSent;
  }

  /** Whether the connection may have been closed by the endpoint for no fault of this request. */
  boolean usedAnOldConnection() {
    return oldConnection;
  }

  boolean isWaitingForConnection() {
    return connection == null;
  }

  void start() {
    endpoint.begin();
    Future<PooledConnection> future = pool.acquire();
    acquired = future;
    future.onComplete(this::connected, this::unconnected);
  }

  /** Ends this attempt from our side; its connection is closed unless it was not used yet. */
  void abort(Outcome outcome) {
    if (ended) {
      return;
    }
    HttpClientRequest sent = request;
    Future<PooledConnection> waited = acquired;
    if (sent != null) {
      end(outcome, false);
      sent.reset(CANCEL);
    } else {
      end(outcome, false);
      if (waited != null) {
        pool.abandon(waited);
      }
    }
  }

  /** The answer was read to its end. */
  void complete() {
    HttpClientResponse answer = response;
    if (ended || answer == null) {
      return;
    }
    boolean requestEnded = exchange.body().isEnded() && !tunnel;
    end(answer.statusCode() >= 500 ? Outcome.SERVER_ERROR : Outcome.SUCCESS, requestEnded);
    HttpClientRequest sent = request;
    if (!requestEnded && sent != null) {
      exchange.body().discard();
      sent.reset(CANCEL);
    }
  }

  /** The connection became a tunnel, which ended; it cannot carry another request. */
  void tunnelEnded() {
    if (!ended) {
      end(Outcome.SUCCESS, false);
    }
  }

  /** Whether the endpoint was asked to change the protocol of the connection. */
  boolean asksForTunnel() {
    return tunnel;
  }

  /** The endpoint sent what cannot be passed on. */
  void answeredNonsense() {
    HttpClientRequest sent = request;
    fail(Outcome.RESET, new Failure(FailureCode.BAD_GATEWAY, "the endpoint's answer is malformed"));
    if (sent != null) {
      sent.reset(CANCEL);
    }
  }

  private void connected(PooledConnection pooled) {
    if (ended) {
      pool.release(pooled, true);
      return;
    }
    connection = pooled;
    oldConnection = pooled.isReused();
    pooled.connection().request(NO_OPTIONS).onComplete(this::send, this::failed);
  }

  private void unconnected(Throwable cause) {
    if (cause instanceof Failure busy) {
      fail(Outcome.CANCELLED, busy);
      return;
    }
    boolean late =
        cause.getCause() instanceof ConnectTimeoutException
            || cause.getCause() instanceof TimeoutException;
    fail(
        Outcome.CONNECT_FAILURE,
        new Failure(
            late ? FailureCode.TIMEOUT : FailureCode.BAD_GATEWAY,
            "no connection to the endpoint" + (late ? " in time" : "")));
  }

  private void send(HttpClientRequest outgoing) {
    if (ended) {
      outgoing.reset();
      return;
    }
    request = outgoing;
    outgoing.exceptionHandler(this::failed);
    outgoing.response().onComplete(this::answered, this::failed);
    try {
      tunnel = forwarder.prepare(exchange, endpoint, outgoing);
    } catch (IllegalArgumentException refusedByHttp) {
      end(Outcome.CANCELLED, false);
      outgoing.reset(CANCEL);
      exchange.refuse(new Failure(FailureCode.INVALID, "the request has a malformed header field"));
      return;
    }
    headSent = true;
    if (tunnel) {
      outgoing.connect();
    } else if (exchange.body().isEmpty()) {
      outgoing.end();
    } else {
      sendBody(outgoing);
    }
  }

  private void sendBody(HttpClientRequest outgoing) {
    if (!outgoing.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      outgoing.setChunked(true);
    }
    RequestBody body = exchange.body();
    if (body.awaitsGoAhead()) {
      outgoing.continueHandler(go -> body.goAhead());
      outgoing.sendHead();
    } else if (exchange.request().version() == HttpVersion.HTTP_2) {
      outgoing.sendHead();
    }
    body.sendTo(outgoing, exchange);
  }

  private void answered(HttpClientResponse answer) {
    latency = forwarder.now() - startedAt;
    if (ended) {
      return;
    }
    int status = answer.statusCode();
    if (status == 101 ? !tunnel : status < 200) {
      answeredNonsense();
      return;
    }
    response = answer;
    answer.exceptionHandler(this::brokeOff);
    exchange.answered(this, answer);
  }

  private void failed(Throwable cause) {
    if (response != null) {
      brokeOff(cause);
    } else {
      fail(
          Outcome.RESET,
          new Failure(FailureCode.BAD_GATEWAY, "the endpoint closed the connection"));
    }
  }

  private void brokeOff(Throwable cause) {
    if (!ended) {
      end(Outcome.RESET, false);
      exchange.brokeOff();
    }
  }

  private void fail(Outcome outcome, Failure failure) {
    if (!ended) {
      end(outcome, false);
      exchange.failed(this, outcome, failure);
    }
  }

  private void end(Outcome outcome, boolean reusable) {
    ended = true;
    endpoint.end(outcome, latency == 0 ? forwarder.now() - startedAt : latency);
    PooledConnection used = connection;
    if (used != null) {
      pool.release(used, reusable);
    }
  }
}
