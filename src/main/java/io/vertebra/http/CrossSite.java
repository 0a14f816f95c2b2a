package io.vertebra.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that a page of another site had a browser send, with the cookies and the address
 * of its user. Browsers say where a request comes from; whoever else says nothing can as well send
 * what they like, but has no cookies of others.
 *
 * <p>Source: W3C Fetch Metadata; OWASP Cross-Site Request Forgery Prevention.
 */
public final class CrossSite {
  private static final Set<HttpMethod> SAFE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private CrossSite() {}

  /**
   * Whether a request that may change something, or opens a tunnel, is of a page of another origin.
   *
   * @param trusted whether pages of an origin may send such requests
   */
  public static boolean isForged(HttpServerRequest request, Predicate<String> trusted) {
    boolean acts = !SAFE.contains(request.method()) || request.headers().contains("upgrade");
    return acts && isForeign(request, trusted);
  }

  /** Whether any request is of a page of another origin that is not trusted. */
  static boolean isForeign(HttpServerRequest request, Predicate<String> trusted) {
    String origin = request.getHeader("origin");
    if (origin != null && trusted.test(origin)) {
      return false;
    }
    String site = request.getHeader("sec-fetch-site");
    if (site != null) {
      return !OWN_SITES.contains(site);
    }
    return origin != null && !isOwn(origin, request.authority());
  }

  /** By host and port alone, for a proxy before us may speak TLS. */
  private static boolean isOwn(String origin, @Nullable HostAndPort authority) {
    if (authority == null) {
      return false;
    }
    try {
      URI uri = new URI(origin);
      int standard = "https".equals(uri.getScheme()) ? 443 : 80;
      int port = uri.getPort() < 0 ? standard : uri.getPort();
      int asked = authority.port() < 0 ? standard : authority.port();
      return uri.getHost() != null
          && bare(uri.getHost()).equalsIgnoreCase(bare(authority.host()))
          && port == asked;
    } catch (URISyntaxException malformed) {
      return false;
    }
  }

  /** Without the brackets of IPv6. */
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
