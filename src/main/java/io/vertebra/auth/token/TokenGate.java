package io.vertebra.auth.token;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Lets a token pass, or says why not. All that can be wrong with one is looked at before its
 * signature, in a form that leaves nothing to guess.
 *
 * @param issuer the only one believed
 * @param audience that the token must be for
 * @param algorithms that are believed
 * @param types values of {@code typ} that are believed, in lower case
 * @param skew by how much clocks may differ
 */
public record TokenGate(
    String issuer, String audience, Set<Algorithm> algorithms, Set<String> types, Duration skew) {
  /** Longest token. */
  public static final int MAX_LENGTH = 8192;

  private static final int MAX_ID_LENGTH = 200;
  private static final String APPLICATION = "application/";

  /** What a header can hold that would have us take keys or rules from the token itself. */
  private static final Set<String> REFUSED_FIELDS =
      Set.of("jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip", "enc");

  public TokenGate {
    algorithms = Set.copyOf(algorithms);
    types = Set.copyOf(types);
  }

  /** For access tokens alone (RFC 9068). */
  public static TokenGate ofAccessTokens(
      String issuer, String audience, Set<Algorithm> algorithms, Duration skew) {
    return new TokenGate(issuer, audience, algorithms, Set.of(SigningKey.ACCESS_TOKEN), skew);
  }

  /** Whether a text looks like a token, and not like another kind of credential. */
  public static boolean isToken(String text) {
    return text.indexOf('.') > 0;
  }

  /** The id of the key that a token says it was signed with; empty if it is malformed. */
  public static Optional<String> keyId(String token) {
    int dot = token.length() > MAX_LENGTH ? -1 : token.indexOf('.');
    try {
      return dot < 0
          ? Optional.empty()
          : Optional.of(text(json(token.substring(0, dot), "header"), "kid", MAX_ID_LENGTH));
    } catch (Failure malformed) {
      return Optional.empty();
    }
  }

  /**
   * A token that passed.
   *
   * @param key by which it was signed
   */
  public record Verified(Claims claims, VerifyingKey key) {}

  /**
   * The claims of a token.
   *
   * @param keys the known ones, by id
   * @throws Failure {@code UNAUTHENTICATED}
   */
  public Claims admit(String token, Function<String, Optional<VerifyingKey>> keys, Instant now) {
    return verify(token, keys, now).claims();
  }

  /** The same, with the key, for whoever keeps the result and asks {@link #check} next time. */
  public Verified verify(String token, Function<String, Optional<VerifyingKey>> keys, Instant now) {
    require(token.length() <= MAX_LENGTH, "is longer than " + MAX_LENGTH + " characters");
    int first = token.indexOf('.');
    int last = token.lastIndexOf('.');
    require(
        first > 0 && last > first && token.indexOf('.', first + 1) == last, "has not three parts");
    VerifyingKey key = key(json(token.substring(0, first), "header"), keys);
    byte[] signature = bytes(token.substring(last + 1), "signature");
    require(signature.length == key.signatureBytes(), "has a signature of a wrong length");
    JsonObject claims = json(token.substring(first + 1, last), "payload");
    byte[] signed = token.substring(0, last).getBytes(StandardCharsets.US_ASCII);
    require(key.verifies(signed, signature), "is not signed by its key");
    return new Verified(check(claims, now), key);
  }

  private VerifyingKey key(JsonObject header, Function<String, Optional<VerifyingKey>> keys) {
    require(
        header.fieldNames().stream().noneMatch(REFUSED_FIELDS::contains),
        "has a header field that is not believed");
    Optional<Algorithm> algorithm = Algorithm.of(header.getValue("alg"));
    require(
        algorithm.filter(algorithms::contains).isPresent(),
        "has an algorithm that is not believed");
    require(types.contains(type(header)), "is of another type");
    String id = text(header, "kid", MAX_ID_LENGTH);
    VerifyingKey key = keys.apply(id).orElseThrow(() -> refused("names a key that is not known"));
    require(
        algorithm.filter(key.algorithm()::equals).isPresent(), "names a key of another algorithm");
    return key;
  }

  private static String type(JsonObject header) {
    if (!(header.getValue("typ") instanceof String type)) {
      return "";
    }
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith(APPLICATION) ? lower.substring(APPLICATION.length()) : lower;
  }

  /**
   * Looks at claims whose signature was verified before, as what is true of them changes.
   *
   * @throws Failure {@code UNAUTHENTICATED}
   */
  public Claims check(JsonObject claims, Instant now) {
    require(issuer.equals(claims.getValue("iss")), "has another issuer");
    require(isFor(claims.getValue("aud")), "is for another audience");
    long seconds = now.getEpochSecond();
    long leeway = skew.toSeconds();
    long expires = seconds(claims, "exp");
    require(seconds < expires + leeway, "is expired");
    require(seconds(claims, "iat") <= seconds + leeway, "is of the future");
    require(
        !claims.containsKey("nbf") || seconds(claims, "nbf") <= seconds + leeway,
        "is not valid yet");
    String subject = text(claims, "sub", 400);
    return new Claims(subject, Instant.ofEpochSecond(expires), claims);
  }

  private boolean isFor(Object aud) {
    return audience.equals(aud) || (aud instanceof JsonArray list && list.contains(audience));
  }

  /** A time in seconds; fractions count down. */
  private static long seconds(JsonObject claims, String name) {
    if (claims.getValue(name) instanceof Number number && Math.abs(number.doubleValue()) < 1e12) {
      return (long) Math.floor(number.doubleValue());
    }
    throw refused("has no time in " + name);
  }

  private static String text(JsonObject json, String name, int max) {
    if (json.getValue(name) instanceof String text && !text.isEmpty() && text.length() <= max) {
      return text;
    }
    throw refused("has no " + name);
  }

  private static JsonObject json(String segment, String part) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(bytes(segment, part));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      StrictJson.requireOneReading(text);
      return new JsonObject(text);
    } catch (IOException | DecodeException malformed) {
      throw refused("has a " + part + " that is no JSON object");
    }
  }

  private static byte[] bytes(String segment, String part) {
    return Base64Url.decode(segment)
        .orElseThrow(() -> refused("has a " + part + " that is not base64url in its one form"));
  }

  private static void require(boolean holds, String detail) {
    if (!holds) {
      throw refused(detail);
    }
  }

  private static Failure refused(String detail) {
    return new Failure(FailureCode.UNAUTHENTICATED, "the token " + detail);
  }
}
