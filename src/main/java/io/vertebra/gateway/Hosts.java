package io.vertebra.gateway;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;

/** The host a request names, on either version of HTTP. */
final class Hosts {
  private Hosts() {}

  /** Host and port as the client wrote them; empty for an HTTP/1.0 request without. */
  static String of(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      HostAndPort authority = request.authority();
      return authority == null ? "" : authority.toString();
    }
    String host = request.getHeader("host");
    return host == null ? "" : host;
  }
}
