package io.vertebra.gateway;

import io.vertebra.http.ClientCertificate;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells the endpoint who the client was, in {@code Forwarded} (RFC 7239) and in the older {@code
 * X-Forwarded-*}. What came from a peer that is not trusted is dropped; what came from one that is
 * trusted is added to. If asked to, it tells of the client's certificate too, in {@code
 * Client-Cert} (RFC 9440).
 */
final class ForwardedHeaders {
  private static final String PREFIX = "x-forwarded-";

  private static final String CERTIFICATE = "client-cert";

  private final TrustedProxies trusted;
  private final boolean tellsCertificate;

  /**
   * @param tellsCertificate whether the endpoint gets the certificate of a client that has one
   */
  ForwardedHeaders(TrustedProxies trusted, boolean tellsCertificate) {
    this.trusted = trusted;
    this.tellsCertificate = tellsCertificate;
  }

  /**
   * Whether a field of this name is not simply copied: those that we write, and from a peer that is
   * not trusted every other one that claims to tell of a proxy before us.
   */
  boolean withholds(String name, HttpServerRequest request) {
    if (isWritten(name)) {
      return true;
    }
    boolean claims =
        name.equalsIgnoreCase("x-real-ip")
            || name.regionMatches(true, 0, PREFIX, 0, 12)
            || isCertificate(name);
    return claims && !trusted.contains(peer(request));
  }

  /** An underscore counts as a hyphen, for to some servers behind us both are the same. */
  private static boolean isCertificate(String name) {
    if (name.length() != CERTIFICATE.length() && name.length() != CERTIFICATE.length() + 6) {
      return false;
    }
    String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return plain.equals(CERTIFICATE) || plain.equals(CERTIFICATE + "-chain");
  }

  private static boolean isWritten(String name) {
    return switch (name.length()) {
      case 9 -> name.equalsIgnoreCase("forwarded");
      case 15 -> name.equalsIgnoreCase("x-forwarded-for");
      case 16 -> name.equalsIgnoreCase("x-forwarded-host");
      case 17 -> name.equalsIgnoreCase("x-forwarded-proto");
      default -> false;
    };
  }

  /** Writes the fields for a request into {@code outgoing}. */
  void write(HttpServerRequest request, String host, MultiMap outgoing) {
    MultiMap incoming = request.headers();
    String peer = peer(request);
    boolean believed = trusted.contains(peer);
    String proto = request.isSSL() ? "https" : "http";
    String element = "for=" + node(peer) + ";host=\"" + host + "\";proto=" + proto;
    outgoing.set("forwarded", append(believed ? joined(incoming, "forwarded") : null, element));
    outgoing.set(
        "x-forwarded-for", append(believed ? joined(incoming, "x-forwarded-for") : null, peer));
    String toldProto = believed ? incoming.get("x-forwarded-proto") : null;
    String toldHost = believed ? incoming.get("x-forwarded-host") : null;
    outgoing.set("x-forwarded-proto", toldProto == null ? proto : toldProto);
    outgoing.set("x-forwarded-host", toldHost == null ? host : toldHost);
    if (tellsCertificate && !believed) {
      ClientCertificate.of(request).ifPresent(own -> outgoing.set(CERTIFICATE, encoded(own)));
    }
  }

  private static String encoded(ClientCertificate own) {
    try {
      return ":" + Base64.getEncoder().encodeToString(own.certificate().getEncoded()) + ":";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  /**
   * The client's address: the peer's, or the last one that a chain of trusted proxies names and
   * that is not itself a trusted proxy.
   */
  String client(HttpServerRequest request) {
    String peer = peer(request);
    if (!trusted.contains(peer)) {
      return peer;
    }
    String chain = joined(request.headers(), "x-forwarded-for");
    if (chain == null) {
      return peer;
    }
    String[] hops = chain.split(",", -1);
    for (int i = hops.length - 1; i >= 0; i--) {
      String hop = withoutPort(hops[i].strip());
      if (!hop.isEmpty() && !trusted.contains(hop)) {
        return hop;
      }
    }
    return peer;
  }

  private static String peer(HttpServerRequest request) {
    SocketAddress address = request.remoteAddress();
    String host = address == null ? null : address.hostAddress();
    return host == null ? "unknown" : host;
  }

  private static String node(String address) {
    return address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
  }

  private static @Nullable String joined(MultiMap headers, String name) {
    return headers.contains(name) ? String.join(", ", headers.getAll(name)) : null;
  }

  private static String append(@Nullable String chain, String element) {
    return chain == null ? element : chain + ", " + element;
  }

  /** Some proxies add the port: {@code 192.0.2.7:4711} or {@code [2001:db8::1]:4711}. */
  private static String withoutPort(String hop) {
    int bracket = hop.indexOf(']');
    if (hop.startsWith("[") && bracket > 0) {
      return hop.substring(1, bracket);
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }
}
