package io.vertebra.auth;

import io.vertebra.auth.token.Base64Url;
import io.vertebra.crypto.SecretKeys;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A refresh token: the session, which one of its tokens it is, and a code that proves it. The store
 * holds no token and no hash of one: the code is derived from a secret that only nodes have, so the
 * successor of a token can be told again without being kept.
 *
 * @param index how many of the session came before
 */
record RefreshToken(String session, long index, String code) {
  static final String PREFIX = "vtr_";
  private static final Pattern FORM =
      Pattern.compile("vtr_([A-Za-z0-9_-]{22})\\.(\\d{1,15})\\.([A-Za-z0-9_-]{43})");

  static RefreshToken of(
      SecretKeys secrets, String keyId, String session, String salt, long index) {
    String text = session + "." + index + "." + salt;
    return new RefreshToken(session, index, Base64Url.encode(secrets.mac(keyId, "refresh", text)));
  }

  static Optional<RefreshToken> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new RefreshToken(matcher.group(1), Long.parseLong(matcher.group(2)), matcher.group(3)))
        : Optional.empty();
  }

  /** Whether it is the one it claims to be. */
  boolean isGenuine(SecretKeys secrets, String keyId, String salt) {
    return Digests.areEqual(of(secrets, keyId, session, salt, index).code(), code);
  }

  @Override
  public String toString() {
    return PREFIX + session + "." + index + "." + code;
  }
}
