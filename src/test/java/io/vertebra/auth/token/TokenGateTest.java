package io.vertebra.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens as Wycheproof has them: each is wrong in one way, and none may pass. */
final class TokenGateTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Map<Algorithm, SigningKey> KEYS = keys();
  private static final TokenGate GATE =
      TokenGate.ofAccessTokens(
          "https://issuer", "api", Set.of(Algorithm.values()), Duration.ofSeconds(5));

  private static Map<Algorithm, SigningKey> keys() {
    Map<Algorithm, SigningKey> keys = new EnumMap<>(Algorithm.class);
    for (Algorithm each : Algorithm.values()) {
      keys.put(each, SigningKey.generate(each.jose(), each, new SecureRandom()));
    }
    return keys;
  }

  private static SigningKey key(Algorithm algorithm) {
    return KEYS.get(algorithm);
  }

  private static Optional<VerifyingKey> known(String id) {
    return KEYS.values().stream()
        .map(SigningKey::publicKey)
        .filter(key -> key.id().equals(id))
        .findFirst();
  }

  private static Claims admit(String token) {
    return GATE.admit(token, TokenGateTest::known, NOW);
  }

  private static JsonObject claims() {
    return new JsonObject()
        .put("iss", "https://issuer")
        .put("sub", "ann")
        .put("aud", new JsonArray().add("other").add("api"))
        .put("iat", NOW.getEpochSecond() - 10)
        .put("exp", NOW.getEpochSecond() + 60);
  }

  private static JsonObject header() {
    return new JsonObject().put("alg", "EdDSA").put("typ", "at+jwt").put("kid", "EdDSA");
  }

  private static String good() {
    return key(Algorithm.EDDSA).sign(claims());
  }

  private static String encoded(String text) {
    return Base64Url.encode(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void letsAGoodTokenPass(Algorithm algorithm) {
    Claims claims = admit(key(algorithm).sign(claims().put("scope", "a b")));
    assertThat(claims.subject()).isEqualTo("ann");
    assertThat(claims.scopes()).containsExactlyInAnyOrder("a", "b");
    assertThat(claims.expiresAt()).isEqualTo(NOW.plusSeconds(60));
  }

  @ParameterizedTest
  @EnumSource
  void knowsAKeyByItsJwk(Algorithm algorithm) {
    VerifyingKey key = key(algorithm).publicKey();
    Optional<VerifyingKey> read = VerifyingKey.from(key.toJwk());
    assertThat(read).contains(key);
    String token = key(algorithm).sign(claims());
    assertThat(GATE.admit(token, id -> read, NOW).subject()).isEqualTo("ann");
  }

  @Test
  void bearsASmallDifferenceOfClocks() {
    long now = NOW.getEpochSecond();
    SigningKey key = key(Algorithm.EDDSA);
    assertThat(admit(key.sign(claims().put("exp", now - 4))).subject()).isEqualTo("ann");
    assertThat(admit(key.sign(claims().put("iat", now + 5))).subject()).isEqualTo("ann");
  }

  private static Arguments claim(String what, Consumer<JsonObject> change) {
    JsonObject claims = claims();
    change.accept(claims);
    return Arguments.of(what, key(Algorithm.EDDSA).sign(claims));
  }

  private static Arguments head(String what, Consumer<JsonObject> change) {
    JsonObject header = header();
    change.accept(header);
    return Arguments.of(what, key(Algorithm.EDDSA).sign(header, claims()));
  }

  private static Arguments form(String what, String token) {
    return Arguments.of(what, token);
  }

  static Stream<Arguments> wrongClaims() {
    long now = NOW.getEpochSecond();
    return Stream.of(
        claim("expired", json -> json.put("exp", now - 5)),
        claim("no end", json -> json.remove("exp")),
        claim("end as text", json -> json.put("exp", "9999999999")),
        claim("end beyond all times", json -> json.put("exp", 1e300)),
        claim("not yet", json -> json.put("nbf", now + 6)),
        claim("not before as text", json -> json.put("nbf", "0")),
        claim("of the future", json -> json.put("iat", now + 6)),
        claim("no time of issue", json -> json.remove("iat")),
        claim("another issuer", json -> json.put("iss", "https://issuer/")),
        claim("no issuer", json -> json.remove("iss")),
        claim("issuers", json -> json.put("iss", new JsonArray().add("https://issuer"))),
        claim("another audience", json -> json.put("aud", "API")),
        claim("no audience", json -> json.remove("aud")),
        claim("audience as object", json -> json.put("aud", new JsonObject().put("api", 1))),
        claim("no subject", json -> json.remove("sub")),
        claim("empty subject", json -> json.put("sub", "")),
        claim("too long", json -> json.put("x", "y".repeat(TokenGate.MAX_LENGTH))));
  }

  static Stream<Arguments> wrongHeaders() {
    return Stream.of(
        head("no algorithm", json -> json.remove("alg")),
        head("none", json -> json.put("alg", "none")),
        head("None", json -> json.put("alg", "None")),
        head("another case", json -> json.put("alg", "eddsa")),
        head("algorithm of another key", json -> json.put("alg", "RS256")),
        head("key of another algorithm", json -> json.put("kid", "RS256")),
        head("symmetric", json -> json.put("alg", "HS256")),
        head("algorithm as list", json -> json.put("alg", new JsonArray().add("EdDSA"))),
        head("no type", json -> json.remove("typ")),
        head("an id token", json -> json.put("typ", "JWT")),
        head("no key", json -> json.remove("kid")),
        head("unknown key", json -> json.put("kid", "../../etc/passwd")),
        head("key as number", json -> json.put("kid", 1)),
        head("own key", json -> json.put("jwk", key(Algorithm.EDDSA).publicKey().toJwk())),
        head("key from afar", json -> json.put("jku", "https://evil/jwks.json")),
        head("certificate from afar", json -> json.put("x5u", "https://evil/cert")),
        head("own certificate", json -> json.put("x5c", new JsonArray().add("MII"))),
        head("critical", json -> json.put("crit", new JsonArray().add("exp"))),
        head("not encoded", json -> json.put("b64", false)),
        head("compressed", json -> json.put("zip", "DEF")));
  }

  static Stream<Arguments> wrongForms() throws Exception {
    String good = good();
    String[] parts = good.split("\\.", -1);
    String unsigned = parts[0] + "." + parts[1];
    byte[] signature = Base64Url.decode(parts[2]).orElseThrow();
    String es256 = key(Algorithm.ES256).sign(claims());
    String esUnsigned = es256.substring(0, es256.lastIndexOf('.'));
    String rs256 = key(Algorithm.RS256).sign(claims());
    return Stream.of(
        form("an algorithm told twice", twice("\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"", parts[1])),
        form("a claim told twice", twice("\"alg\":\"EdDSA\"", doubled())),
        form("more than one object", twice("\"alg\":\"EdDSA\"", encoded(claims() + "{}"))),
        form("deep", twice("\"alg\":\"EdDSA\"", encoded(deep()))),
        form("half a zero of ECDSA", esUnsigned + "." + halfZero(es256, 0)),
        form("another half a zero", esUnsigned + "." + halfZero(es256, 32)),
        form("nothing", ""),
        form("dots", ".."),
        form("no signature", unsigned + "."),
        form("two parts", unsigned),
        form("four parts", good + ".AA"),
        form("padded", good + "=="),
        form("a space before", " " + good),
        form("a line end after", good + "\n"),
        form("blank within", parts[0] + "." + parts[1] + ". " + parts[2]),
        form("other alphabet", unsigned + "." + parts[2].substring(2) + "+/"),
        form("loose last bits", unsigned + "." + looser(parts[2])),
        form("shorter signature", unsigned + "." + Base64Url.encode(Arrays.copyOf(signature, 63))),
        form("longer signature", unsigned + "." + Base64Url.encode(Arrays.copyOf(signature, 65))),
        form("zeroes for a signature", unsigned + "." + Base64Url.encode(new byte[64])),
        form("zeroes for one of ECDSA", esUnsigned + "." + Base64Url.encode(new byte[64])),
        form("longer one of RSA", rs256 + "AA"),
        form(
            "changed payload",
            parts[0] + "." + encoded(claims().put("sub", "bob").encode()) + "." + parts[2]),
        form("payload is no object", parts[0] + "." + encoded("[1]") + "." + parts[2]),
        form("payload is no JSON", parts[0] + "." + encoded("{") + "." + parts[2]),
        form(
            "payload is no UTF-8",
            parts[0] + "." + Base64Url.encode(new byte[] {'{', -1, '}'}) + "." + parts[2]),
        form("header is no JSON", encoded("x") + "." + parts[1] + "." + parts[2]),
        form(
            "unsigned as none",
            encoded("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"EdDSA\"}")
                + "."
                + parts[1]
                + "."),
        form("public key as a secret", signedWithThePublicKey()));
  }

  /** Signed as it should be, with a header that begins so. */
  private static String twice(String header, String payload) throws Exception {
    String signed =
        encoded("{" + header + ",\"typ\":\"at+jwt\",\"kid\":\"EdDSA\"}") + "." + payload;
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key(Algorithm.EDDSA).privateKey());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64Url.encode(signature.sign());
  }

  private static String doubled() {
    String json = claims().encode();
    return encoded("{\"sub\":\"root\"," + json.substring(1));
  }

  private static String deep() {
    String json = claims().encode();
    return "{\"x\":" + "[".repeat(50) + "]".repeat(50) + "," + json.substring(1);
  }

  private static String halfZero(String token, int from) {
    byte[] bytes = Base64Url.decode(token.substring(token.lastIndexOf('.') + 1)).orElseThrow();
    Arrays.fill(bytes, from, from + 32, (byte) 0);
    return Base64Url.encode(bytes);
  }

  /** The same bytes with other bits after the last one. */
  private static String looser(String signature) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = signature.length() - 1;
    int bits = alphabet.indexOf(signature.charAt(last));
    return signature.substring(0, last) + alphabet.charAt(bits ^ 1);
  }

  private static String signedWithThePublicKey() throws Exception {
    String unsigned =
        encoded("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"RS256\"}")
            + "."
            + encoded(claims().encode());
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] secret = key(Algorithm.RS256).publicKey().key().getEncoded();
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return unsigned
        + "."
        + Base64Url.encode(mac.doFinal(unsigned.getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"wrongClaims", "wrongHeaders", "wrongForms"})
  void letsNoOtherPass(String what, String token) {
    assertThatExceptionOfType(Failure.class)
        .as(what)
        .isThrownBy(() -> admit(token))
        .matches(failure -> failure.code() == FailureCode.UNAUTHENTICATED)
        .withMessageStartingWith("the token ");
  }

  @Test
  void believesOnlyAlgorithmsThatItExpects() {
    TokenGate narrow =
        TokenGate.ofAccessTokens("https://issuer", "api", Set.of(Algorithm.ES256), Duration.ZERO);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> narrow.admit(good(), TokenGateTest::known, NOW));
  }

  static Stream<Arguments> wrongKeys() {
    JsonObject good = key(Algorithm.EDDSA).publicKey().toJwk();
    JsonObject curve = key(Algorithm.ES256).publicKey().toJwk();
    return Stream.of(
        Arguments.of("for encryption", good.copy().put("use", "enc")),
        Arguments.of("for signing", good.copy().put("key_ops", new JsonArray().add("sign"))),
        Arguments.of("for another algorithm", good.copy().put("alg", "ES256")),
        Arguments.of("private", good.copy().put("d", "AAAA")),
        Arguments.of("without an id", without(good, "kid")),
        Arguments.of("too short", good.copy().put("x", "AAAA")),
        Arguments.of(
            "symmetric", new JsonObject().put("kid", "k").put("kty", "oct").put("k", "AAAA")),
        Arguments.of("of another curve", curve.copy().put("crv", "P-384")),
        Arguments.of("off the curve", curve.copy().put("y", curve.getString("x"))),
        Arguments.of("of another type", curve.copy().put("kty", "OKP")),
        Arguments.of(
            "without an exponent",
            key(Algorithm.RS256).publicKey().toJwk().put("e", "AQ").put("use", "sig")),
        Arguments.of(
            "weak",
            new JsonObject()
                .put("kid", "k")
                .put("kty", "RSA")
                .put("e", "AQAB")
                .put("n", "_".repeat(171))));
  }

  private static JsonObject without(JsonObject json, String name) {
    JsonObject rest = json.copy();
    Object unused = rest.remove(name);
    return rest;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongKeys")
  void takesNoKeyThatIsNotForThis(String what, JsonObject jwk) {
    assertThat(VerifyingKey.from(jwk)).as(what).isEmpty();
  }
}
