package io.vertebra.auth.token;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * A private key and what verifies its signatures.
 *
 * @param publicKey its other half
 */
public record SigningKey(VerifyingKey publicKey, PrivateKey privateKey) {
  /** The {@code typ} of our access tokens (RFC 9068 section 2.1). */
  static final String ACCESS_TOKEN = "at+jwt";

  private static final int RSA_BITS = 2048;

  /** A new key. Takes long with RSA. */
  public static SigningKey generate(String id, Algorithm algorithm, SecureRandom random) {
    try {
      KeyPairGenerator generator = generator(algorithm, random);
      KeyPair pair = generator.generateKeyPair();
      return new SigningKey(new VerifyingKey(id, algorithm, pair.getPublic()), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + algorithm.jose(), e);
    }
  }

  private static KeyPairGenerator generator(Algorithm algorithm, SecureRandom random)
      throws GeneralSecurityException {
    if (algorithm == Algorithm.EDDSA) {
      return KeyPairGenerator.getInstance("Ed25519");
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.isRsa() ? "RSA" : "EC");
    if (algorithm.isRsa()) {
      generator.initialize(RSA_BITS, random);
    } else {
      generator.initialize(new ECGenParameterSpec(Curve.jca(algorithm)), random);
    }
    return generator;
  }

  /** The private half as PKCS #8. */
  public byte[] encoded() {
    return privateKey.getEncoded();
  }

  /** The key whose private half was {@link #encoded}. */
  public static SigningKey of(VerifyingKey publicKey, byte[] encoded) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(publicKey.key().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new SigningKey(publicKey, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the private key of " + publicKey.id() + " is damaged", e);
    }
  }

  /** An access token. */
  public String sign(JsonObject claims) {
    JsonObject header =
        new JsonObject()
            .put("alg", publicKey.algorithm().jose())
            .put("typ", ACCESS_TOKEN)
            .put("kid", publicKey.id());
    return sign(header, claims);
  }

  String sign(JsonObject header, JsonObject claims) {
    String signed = segment(header) + "." + segment(claims);
    try {
      Signature signer = publicKey.algorithm().signature();
      signer.initSign(privateKey);
      signer.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64Url.encode(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key " + publicKey.id() + " cannot sign", e);
    }
  }

  private static String segment(JsonObject json) {
    return Base64Url.encode(json.encode().getBytes(StandardCharsets.UTF_8));
  }
}
