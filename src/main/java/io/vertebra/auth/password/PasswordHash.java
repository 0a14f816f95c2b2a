package io.vertebra.auth.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * What is kept of a password: an Argon2id hash with its cost and salt. Computing one blocks for
 * tens of milliseconds.
 *
 * <p>Source: RFC 9106, version 0x13; written in the PHC string format.
 */
public final class PasswordHash {
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})"
              + "\\$([A-Za-z0-9+/]{11,64})\\$([A-Za-z0-9+/]{43})");
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

  private final HashCost cost;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(HashCost cost, byte[] salt, byte[] hash) {
    this.cost = cost;
    this.salt = salt;
    this.hash = hash;
  }

  /** Hashes a password with a new salt. */
  public static PasswordHash of(String password, HashCost cost, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(cost, salt, compute(password, cost, salt));
  }

  /**
   * Reads one in the PHC string format.
   *
   * @throws IllegalArgumentException if it is none that this class writes
   */
  public static PasswordHash parse(String phc) {
    Matcher matcher = PHC.matcher(phc);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an Argon2id hash in the PHC string format");
    }
    HashCost cost =
        new HashCost(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)));
    Base64.Decoder decoder = Base64.getDecoder();
    return new PasswordHash(
        cost, decoder.decode(matcher.group(4)), decoder.decode(matcher.group(5)));
  }

  /** Whether it is that of a password; takes as long either way. */
  public boolean matches(String password) {
    return MessageDigest.isEqual(hash, compute(password, cost, salt));
  }

  public HashCost cost() {
    return cost;
  }

  /** The PHC string format. */
  @Override
  public String toString() {
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            cost.memoryKib(),
            cost.passes(),
            cost.lanes(),
            ENCODER.encodeToString(salt),
            ENCODER.encodeToString(hash));
  }

  private static byte[] compute(String password, HashCost cost, byte[] salt) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .build());
    byte[] hash = new byte[HASH_BYTES];
    int unused = generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }
}
