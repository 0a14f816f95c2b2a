package io.vertebra.redis;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How connections are secured.
 *
 * @param authorities PEM file of who may issue the server's certificate
 * @param certificate PEM file of this client's certificate chain; empty if the server asks for none
 * @param key PEM file of its private key, PKCS 8; given with {@code certificate}
 */
public record RedisTls(Path authorities, Optional<Path> certificate, Optional<Path> key) {

  public RedisTls {
    if (certificate.isPresent() != key.isPresent()) {
      throw Failure.invalid("/key", "goes together with certificate");
    }
  }

  static Optional<RedisTls> from(Fields fields) {
    String authorities =
        fields
            .text("authorities", 0, 4096)
            .about("PEM file of the authorities for the server's certificate; none for clear text.")
            .orElse("");
    String certificate =
        fields
            .text("certificate", 0, 4096)
            .about("PEM file of the client's certificate chain, if the server wants one.")
            .orElse("");
    String key =
        fields.text("key", 0, 4096).about("PEM file of its private key, PKCS 8.").orElse("");
    return fields.build(() -> of(authorities, given(certificate), given(key)));
  }

  private static Optional<RedisTls> of(
      String authorities, Optional<Path> certificate, Optional<Path> key) {
    if (authorities.isEmpty() && (certificate.isPresent() || key.isPresent())) {
      throw Failure.invalid("/authorities", "is missing; certificate and key need it");
    }
    return given(authorities).map(file -> new RedisTls(file, certificate, key));
  }

  private static Optional<Path> given(String file) {
    return file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file));
  }
}
