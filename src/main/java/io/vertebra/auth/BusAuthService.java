package io.vertebra.auth;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Users, logins, roles and keys of the cluster, called over the event bus. Answers are those of the
 * operations; failures are {@link Failure}s.
 */
public final class BusAuthService {
  private static final long WAY_MS = 10_000;
  private static final String NAME = "name";
  private static final String PERMISSIONS = "permissions";

  private final Vertx vertx;
  private final String credential;

  private BusAuthService(Vertx vertx, String credential) {
    this.vertx = vertx;
    this.credential = credential;
  }

  /** Calls as nobody, which is enough to log in. */
  public BusAuthService(Vertx vertx) {
    this(vertx, "");
  }

  /**
   * The same, called as somebody.
   *
   * @param shown an access token or API key
   */
  public BusAuthService as(String shown) {
    return new BusAuthService(vertx, "Bearer " + shown);
  }

  /**
   * Tokens for a password; {@code UNAUTHENTICATED} if something is wrong, {@code LIMITED} if it
   * comes too early.
   *
   * @param code a one-time code or recovery code, where the user has such
   * @param device what an earlier login on this device was told
   */
  public Future<IssuedTokens> login(
      String name, String password, Optional<String> code, Optional<String> device) {
    JsonObject request = named(name).put("password", password);
    code.ifPresent(given -> request.put("code", given));
    device.ifPresent(told -> request.put("device", told));
    return call("login", request).map(IssuedTokens::from);
  }

  /** New tokens for a refresh token, which is good once. */
  public Future<IssuedTokens> refresh(String refreshToken) {
    return call("refresh", new JsonObject().put("refreshToken", refreshToken))
        .map(IssuedTokens::from);
  }

  /** The name and kind of who calls. */
  public Future<JsonObject> whoami() {
    return call("whoami", new JsonObject());
  }

  public Future<JsonObject> createUser(String name, String password, List<String> roles) {
    return call(
        "create-user", named(name).put("password", password).put("roles", new JsonArray(roles)));
  }

  public Future<JsonObject> getUser(String name) {
    return call("get-user", named(name));
  }

  /**
   * The users after one, in order of their names; {@code cursor} in the answer if there are more.
   */
  public Future<JsonObject> listUsers(Optional<String> cursor) {
    JsonObject request = new JsonObject();
    cursor.ifPresent(after -> request.put("cursor", after));
    return call("list-users", request);
  }

  public Future<JsonObject> updateUser(
      String name, Optional<List<String>> roles, Optional<Boolean> disabled) {
    JsonObject request = named(name);
    roles.ifPresent(changed -> request.put("roles", new JsonArray(changed)));
    disabled.ifPresent(changed -> request.put("disabled", changed));
    return call("update-user", request);
  }

  /**
   * Changes a password and ends all sessions.
   *
   * @param present needed by those who change their own
   */
  public Future<JsonObject> changePassword(String name, String password, Optional<String> present) {
    JsonObject request = named(name).put("password", password);
    present.ifPresent(told -> request.put("presentPassword", told));
    return call("change-password", request);
  }

  public Future<JsonObject> deleteUser(String name) {
    return call("delete-user", named(name));
  }

  /** A secret for one-time codes, in force once {@linkplain #confirmCodes confirmed}. */
  public Future<JsonObject> enrolCodes(String name) {
    return call("enrol-codes", named(name));
  }

  /** From now on logins need a code; answers recovery codes. */
  public Future<JsonObject> confirmCodes(String name, String code) {
    return call("confirm-codes", named(name).put("code", code));
  }

  public Future<JsonObject> removeCodes(String name) {
    return call("remove-codes", named(name));
  }

  public Future<JsonObject> listSessions(String name) {
    return call("list-sessions", named(name));
  }

  /** Ends all sessions of a user; yields how many. */
  public Future<Integer> endSessions(String name) {
    return call("end-sessions", named(name)).map(json -> json.getInteger("ended"));
  }

  public Future<JsonObject> endSession(String name, String id) {
    return call("end-session", named(name).put("id", id));
  }

  /**
   * Makes an API key, which is in the answer this once.
   *
   * @param permissions each as {@code concern:action:name}
   * @param owner the user with whose account it ends; empty for none
   * @param life empty for ever
   */
  public Future<JsonObject> createApiKey(
      String label, List<String> permissions, Optional<String> owner, Optional<Duration> life) {
    JsonObject request =
        new JsonObject().put("label", label).put(PERMISSIONS, new JsonArray(permissions));
    owner.ifPresent(user -> request.put("owner", user));
    life.ifPresent(time -> request.put("lifeMs", time.toMillis()));
    return call("create-api-key", request);
  }

  public Future<JsonObject> listApiKeys() {
    return call("list-api-keys", new JsonObject());
  }

  /** Ends an API key; whether there was one. */
  public Future<Boolean> revokeApiKey(String prefix) {
    return call("revoke-api-key", new JsonObject().put("prefix", prefix))
        .map(json -> json.getBoolean("revoked"));
  }

  public Future<JsonObject> putRole(String name, List<String> permissions) {
    return call("put-role", named(name).put(PERMISSIONS, new JsonArray(permissions)));
  }

  public Future<JsonObject> listRoles() {
    return call("list-roles", new JsonObject());
  }

  public Future<JsonObject> deleteRole(String name) {
    return call("delete-role", named(name));
  }

  public Future<JsonObject> listKeys() {
    return call("list-keys", new JsonObject());
  }

  /** Publishes a new signing key, which signs after {@code auth.keyLeadMs}. */
  public Future<JsonObject> rotateKeys() {
    return call("rotate-keys", new JsonObject());
  }

  /** Takes a stolen signing key back at once, with every token it signed. */
  public Future<JsonObject> withdrawKey(String id) {
    return call("withdraw-key", new JsonObject().put("id", id));
  }

  private static JsonObject named(String name) {
    return new JsonObject().put(NAME, name);
  }

  private Future<JsonObject> call(String action, JsonObject request) {
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader("action", action)
            .addHeader(BusDoor.AUTHORIZATION, credential)
            .setSendTimeout(WAY_MS);
    return vertx
        .eventBus()
        .<JsonObject>request(AuthApi.ADDRESS, request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
