package io.vertebra.http;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.http.ClientAuth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a listener proves who it is.
 *
 * @param certificates none (the default) for clear text; a client that names a server (SNI) gets
 *     the one whose subject alternative names match, any other client the first
 * @param clientAuth whether clients prove who they are; {@code none} unless given
 * @param trustPath PEM file of the authorities that clients' certificates are checked against
 * @param reloadEvery how often the files are looked at; JSON {@code reloadIntervalMs}, 100 ms to 1
 *     day, 10 s unless given
 */
public record TlsOptions(
    List<Certificate> certificates,
    ClientAuth clientAuth,
    Optional<Path> trustPath,
    Duration reloadEvery) {

  /**
   * One certificate.
   *
   * @param certPath PEM file, the server's certificate first, then its issuers
   * @param keyPath PEM file of the private key, PKCS 8, RSA PKCS 1 or SEC 1
   */
  public record Certificate(Path certPath, Path keyPath) {

    static Certificate from(Fields fields) {
      String cert =
          fields.text("certPath", 1, 4096).about("PEM file of the certificate chain.").required();
      String key = fields.text("keyPath", 1, 4096).about("PEM file of the private key.").required();
      return fields.build(() -> new Certificate(Path.of(cert), Path.of(key)));
    }
  }

  public TlsOptions {
    if (certificates.isEmpty() && clientAuth != ClientAuth.NONE) {
      throw Failure.invalid("/certificates", "must have at least 1 item, clientAuth needs it");
    }
    if (clientAuth != ClientAuth.NONE && trustPath.isEmpty()) {
      throw Failure.invalid("/trustPath", "is missing; clientAuth needs it");
    }
    certificates = List.copyOf(certificates);
  }

  /** Whether a client can prove who it is. */
  public boolean asksClients() {
    return clientAuth != ClientAuth.NONE;
  }

  public static TlsOptions from(Fields fields) {
    List<Certificate> certificates =
        fields
            .objects("certificates", 1000, Certificate::from)
            .about("Each with certPath and keyPath, PEM files; none for clear text.")
            .orElse(List.of());
    ClientAuth clientAuth =
        fields
            .choice("clientAuth", ClientAuth.class)
            .about("Whether clients must present a certificate.")
            .orElse(ClientAuth.NONE);
    Optional<String> trustPath =
        fields
            .text("trustPath", 1, 4096)
            .about("PEM file of the authorities for clients' certificates.")
            .optional();
    Duration reloadEvery =
        fields
            .millis("reloadIntervalMs", 100, 86_400_000)
            .about("How often the files are looked at for changes.")
            .orElse(Duration.ofSeconds(10));
    return fields.build(
        () -> new TlsOptions(certificates, clientAuth, trustPath.map(Path::of), reloadEvery));
  }
}
