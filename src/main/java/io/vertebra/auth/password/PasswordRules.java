package io.vertebra.auth.password;

import io.vertebra.api.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What may be a password: it has a length, and is neither a common one nor made of the user's name.
 * There are no rules of composition.
 *
 * <p>Source: OWASP ASVS 5.0, section 6.2; NIST SP 800-63B, section 3.1.1.
 *
 * @param minLength fewest code points, 8 to 64
 */
public record PasswordRules(int minLength) {
  /** Most code points. */
  public static final int MAX_LENGTH = 128;

  private static final Set<String> COMMON = common();

  public PasswordRules {
    if (minLength < 8 || minLength > 64) {
      throw Failure.invalid("/minPasswordLength", "must be 8 to 64");
    }
  }

  /** The form that is hashed: a password is the same however its letters were composed. */
  public static String normalised(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFC);
  }

  /**
   * The normalised password, if it may be one.
   *
   * @throws Failure {@code INVALID}, without the password
   */
  public String accept(String pointer, String password, String user) {
    String normalised = normalised(password);
    int length = normalised.codePointCount(0, normalised.length());
    if (length < minLength || length > MAX_LENGTH) {
      throw Failure.invalid(
          pointer, "must have " + minLength + " to " + MAX_LENGTH + " characters");
    }
    String folded = normalised.toLowerCase(Locale.ROOT);
    if (isCommon(folded)) {
      throw Failure.invalid(pointer, "is one of the most common passwords");
    }
    if (folded.replace(user.toLowerCase(Locale.ROOT), "").length() < length / 2) {
      throw Failure.invalid(pointer, "must not be made of the user's name");
    }
    return normalised;
  }

  /** Whether it is common as it is, or with digits and marks put after it. */
  private static boolean isCommon(String folded) {
    boolean oneLetter = folded.codePoints().distinct().count() <= 2;
    return oneLetter
        || COMMON.contains(folded)
        || COMMON.contains(folded.replaceAll("[\\d\\W_]+$", ""));
  }

  private static Set<String> common() {
    try (InputStream file = PasswordRules.class.getResourceAsStream("common-passwords.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(required(file), StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream required(@Nullable InputStream file) {
    if (file == null) {
      throw new IllegalStateException("the list of common passwords is not in the jar");
    }
    return file;
  }
}
