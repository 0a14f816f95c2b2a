package io.vertebra.cluster;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.RemoteServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What only nodes of the cluster know. Hazelcast's open source edition lets in every member that
 * knows the cluster's name, and has no other check; so its name is made of this. The name goes over
 * the wire in clear, and whoever reads it there can use it; the secret itself never leaves the
 * node.
 *
 * @param text 16 to 1,024 characters
 * @param file where it is read from at the start instead
 */
public record ClusterSecret(Optional<String> text, Optional<Path> file) {
  /** For nodes that only this machine reaches. */
  public static final ClusterSecret NONE = new ClusterSecret(Optional.empty(), Optional.empty());

  private static final int MIN_LENGTH = 16;
  private static final String ALGORITHM = "HmacSHA256";

  public ClusterSecret {
    if (text.isPresent() && file.isPresent()) {
      throw Failure.invalid("/secretFile", "and secret exclude each other");
    }
  }

  /** Reads the fields of a section that holds others too. */
  static Supplier<ClusterSecret> reading(Fields fields) {
    Optional<String> text =
        fields
            .text("secret", MIN_LENGTH, 1024)
            .secret()
            .about("What only nodes of the cluster know; without it nodes stay on loopback.")
            .optional();
    Optional<String> file =
        fields.text("secretFile", 1, 4096).about("File that holds the secret instead.").optional();
    return () -> new ClusterSecret(text, file.map(Path::of));
  }

  boolean isGiven() {
    return text.isPresent() || file.isPresent();
  }

  /**
   * The name by which Hazelcast's members know each other: the one given, and with a secret the
   * HMAC-SHA-256 of it. Reads the file.
   */
  String membersName(String name) {
    if (!isGiven()) {
      return name;
    }
    String secret = RemoteServer.secret(file, text.orElse(""), "/cluster/secretFile");
    if (secret.length() < MIN_LENGTH) {
      throw Failure.invalid(
          "/cluster/secretFile", "must hold at least " + MIN_LENGTH + " characters");
    }
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The secret stays out of logs. */
  @Override
  public String toString() {
    return "ClusterSecret[given=" + isGiven() + "]";
  }
}
