package io.vertebra.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who a client is by the certificate it presented. There is one only where {@link
 * TlsOptions#clientAuth} asks for it; its issuer is then among the authorities and its key the
 * client's.
 */
public record ClientCertificate(X509Certificate certificate) {
  /**
   * The header of a call over HTTP that holds the subject, if the client proved who it is. What a
   * client itself sends under this name is dropped.
   */
  public static final String SUBJECT = "x-client-cert-subject";

  private static final int DNS_NAME = 2;
  private static final int URI = 6;

  /** The certificate of the connection that the request came over. */
  public static Optional<ClientCertificate> of(HttpServerRequest request) {
    SSLSession session = request.sslSession();
    if (session == null) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own
          ? Optional.of(new ClientCertificate(own))
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /** The subject's distinguished name as in RFC 2253: {@code CN=orders,O=Example}. */
  public String subject() {
    return certificate.getSubjectX500Principal().getName();
  }

  /** Its alternative names that are names of hosts or URIs, in its order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : all == null ? List.<List<?>>of() : all) {
        if (name.get(0).equals(DNS_NAME) || name.get(0).equals(URI)) {
          names.add(String.valueOf(name.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return names;
  }

  /** Sets or removes {@link #SUBJECT}. A subject that no header can hold is left out. */
  static void mark(HttpServerRequest request) {
    MultiMap headers = request.headers();
    headers.remove(SUBJECT);
    of(request)
        .map(ClientCertificate::subject)
        .filter(subject -> subject.chars().noneMatch(Character::isISOControl))
        .ifPresent(subject -> headers.set(SUBJECT, subject));
  }
}
