package io.vertebra.cluster;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How nodes prove to each other who they are: each presents a certificate, both ways. Read at the
 * start.
 *
 * @param certificate PEM file, the node's certificate first, then its issuers
 * @param key PEM file of the private key, PKCS 8
 * @param authorities PEM file of who may issue certificates of nodes, and of nobody else
 */
public record NodeTls(Path certificate, Path key, Path authorities) {

  /** Reads a section of which all is given or nothing. */
  public static Optional<NodeTls> from(Fields fields) {
    String certificate =
        fields.text("certificate", 0, 4096).about("PEM file of the certificate chain.").orElse("");
    String key =
        fields.text("key", 0, 4096).about("PEM file of the private key, PKCS 8.").orElse("");
    String authorities =
        fields
            .text("authorities", 0, 4096)
            .about("PEM file of the authorities for nodes' certificates.")
            .orElse("");
    return fields.build(() -> of(certificate, key, authorities));
  }

  private static Optional<NodeTls> of(String certificate, String key, String authorities) {
    if (certificate.isEmpty() && key.isEmpty() && authorities.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeTls(
            given("certificate", certificate),
            given("key", key),
            given("authorities", authorities)));
  }

  private static Path given(String name, String file) {
    if (file.isEmpty()) {
      throw Failure.invalid("/" + name, "is missing: certificate, key and authorities go together");
    }
    return Path.of(file);
  }
}
