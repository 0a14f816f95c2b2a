package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.auth.password.PasswordService;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The services over a store, without any door. */
final class AuthRig implements AutoCloseable {
  static final String PASSWORD = "violet carpet";
  static final String SECRET = "k1:" + "A".repeat(43) + "=";

  final Vertx vertx = Vertx.vertx();
  final TestClock clock;
  final LiveView view = new LiveView();
  final AuthParts parts;
  final Authenticator authenticator;
  final PasswordService passwords;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  AuthRig(AuthStore store, TestClock clock, JsonObject more) {
    this.clock = clock;
    AuthOptions options = AuthOptions.from(Fields.of(options().mergeIn(more, true)));
    SecretKeys secrets = new SecretKeys("auth", options.keys().written());
    PasswordOptions wanted = options.passwords();
    passwords =
        new PasswordService(vertx, meters, wanted.cost(), wanted.threads(), wanted.maxQueue());
    RoleService roles = new RoleService(store, view, clock);
    ApiKeyService apiKeys = new ApiKeyService(store, view, options.maxApiKeys(), clock);
    KeyService keys = new KeyService(vertx, store, view, secrets, options, clock);
    SessionService sessions = new SessionService(store, keys, secrets, options, clock);
    LockoutService lockout = new LockoutService(store, options.lockout(), clock);
    UserService users =
        new UserService(
            store, passwords, wanted.rules(), sessions, apiKeys, lockout, secrets, clock);
    LoginService logins =
        new LoginService(store, passwords, lockout, sessions, secrets, options, clock, meters);
    parts = new AuthParts(logins, sessions, users, apiKeys, roles, keys);
    authenticator = new Authenticator(view, roles, apiKeys, options, clock);
    store.follow(view);
    eventually(
        () -> {
          view.require();
          if (view.keys().isEmpty()) {
            await(keys.upkeep());
          }
          assertThat(view.keys()).isNotEmpty();
        });
  }

  static JsonObject options() {
    return new JsonObject()
        .put("enabled", true)
        .put("secretKeys", new JsonArray().add(SECRET))
        .put("passwords", new JsonObject().put("memoryKib", 64).put("passes", 1));
  }

  /** The one-time code of a step, as an app makes it of the secret shown. */
  static String code(String secret, long step) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    byte[] bytes = new byte[20];
    for (int bit = 0; bit < 160; bit++) {
      int value = alphabet.indexOf(secret.charAt(bit / 5)) >> (4 - bit % 5) & 1;
      bytes[bit / 8] |= (byte) (value << (7 - bit % 8));
    }
    return Totp.code(bytes, step);
  }

  void createAnn() {
    JsonObject unused =
        await(parts.users().create("ann", PASSWORD, List.of("admin"), io.vertebra.kv.Guard.NONE));
  }

  static Caller from(String address) {
    return new Caller("-", "nobody", "", address);
  }

  Future<IssuedTokens> login(String password, String code, String device, String address) {
    return parts.logins().login(new Login("ann", password, code, device, List.of(), from(address)));
  }

  IssuedTokens login() {
    return await(login(PASSWORD, "", "", "192.0.2.1"));
  }

  Future<IssuedTokens> refresh(String token) {
    return parts.sessions().refresh(token, "192.0.2.1");
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
