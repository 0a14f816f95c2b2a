package io.vertebra.gateway;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.Locale;

/**
 * A connection that changed its protocol, above all to WebSocket: bytes pass both ways untouched,
 * with backpressure, until one side closes. Source: RFC 9110 section 7.8.
 */
final class Tunnel {
  private Tunnel() {}

  /** Whether a request asks for another protocol; h2c is not one we pass on. */
  static boolean isAskedBy(HttpServerRequest request) {
    MultiMap headers = request.headers();
    String protocol = headers.get("upgrade");
    if (protocol == null) {
      return false;
    }
    String connection = String.join(",", headers.getAll("connection"));
    return headers.getAll("upgrade").size() == 1
        && request.version() == HttpVersion.HTTP_1_1
        && request.method().equals(HttpMethod.GET)
        && !protocol.toLowerCase(Locale.ROOT).contains("h2c")
        && connection.toLowerCase(Locale.ROOT).contains("upgrade");
  }

  /** Joins both sides after the endpoint agreed; completes when the tunnel is closed. */
  static Future<Void> open(Exchange exchange, HttpClientResponse answer) {
    NetSocket endpoint = answer.netSocket();
    endpoint.pause();
    exchange
        .request()
        .response()
        .putHeader("connection", "Upgrade")
        .putHeader("upgrade", answer.getHeader("upgrade"));
    return exchange
        .request()
        .toNetSocket()
        .onFailure(cause -> endpoint.close())
        .compose(client -> join(exchange, client, endpoint));
  }

  private static Future<Void> join(Exchange exchange, NetSocket client, NetSocket endpoint) {
    Promise<Void> closed = Promise.promise();
    exchange.tunnelled();
    removeIdleTimeout(client);
    pump(exchange, client, endpoint, closed);
    pump(exchange, endpoint, client, closed);
    endpoint.resume();
    return closed.future();
  }

  private static void pump(Exchange exchange, NetSocket from, NetSocket to, Promise<Void> closed) {
    from.handler(
        chunk -> {
          exchange.touch();
          to.write(chunk);
          if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(drained -> from.resume());
          }
        });
    from.exceptionHandler(broken -> from.close());
    from.closeHandler(
        gone -> {
          to.end();
          closed.tryComplete();
        });
  }

  /** The listener's idle time is for requests; a tunnel may well be silent for longer. */
  private static void removeIdleTimeout(NetSocket socket) {
    ChannelPipeline pipeline = ((NetSocketInternal) socket).channelHandlerContext().pipeline();
    if (pipeline.get("idle") != null) {
      pipeline.remove("idle");
    }
  }
}
