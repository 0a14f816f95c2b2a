package io.vertebra.auth.token;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;

/**
 * An algorithm of signatures (RFC 7518 section 3.1, RFC 8037 section 3.1).
 *
 * <p>Signatures of ECDSA are written as two numbers of fixed length, as RFC 7518 section 3.4 wants.
 */
public enum Algorithm {
  EDDSA("EdDSA", "Ed25519", "Ed25519", 32),
  ES256("ES256", "SHA256withECDSAinP1363Format", "P-256", 32),
  ES384("ES384", "SHA384withECDSAinP1363Format", "P-384", 48),
  RS256("RS256", "SHA256withRSA", "", 0),
  PS256("PS256", "RSASSA-PSS", "", 0);

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private final String jose;
  private final String jca;
  private final String curve;
  private final int coordinateBytes;

  Algorithm(String jose, String jca, String curve, int coordinateBytes) {
    this.jose = jose;
    this.jca = jca;
    this.curve = curve;
    this.coordinateBytes = coordinateBytes;
  }

  /** The value of {@code alg}. */
  public String jose() {
    return jose;
  }

  /** What makes and verifies signatures. */
  Signature signature() throws GeneralSecurityException {
    Signature signature = Signature.getInstance(jca);
    if (this == PS256) {
      signature.setParameter(PSS);
    }
    return signature;
  }

  /** The value of {@code crv}; empty for RSA. */
  String curve() {
    return curve;
  }

  /** Length of a coordinate of the curve, of which a signature has two; 0 for RSA. */
  int coordinateBytes() {
    return coordinateBytes;
  }

  boolean isEcdsa() {
    return this == ES256 || this == ES384;
  }

  boolean isRsa() {
    return this == RS256 || this == PS256;
  }

  /** That of a value of {@code alg}, letter by letter. */
  static Optional<Algorithm> of(Object alg) {
    for (Algorithm each : values()) {
      if (each.jose.equals(alg)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
