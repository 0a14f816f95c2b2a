package io.vertebra.gateway;

import io.vertebra.api.TraceContext;
import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.route.RouteRewrite;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Set;

/** Turns the client's request into the one for the endpoint. */
final class OutgoingRequest {
  private final ForwardedHeaders forwarded;
  private final String via;

  OutgoingRequest(ForwardedHeaders forwarded, String via) {
    this.forwarded = forwarded;
    this.via = via;
  }

  /**
   * Writes method, target and header fields.
   *
   * @param tunnel whether the connection is to change its protocol
   */
  void write(Exchange exchange, LiveEndpoint endpoint, HttpClientRequest outgoing, boolean tunnel) {
    HttpServerRequest request = exchange.request();
    outgoing.setMethod(request.method());
    outgoing.setURI(target(exchange));
    MultiMap headers = outgoing.headers();
    String host = Hosts.of(request);
    copy(exchange, headers);
    writeHost(exchange, endpoint, host, outgoing);
    forwarded.write(request, host, headers);
    headers.add("via", protocol(request) + " " + via);
    exchange.trace().writeTo(headers);
    if (tunnel) {
      headers.set("connection", "Upgrade");
      headers.set("upgrade", request.getHeader("upgrade"));
    } else if (asksForTrailers(request)) {
      headers.set("te", "trailers");
    }
    RouteRewrite rewrite = exchange.target().route().rewrite();
    rewrite.setRequestHeaders().forEach(headers::set);
    rewrite.removeRequestHeaders().forEach(headers::remove);
    exchange.claimHeaders().forEach(headers::set);
  }

  private static String target(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    String path = exchange.match().rewritePath(exchange.path());
    String uri = request.uri();
    int query = uri.indexOf('?');
    if (query < 0) {
      return path;
    }
    return path.length() == query && uri.startsWith(path) ? uri : path + uri.substring(query);
  }

  private void copy(Exchange exchange, MultiMap outgoing) {
    HttpServerRequest request = exchange.request();
    Target target = exchange.target();
    Set<String> named = HopByHop.namedBy(request.headers());
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (isCopied(name, request)
                  && !target.withholds(name)
                  && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)))) {
                outgoing.add(name, value);
              }
            });
  }

  private boolean isCopied(String name, HttpServerRequest request) {
    return !HopByHop.contains(name)
        && !forwarded.withholds(name, request)
        && !name.startsWith(":")
        && !name.equalsIgnoreCase(TraceContext.HEADER)
        && !name.equalsIgnoreCase("host");
  }

  private static void writeHost(
      Exchange exchange, LiveEndpoint endpoint, String clientHost, HttpClientRequest outgoing) {
    RouteRewrite rewrite = exchange.target().route().rewrite();
    String host =
        switch (rewrite.host()) {
          case CLIENT -> clientHost.isEmpty() ? endpoint.id() : clientHost;
          case UPSTREAM -> endpoint.id();
          case FIXED -> rewrite.fixedHost().orElse(endpoint.id());
        };
    if (outgoing.version() == HttpVersion.HTTP_2) {
      outgoing.authority(HostAndPort.parseAuthority(host, -1));
    } else {
      outgoing.headers().set("host", host);
    }
  }

  private static String protocol(HttpServerRequest request) {
    return switch (request.version()) {
      case HTTP_1_0 -> "1.0";
      case HTTP_1_1 -> "1.1";
      case HTTP_2 -> "2.0";
    };
  }

  private static boolean asksForTrailers(HttpServerRequest request) {
    String te = request.getHeader("te");
    return te != null && te.toLowerCase(Locale.ROOT).contains("trailers");
  }
}
