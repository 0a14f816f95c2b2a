package io.vertebra.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/** Tells whether private keys belong to their certificates, which loading them does not. */
final class KeyPairs {
  private static final byte[] SAMPLE = "vertebra".getBytes(StandardCharsets.US_ASCII);

  private KeyPairs() {}

  /**
   * Signs with the private key and verifies with the certificate.
   *
   * @param source where the certificate is from, for the message
   * @throws CertificateException if there is no key or it does not fit
   */
  static void requireMatching(KeyManagerFactory factory, Path source)
      throws GeneralSecurityException {
    for (KeyManager manager : factory.getKeyManagers()) {
      if (manager instanceof X509KeyManager keys && fits(keys)) {
        return;
      }
    }
    throw new CertificateException("the private key does not fit the certificate " + source);
  }

  private static boolean fits(X509KeyManager keys) throws GeneralSecurityException {
    for (String type : new String[] {"RSA", "EC", "EdDSA", "Ed25519"}) {
      String[] aliases = keys.getServerAliases(type, null);
      if (aliases != null && aliases.length > 0) {
        String alias = aliases[0];
        return fits(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0].getPublicKey());
      }
    }
    return false;
  }

  private static boolean fits(PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    if (!privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(privateKey);
    signer.update(SAMPLE);
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(publicKey);
    verifier.update(SAMPLE);
    return verifier.verify(signer.sign());
  }
}
