package io.vertebra.raft;

import io.vertebra.api.Fields;
import java.nio.file.Path;

/**
 * How members prove to each other who they are: each presents a certificate, both ways.
 *
 * @param certificate PEM file, the member's certificate first, then its issuers
 * @param key PEM file of the private key, PKCS 8
 * @param authorities PEM file of who may issue certificates of members
 */
public record RaftTls(Path certificate, Path key, Path authorities) {

  static RaftTls from(Fields fields) {
    String certificate =
        fields.text("certificate", 1, 4096).about("PEM file of the certificate chain.").required();
    String key =
        fields.text("key", 1, 4096).about("PEM file of the private key, PKCS 8.").required();
    String authorities =
        fields
            .text("authorities", 1, 4096)
            .about("PEM file of the authorities for members' certificates.")
            .required();
    return fields.build(
        () -> new RaftTls(Path.of(certificate), Path.of(key), Path.of(authorities)));
  }
}
