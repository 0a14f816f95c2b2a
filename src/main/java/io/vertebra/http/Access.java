package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import io.vertebra.api.AuditLog;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * First in line on the api listener: sets the headers that keep browsers and caches from doing harm
 * and, where a token is set, lets nobody pass without it but probes. Tokens are compared in a time
 * that does not tell how much of them was right.
 */
final class Access implements Handler<RoutingContext> {
  private static final String SCHEME = "Bearer ";

  private final Optional<CorsOptions> cors;
  private final List<String> hosts;
  private volatile byte @Nullable [] token;
  private volatile @Nullable Guard guard;

  /** Who knows who may pass, and what passed and may not be served for ever. */
  private record Guard(Gatekeeper gatekeeper, OpenRequests open) {}

  /**
   * @param cors which pages of other sites may ask, if any
   * @param hosts names by which this machine is asked without a token, in lower case
   */
  Access(Optional<CorsOptions> cors, List<String> hosts) {
    this.cors = cors;
    this.hosts = List.copyOf(hosts);
  }

  /** From now on somebody else knows who may pass. */
  void ask(Gatekeeper wanted, OpenRequests open) {
    guard = new Guard(wanted, open);
  }

  /** Looks after requests that passed no more. */
  void close() {
    Guard asked = guard;
    if (asked != null) {
      asked.open().close();
    }
  }

  /** Where a request comes from; empty if that is not known. */
  static String address(HttpServerRequest request) {
    SocketAddress remote = request.remoteAddress();
    return remote == null || remote.hostAddress() == null ? "" : remote.hostAddress();
  }

  /** From now on every request must carry this. */
  void require(Optional<String> wanted) {
    token = wanted.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    SecurityHeaders.writeOwn(request);
    byte[] wanted = token;
    Guard asked = guard;
    if (asked == null && wanted == null && !namesThisMachine(request)) {
      refuse(
          context,
          "http.foreign-host",
          "without a token only requests to this machine itself are answered, by a name such as"
              + " localhost or one of api.hosts");
      return;
    }
    cors.ifPresent(rules -> rules.mark(request));
    if (cors.isPresent() && CorsOptions.isPreflight(request)) {
      int unused = cors.get().answerPreflight(request);
    } else if (CrossSite.isForged(request, this::isTrusted)) {
      refuse(
          context,
          "http.cross-site",
          "pages of another origin may not send this; api.cors.origins names those that may");
    } else if (asked != null) {
      admit(context, asked);
    } else if (wanted == null) {
      context.next();
    } else if (isProbe(context) || carries(context, wanted)) {
      context.next();
    } else {
      Problems.send(
          context,
          new Failure(
              FailureCode.UNAUTHENTICATED, "the header Authorization must carry the token"));
    }
  }

  /** Whether pages of an origin may send requests that change something. */
  boolean isTrusted(String origin) {
    return cors.filter(rules -> rules.names(origin)).isPresent();
  }

  private static void refuse(RoutingContext context, String act, String detail) {
    HttpServerRequest request = context.request();
    AuditLog.record(
        act,
        "nobody",
        address(request),
        request.method() + " " + request.path(),
        FailureCode.FORBIDDEN.label());
    Problems.send(context, new Failure(FailureCode.FORBIDDEN, detail));
  }

  private static void admit(RoutingContext context, Guard asked) {
    HttpServerRequest request = context.request();
    try {
      if (!isProbe(context)) {
        identify(request, asked.gatekeeper());
        asked
            .gatekeeper()
            .admit(
                request.method().name(),
                String.valueOf(request.path()),
                context.normalizedPath(),
                request.headers(),
                address(request))
            .ifPresent(judge -> asked.open().watch(request, judge));
      }
    } catch (Failure refused) {
      Problems.send(context, refused);
      return;
    }
    context.next();
  }

  /** Who shows nothing else is known by the certificate of the connection. */
  private static void identify(HttpServerRequest request, Gatekeeper asked) {
    if (!asked.carriesCredential(request.headers())) {
      ClientCertificate.of(request)
          .flatMap(asked::credential)
          .ifPresent(made -> request.headers().set(HttpHeaderNames.AUTHORIZATION, made));
    }
  }

  /**
   * Without a token a page of another site, whose name its owner lets point to this machine, could
   * ask in the name of the user of a browser here (DNS rebinding); the host gives it away.
   */
  private boolean namesThisMachine(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null) {
      return request.version() == HttpVersion.HTTP_1_0;
    }
    String host = authority.host().replace("[", "").replace("]", "");
    return host.equalsIgnoreCase("localhost")
        || host.endsWith(".localhost")
        || hosts.contains(host.toLowerCase(Locale.ROOT))
        || NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host);
  }

  /** By the path as it was sent, for a key may hold dot segments that lead to a probe. */
  private static boolean isProbe(RoutingContext context) {
    String path = context.request().path();
    return path != null && HealthRoutes.isProbe(path);
  }

  private static boolean carries(RoutingContext context, byte[] wanted) {
    String given = AwsCredential.of(context.request().headers());
    return given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8), wanted);
  }
}
