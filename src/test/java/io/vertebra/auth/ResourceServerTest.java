package io.vertebra.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.vertebra.testkit.TestClock;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that know nothing of us but an issuer, and verify our tokens by what they find there. */
final class ResourceServerTest {
  private final TestClock clock = new TestClock();
  private final AuthStore store = new InMemoryAuthStore(clock);

  private AuthNodeRig node(String algorithm) {
    AuthNodeRig node =
        new AuthNodeRig(store, clock, new JsonObject().put("algorithm", algorithm), true);
    node.untilKeysAreThere();
    return node;
  }

  /**
   * As Spring Security's resource server has it: keys of the issuer, type, issuer, audience, time.
   */
  private DefaultJWTProcessor<SecurityContext> verifier(AuthNodeRig node, JWSAlgorithm algorithm)
      throws IOException {
    JsonObject found = node.ask("GET", "/.well-known/openid-configuration", "", new JsonObject());
    String path = URI.create(found.getString("jwks_uri")).getPath();
    JWKSource<SecurityContext> keys =
        JWKSourceBuilder.create(URI.create("http://127.0.0.1:" + node.port + path).toURL()).build();
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithm, keys));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            "vertebra",
            new JWTClaimsSet.Builder().issuer(found.getString("issuer")).build(),
            Set.of("sub", "iat", "exp", "jti", "client_id")) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        });
    return processor;
  }

  @ParameterizedTest
  @ValueSource(strings = {"es256", "rs256"})
  void verifyOurTokensThroughDiscovery(String algorithm) throws Exception {
    try (AuthNodeRig node = node(algorithm)) {
      var verifier =
          verifier(node, JWSAlgorithm.parse(algorithm.toUpperCase(java.util.Locale.ROOT)));
      String token = node.login("ann").getString("accessToken");
      assertThat(verifier.process(token, null).getSubject()).isEqualTo("ann");
      clock.advance(Duration.ofHours(1));
      assertThatExceptionOfType(BadJOSEException.class)
          .isThrownBy(() -> verifier.process(token, null));
    }
  }

  @Test
  void tellWhatATokenIsWorthAndEndIt() {
    try (AuthNodeRig node = node("eddsa")) {
      JsonObject tokens = node.login("ann");
      String access = "token=" + tokens.getString("accessToken");
      String refresh = "token=" + tokens.getString("refreshToken");
      assertThat(node.form("/oauth2/introspect", "", access).getString("error"))
          .isEqualTo("invalid_client");
      JsonObject told = node.form("/oauth2/introspect", node.admin(), access);
      assertThat(told.getBoolean("active")).isTrue();
      assertThat(told.getString("sub")).isEqualTo("ann");
      assertThat(node.form("/oauth2/introspect", node.admin(), refresh).getBoolean("active"))
          .isTrue();
      assertThat(node.form("/oauth2/revoke", "", access)).isEmpty();
      assertThat(node.form("/oauth2/introspect", node.admin(), access).getBoolean("active"))
          .isFalse();
      assertThat(node.form("/oauth2/introspect", node.admin(), refresh).getBoolean("active"))
          .isTrue();
      assertThat(node.form("/oauth2/revoke", "", refresh)).isEmpty();
      assertThat(node.form("/oauth2/introspect", node.admin(), refresh).getBoolean("active"))
          .isFalse();
      assertThat(node.form("/oauth2/introspect", node.admin(), "token=x").getBoolean("active"))
          .isFalse();
    }
  }

  @Test
  void giveTokensForARefreshTokenAndForAnApiKey() {
    try (AuthNodeRig node = node("eddsa")) {
      String refresh = node.login("ann").getString("refreshToken");
      String form = "grant_type=refresh_token&refresh_token=" + refresh;
      JsonObject given = node.form("/oauth2/token", "", form);
      assertThat(given.getString("token_type")).isEqualTo("Bearer");
      assertThat(given.getLong("expires_in")).isEqualTo(300);
      assertThat(given.getString("refresh_token")).isNotEqualTo(refresh);
      assertThat(
              node.form("/oauth2/token", "", "grant_type=refresh_token&refresh_token=x")
                  .getString("error"))
          .isEqualTo("invalid_grant");
      byte[] pair = ("client:" + node.firstKey).getBytes(StandardCharsets.UTF_8);
      String basic = "Basic " + Base64.getEncoder().encodeToString(pair);
      String token =
          node.form("/oauth2/token", basic, "grant_type=client_credentials")
              .getString("access_token");
      assertThat(node.status("GET", "/metrics", "Bearer " + token)).isEqualTo(200);
    }
  }

  @Test
  void seeAKeyBeforeItSigns() {
    try (AuthNodeRig node = node("eddsa")) {
      JsonObject next =
          node.ask("POST", "/api/v1/auth/keys:rotate", node.admin(), new JsonObject());
      assertThat(keys(node)).hasSize(2);
      String before = kid(node.login("ann").getString("accessToken"));
      assertThat(before).isNotEqualTo(next.getString("id"));
      clock.advance(Duration.ofHours(1));
      JsonObject login = new JsonObject().put("name", "ann").put("password", AuthRig.PASSWORD);
      String token = node.ask("POST", "/api/v1/auth:login", "", login).getString("accessToken");
      assertThat(kid(token)).isEqualTo(next.getString("id"));
      assertThat(keys(node)).hasSize(2);
      clock.advance(Duration.ofMinutes(6));
      io.vertebra.testkit.Waiting.eventually(() -> assertThat(keys(node)).hasSize(1));
    }
  }

  private static JsonArray keys(AuthNodeRig node) {
    return node.ask("GET", "/.well-known/jwks.json", "", new JsonObject()).getJsonArray("keys");
  }

  private static String kid(String token) {
    byte[] header = Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
    return new JsonObject(new String(header, StandardCharsets.UTF_8)).getString("kid");
  }

  /**
   * npm's {@code jose} as it is: {@code -Djose.npm=folder} in which {@code npm install jose} ran.
   */
  @Test
  @EnabledIfSystemProperty(named = "jose.npm", matches = ".+")
  void verifyOurTokensInJavaScript() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(port).isPositive();
    for (String algorithm : Set.of("eddsa", "es256")) {
      TestClock own = new TestClock();
      JsonObject options = new JsonObject().put("algorithm", algorithm);
      try (AuthNodeRig node = new AuthNodeRig(new InMemoryAuthStore(own), own, options, true)) {
        node.untilKeysAreThere();
        String token = node.login("ann").getString("accessToken");
        Path script = Path.of("src/test/resources/auth/verify.mjs").toAbsolutePath();
        Process process =
            new ProcessBuilder(
                    "node",
                    script.toString(),
                    "http://127.0.0.1:" + node.port,
                    token,
                    own.instant().toString())
                .directory(new File(System.getProperty("jose.npm")))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).isEqualTo("ann\n");
      }
    }
  }
}
