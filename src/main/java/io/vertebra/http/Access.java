package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * First in line on the api listener: sets the headers that keep browsers and caches from doing harm
 * and, where a token is set, lets nobody pass without it but probes. Tokens are compared in a time
 * that does not tell how much of them was right.
 */
final class Access implements Handler<RoutingContext> {
  private static final String SCHEME = "Bearer ";

  private volatile byte @Nullable [] token;

  /** From now on every request must carry this. */
  void require(Optional<String> wanted) {
    token = wanted.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerResponse response = context.response();
    response.putHeader("x-content-type-options", "nosniff");
    response.putHeader(HttpHeaderNames.CACHE_CONTROL, "no-store");
    response.putHeader(
        HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    byte[] wanted = token;
    if (wanted == null) {
      if (namesThisMachine(context.request())) {
        context.next();
      } else {
        Problems.send(
            context,
            new Failure(
                FailureCode.FORBIDDEN,
                "without a token only requests to this machine itself are answered, by a name such"
                    + " as localhost"));
      }
    } else if (isProbe(context) || carries(context, wanted)) {
      context.next();
    } else {
      Problems.send(
          context,
          new Failure(
              FailureCode.UNAUTHENTICATED, "the header Authorization must carry the token"));
    }
  }

  /**
   * Without a token a page of another site, whose name its owner lets point to this machine, could
   * ask in the name of the user of a browser here (DNS rebinding); the host gives it away.
   */
  private static boolean namesThisMachine(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null) {
      return request.version() == HttpVersion.HTTP_1_0;
    }
    String host = authority.host().replace("[", "").replace("]", "");
    return host.equalsIgnoreCase("localhost")
        || host.endsWith(".localhost")
        || NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host);
  }

  /** By the path as it was sent, for a key may hold dot segments that lead to a probe. */
  private static boolean isProbe(RoutingContext context) {
    String path = context.request().path();
    return path != null && HealthRoutes.isProbe(path);
  }

  private static boolean carries(RoutingContext context, byte[] wanted) {
    String given = context.request().getHeader(HttpHeaderNames.AUTHORIZATION);
    return given != null
        && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8), wanted);
  }
}
