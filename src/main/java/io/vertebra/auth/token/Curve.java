package io.vertebra.auth.token;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;

/** The elliptic curves of ECDSA (FIPS 186-4 appendix D.1.2). */
final class Curve {
  private Curve() {}

  /** Java's name of the curve of an algorithm. */
  static String jca(Algorithm algorithm) {
    return algorithm == Algorithm.ES384 ? "secp384r1" : "secp256r1";
  }

  /** The public key at a point, which must be on the curve (SP 800-56A section 5.6.2.3.4). */
  static ECPublicKeySpec at(Algorithm algorithm, BigInteger x, BigInteger y)
      throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(jca(algorithm)));
    ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger right =
        x.pow(3).add(curve.getCurve().getA().multiply(x)).add(curve.getCurve().getB()).mod(p);
    boolean reduced = x.compareTo(p) < 0 && y.compareTo(p) < 0;
    if (!reduced || !y.multiply(y).mod(p).equals(right)) {
      throw new InvalidKeyException("the point is not on the curve");
    }
    return new ECPublicKeySpec(new ECPoint(x, y), curve);
  }
}
