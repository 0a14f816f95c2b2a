package io.vertebra.auth.token;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A public key by which signatures are verified with one algorithm.
 *
 * @param id the {@code kid}
 */
public record VerifyingKey(String id, Algorithm algorithm, PublicKey key) {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int MAX_EXPONENT_BITS = 64;

  /** What an Ed25519 key has before its 32 bytes in X.509 (RFC 8410 section 4). */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /**
   * The key of a JSON Web Key; empty if it is none for verifying signatures of an algorithm known
   * here, or too weak.
   */
  public static Optional<VerifyingKey> from(JsonObject jwk) {
    Object use = jwk.getValue("use");
    Object operations = jwk.getValue("key_ops");
    boolean verifies =
        (use == null || use.equals("sig"))
            && (operations == null
                || (operations instanceof JsonArray list && list.contains("verify")));
    if (!verifies || !(jwk.getValue("kid") instanceof String id) || jwk.containsKey("d")) {
      return Optional.empty();
    }
    try {
      Optional<VerifyingKey> key = read(id, jwk);
      Object told = jwk.getValue("alg");
      return key.filter(found -> told == null || found.algorithm().jose().equals(told));
    } catch (GeneralSecurityException | IllegalArgumentException unusable) {
      return Optional.empty();
    }
  }

  private static Optional<VerifyingKey> read(String id, JsonObject jwk)
      throws GeneralSecurityException {
    Object type = jwk.getValue("kty");
    if ("RSA".equals(type)) {
      return rsa(id, jwk);
    }
    for (Algorithm each : Algorithm.values()) {
      if (!each.isRsa() && each.curve().equals(jwk.getValue("crv"))) {
        if (each.isEcdsa() && "EC".equals(type)) {
          return Optional.of(new VerifyingKey(id, each, ec(each, jwk)));
        }
        if (each == Algorithm.EDDSA && "OKP".equals(type)) {
          return Optional.of(new VerifyingKey(id, each, ed25519(jwk)));
        }
      }
    }
    return Optional.empty();
  }

  private static PublicKey ed25519(JsonObject jwk) throws GeneralSecurityException {
    byte[] x = bytes(jwk, "x", Algorithm.EDDSA.coordinateBytes());
    byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + x.length);
    System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, x.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static PublicKey ec(Algorithm algorithm, JsonObject jwk) throws GeneralSecurityException {
    BigInteger x = new BigInteger(1, bytes(jwk, "x", algorithm.coordinateBytes()));
    BigInteger y = new BigInteger(1, bytes(jwk, "y", algorithm.coordinateBytes()));
    return KeyFactory.getInstance("EC").generatePublic(Curve.at(algorithm, x, y));
  }

  /** One that names no algorithm is for RS256, so that none is good for two. */
  private static Optional<VerifyingKey> rsa(String id, JsonObject jwk)
      throws GeneralSecurityException {
    BigInteger modulus = new BigInteger(1, bytes(jwk, "n", 0));
    BigInteger exponent = new BigInteger(1, bytes(jwk, "e", 0));
    boolean strong =
        modulus.bitLength() >= MIN_RSA_BITS
            && modulus.bitLength() <= MAX_RSA_BITS
            && exponent.testBit(0)
            && exponent.bitLength() > 1
            && exponent.bitLength() <= MAX_EXPONENT_BITS;
    if (!strong) {
      return Optional.empty();
    }
    PublicKey key =
        KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    boolean pss = Algorithm.PS256.jose().equals(jwk.getValue("alg"));
    return Optional.of(new VerifyingKey(id, pss ? Algorithm.PS256 : Algorithm.RS256, key));
  }

  private static byte[] bytes(JsonObject jwk, String name, int length) {
    byte[] bytes =
        Base64Url.decode(String.valueOf(jwk.getValue(name)))
            .orElseThrow(() -> new IllegalArgumentException(name + " is no base64url"));
    if (length != 0 && bytes.length != length) {
      throw new IllegalArgumentException(name + " must have " + length + " bytes");
    }
    return bytes;
  }

  /** The public JSON Web Key. */
  public JsonObject toJwk() {
    JsonObject jwk = new JsonObject().put("kid", id).put("use", "sig").put("alg", algorithm.jose());
    if (key instanceof RSAPublicKey rsa) {
      return jwk.put("kty", "RSA")
          .put("n", Base64Url.encode(rsa.getModulus(), 0))
          .put("e", Base64Url.encode(rsa.getPublicExponent(), 0));
    }
    if (key instanceof ECPublicKey ec) {
      return jwk.put("kty", "EC")
          .put("crv", algorithm.curve())
          .put("x", Base64Url.encode(ec.getW().getAffineX(), algorithm.coordinateBytes()))
          .put("y", Base64Url.encode(ec.getW().getAffineY(), algorithm.coordinateBytes()));
    }
    byte[] encoded = key.getEncoded();
    byte[] x =
        Arrays.copyOfRange(encoded, encoded.length - algorithm.coordinateBytes(), encoded.length);
    return jwk.put("kty", "OKP").put("crv", "Ed25519").put("x", Base64Url.encode(x));
  }

  /** How many bytes every signature of this key has. */
  int signatureBytes() {
    return key instanceof RSAPublicKey rsa
        ? (rsa.getModulus().bitLength() + 7) / 8
        : 2 * algorithm.coordinateBytes();
  }

  /** Whether this key's private half signed some bytes. */
  boolean verifies(byte[] signed, byte[] signature) {
    if (signature.length != signatureBytes() || hasZeroHalf(signature)) {
      return false;
    }
    try {
      Signature verifier = algorithm.signature();
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  /** Of a signature by ECDSA, whose numbers are never zero (CVE-2022-21449). */
  private boolean hasZeroHalf(byte[] signature) {
    int half = algorithm.coordinateBytes();
    byte[] zero = new byte[half];
    return algorithm.isEcdsa()
        && (Arrays.equals(signature, 0, half, zero, 0, half)
            || Arrays.equals(signature, half, signature.length, zero, 0, half));
  }
}
