package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How members prove to each other who they are: each presents a certificate, both ways.
 *
 * @param certificate PEM file, the member's certificate first, then its issuers
 * @param key PEM file of the private key, PKCS 8
 * @param authorities PEM file of who may issue certificates of members
 */
public record RaftTls(Path certificate, Path key, Path authorities) {

  /** Reads a section of which all is given or nothing. */
  static Optional<RaftTls> from(Fields fields) {
    Optional<String> certificate =
        fields.text("certificate", 1, 4096).about("PEM file of the certificate chain.").optional();
    Optional<String> key =
        fields.text("key", 1, 4096).about("PEM file of the private key, PKCS 8.").optional();
    Optional<String> authorities =
        fields
            .text("authorities", 1, 4096)
            .about("PEM file of the authorities for members' certificates.")
            .optional();
    return fields.build(() -> of(certificate, key, authorities));
  }

  private static Optional<RaftTls> of(
      Optional<String> certificate, Optional<String> key, Optional<String> authorities) {
    boolean none = certificate.isEmpty() && key.isEmpty() && authorities.isEmpty();
    if (none) {
      return Optional.empty();
    }
    return Optional.of(
        new RaftTls(
            given("certificate", certificate),
            given("key", key),
            given("authorities", authorities)));
  }

  private static Path given(String name, Optional<String> file) {
    return Path.of(
        file.orElseThrow(
            () ->
                Failure.invalid(
                    "/" + name, "is missing: certificate, key and authorities go together")));
  }
}
