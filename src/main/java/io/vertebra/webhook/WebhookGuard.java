package io.vertebra.webhook;

import io.netty.util.NetUtil;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets this node call only servers that it may (OWASP: server-side request forgery). A name is
 * resolved here, and the connection is made to the very address that was looked at, so that a name
 * which is elsewhere a moment later gains nothing. Safe for any thread.
 */
public final class WebhookGuard {
  private static final Set<String> OF_PROTOCOL =
      Set.of(
          "host",
          "connection",
          "content-length",
          "expect",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final Vertx vertx;
  private final AllowedHosts hosts;

  public WebhookGuard(Vertx vertx, AllowedHosts hosts) {
    this.vertx = vertx;
    this.hosts = hosts;
  }

  /**
   * The URL.
   *
   * @throws Failure {@code INVALID} at the pointer if it is no URL of http or https with a host and
   *     without a user
   */
  public static URI url(String text, String pointer) {
    try {
      URI uri = new URI(text).parseServerAuthority();
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (Set.of("http", "https").contains(scheme)
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && uri.getPort() != 0
          && uri.getPort() <= 0xffff) {
        return uri;
      }
    } catch (java.net.URISyntaxException malformed) {
      // Told below.
    }
    throw Failure.invalid(
        pointer, "must be a URL of http or https with a host, and without user or fragment");
  }

  /**
   * Whether a header tells where a request goes, where it ends or what becomes of the connection.
   * Who chooses what is called must not set it: a server behind the one that was admitted could be
   * reached, or a second request hidden in the body (RFC 9112 section 11.2).
   */
  public static boolean isOfProtocol(String header) {
    String lower = header.toLowerCase(Locale.ROOT);
    return OF_PROTOCOL.contains(lower) || lower.startsWith("proxy-");
  }

  /**
   * Refuses a URL that is certainly not allowed, without resolving a name.
   *
   * @throws Failure {@code INVALID} at the pointer
   */
  public void require(URI url, String pointer) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host(url));
    if (address != null && !hosts.names(host(url)) && !hosts.contains(inet(address))) {
      throw Failure.invalid(pointer, "must be of a host that webhook.hosts allows");
    }
  }

  /**
   * What to ask with: bound to an address that is allowed, following no redirect. {@code FORBIDDEN}
   * if none of the host's is, {@code UNAVAILABLE} if it has none.
   *
   * @param timeout to connect within
   */
  public Future<RequestOptions> admit(URI url, HttpMethod method, Duration timeout) {
    String host = host(url);
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    Future<List<InetAddress>> found =
        literal == null ? resolve(host) : Future.succeededFuture(List.of(inet(literal)));
    return found.map(
        addresses -> {
          InetAddress allowed =
              addresses.stream()
                  .filter(address -> hosts.names(host) || hosts.contains(address))
                  .findFirst()
                  .orElseThrow(() -> refused(host));
          return options(url, method, timeout, allowed);
        });
  }

  private static Failure refused(String host) {
    return new Failure(FailureCode.FORBIDDEN, "webhook.hosts allows no address of " + host);
  }

  private Future<List<InetAddress>> resolve(String host) {
    Promise<List<InetSocketAddress>> found = Promise.promise();
    ((VertxInternal) vertx).nameResolver().resolveAll(host, found::handle);
    return found
        .future()
        .map(all -> all.stream().map(InetSocketAddress::getAddress).toList())
        .recover(
            cause -> Failure.future(FailureCode.UNAVAILABLE, "the host " + host + " is not known"));
  }

  private static RequestOptions options(
      URI url, HttpMethod method, Duration timeout, InetAddress address) {
    boolean secure = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() < 0 ? (secure ? 443 : 80) : url.getPort();
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return new RequestOptions()
        .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
        .setHost(host(url))
        .setPort(port)
        .setSsl(secure)
        .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
        .setMethod(method)
        .setConnectTimeout(timeout.toMillis())
        .setFollowRedirects(false);
  }

  private static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static InetAddress inet(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("it has 4 or 16 bytes", e);
    }
  }
}
