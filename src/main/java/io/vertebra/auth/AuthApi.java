package io.vertebra.auth;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The operations on who may do what: the one place that names them, their paths and their JSON. */
final class AuthApi {
  static final String CONCERN = "auth";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String ROOT = "/api/v1/auth";
  private static final String USER = ROOT + "/users/:name";
  private static final long MAX_KEY_LIFE_MS = 10L * 366 * 86_400_000;

  private final Supplier<AuthParts> parts;

  private AuthApi(Supplier<AuthParts> parts) {
    this.parts = parts;
  }

  static Api of(AuthParts parts) {
    return of(() -> parts);
  }

  /** The same operations, each of which fails so. */
  static Api refusing(Failure failure) {
    return of(
        () -> {
          throw failure;
        });
  }

  private static Api of(Supplier<AuthParts> parts) {
    AuthApi api = new AuthApi(parts);
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            api.login(),
            api.refresh(),
            api.whoami(),
            api.createUser(),
            api.getUser(),
            api.listUsers(),
            api.updateUser(),
            api.changePassword(),
            api.deleteUser(),
            api.enrolCodes(),
            api.confirmCodes(),
            api.removeCodes(),
            api.listSessions(),
            api.endSessions(),
            api.endSession(),
            api.createApiKey(),
            api.listApiKeys(),
            api.revokeApiKey(),
            api.putRole(),
            api.listRoles(),
            api.deleteRole(),
            api.listKeys(),
            api.rotateKeys(),
            api.withdrawKey()));
  }

  /** What an operation is asked with besides its name: who asks, and what it is done under. */
  private record Asked<T>(String name, T value, Caller caller, Guard guard) {}

  /** Secrets are in the answer, so it is not kept for those who would ask again. */
  private static final String NOT_KEPT = "is of no use here: an answer with secrets is not kept";

  private static <T> Function<Fields, Asked<T>> reading(
      String name, Function<Fields, Supplier<T>> reader) {
    return fields -> {
      String named = name.isEmpty() ? "" : fields.text(name, 1, 200).required();
      Supplier<T> value = reader.apply(fields);
      Caller caller = Caller.read(fields);
      Supplier<Guard> guard = Guard.of(fields);
      return fields.build(() -> new Asked<>(named, value.get(), caller, guard.get()));
    };
  }

  private static Supplier<Boolean> nothing(Fields fields) {
    return () -> true;
  }

  private static <T> Asked<T> once(Asked<T> asked) {
    if (!asked.guard().idempotencyKey().isEmpty()) {
      throw Failure.invalid("/idempotencyKey", NOT_KEPT);
    }
    return asked;
  }

  private static <T> Operation<?> operation(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Asked<T>> reader,
      Function<Asked<T>, Future<JsonObject>> handler) {
    return Operation.of(action, method, path, summary, reader, handler);
  }

  /** One whose answer holds secrets. */
  private static <T> Operation<?> secret(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Asked<T>> reader,
      Function<Asked<T>, Future<JsonObject>> handler) {
    return Operation.of(action, method, path, summary, reader, asked -> handler.apply(once(asked)));
  }

  private Operation<?> login() {
    return secret(
        "login",
        POST,
        ROOT + ":login",
        "Logs in; answers an access token and a refresh token.",
        reading("", Login::reading),
        asked -> parts.get().logins().login(asked.value()).map(IssuedTokens::toJson));
  }

  private Operation<?> refresh() {
    return secret(
        "refresh",
        POST,
        ROOT + ":refresh",
        "Gives new tokens for a refresh token, which is good once.",
        reading(
            "",
            fields -> {
              String token = fields.text("refreshToken", 1, 200).secret().required();
              return () -> token;
            }),
        asked ->
            parts
                .get()
                .sessions()
                .refresh(asked.value(), asked.caller().address())
                .map(IssuedTokens::toJson));
  }

  private Operation<?> whoami() {
    return operation(
        "whoami",
        GET,
        ROOT + ":whoami",
        "Shows who calls.",
        reading("", AuthApi::nothing),
        asked ->
            Future.succeededFuture(
                new JsonObject()
                    .put("name", asked.caller().name())
                    .put("kind", asked.caller().kind())));
  }

  private Operation<?> createUser() {
    return operation(
        "create-user",
        PUT,
        USER,
        "Creates a user.",
        reading("name", NewUser::reading),
        asked ->
            parts
                .get()
                .users()
                .create(
                    asked.name(), asked.value().password(), asked.value().roles(), asked.guard()));
  }

  private record NewUser(String password, List<String> roles) {
    static Supplier<NewUser> reading(Fields fields) {
      String password = fields.text("password", 1, 512).secret().required();
      List<String> roles = fields.texts("roles", 50, 100).orElse(List.of());
      return () -> new NewUser(password, roles);
    }
  }

  private Operation<?> getUser() {
    return operation(
        "get-user",
        GET,
        USER,
        "Shows a user.",
        reading("name", AuthApi::nothing),
        asked -> parts.get().users().get(asked.name()));
  }

  private Operation<?> listUsers() {
    return operation(
        "list-users",
        GET,
        ROOT + "/users",
        "Lists users by name.",
        reading(
            "",
            fields -> {
              String cursor =
                  fields.text("cursor", 1, 200).about("The cursor of the part before.").orElse("");
              return () -> cursor;
            }),
        asked -> parts.get().users().list(asked.value()));
  }

  private record UserChange(Optional<List<String>> roles, Optional<Boolean> disabled) {
    static Supplier<UserChange> reading(Fields fields) {
      Optional<List<String>> roles = fields.texts("roles", 50, 100).optional();
      Optional<Boolean> disabled =
          fields.flag("disabled").about("Whether the user may not log in.").optional();
      return () -> new UserChange(roles, disabled);
    }
  }

  private Operation<?> updateUser() {
    return operation(
        "update-user",
        PATCH,
        USER,
        "Changes a user's roles, or whether the user may log in; ends sessions.",
        reading("name", UserChange::reading),
        asked ->
            parts
                .get()
                .users()
                .update(
                    asked.name(), asked.value().roles(), asked.value().disabled(), asked.guard()));
  }

  private record NewPassword(String password, Optional<String> present) {
    static Supplier<NewPassword> reading(Fields fields) {
      String password = fields.text("password", 1, 512).secret().required();
      Optional<String> present =
          fields
              .text("presentPassword", 1, 512)
              .secret()
              .about("Needed by those who change their own.")
              .optional();
      return () -> new NewPassword(password, present);
    }
  }

  private Operation<?> changePassword() {
    return operation(
        "change-password",
        PUT,
        USER + "/password",
        "Changes a user's password; ends sessions.",
        reading("name", NewPassword::reading),
        asked ->
            parts
                .get()
                .users()
                .changePassword(
                    asked.name(),
                    asked.value().password(),
                    asked.value().present(),
                    asked.caller(),
                    asked.guard()));
  }

  private Operation<?> deleteUser() {
    return operation(
        "delete-user",
        DELETE,
        USER,
        "Removes a user with all sessions and API keys.",
        reading("name", AuthApi::nothing),
        asked -> parts.get().users().delete(asked.name(), asked.guard()));
  }

  private Operation<?> enrolCodes() {
    return secret(
        "enrol-codes",
        POST,
        USER + "/totp",
        "Makes a secret for one-time codes, in force once confirmed.",
        reading("name", AuthApi::nothing),
        asked -> parts.get().users().enrol(asked.name(), "Vertebra"));
  }

  private Operation<?> confirmCodes() {
    return secret(
        "confirm-codes",
        POST,
        USER + "/totp:confirm",
        "Shows a one-time code, from when on logins need one; answers recovery codes.",
        reading(
            "name",
            fields -> {
              String code = fields.text("code", 6, 6).secret().required();
              return () -> code;
            }),
        asked -> parts.get().users().confirm(asked.name(), asked.value()));
  }

  private Operation<?> removeCodes() {
    return operation(
        "remove-codes",
        DELETE,
        USER + "/totp",
        "Has a user's logins need no code any more.",
        reading("name", AuthApi::nothing),
        asked -> parts.get().users().removeCodes(asked.name(), asked.guard()));
  }

  private Operation<?> listSessions() {
    return operation(
        "list-sessions",
        GET,
        USER + "/sessions",
        "Lists a user's sessions.",
        reading("name", AuthApi::nothing),
        asked -> parts.get().sessions().list(asked.name()));
  }

  private Operation<?> endSessions() {
    return operation(
        "end-sessions",
        DELETE,
        USER + "/sessions",
        "Ends all sessions of a user, with their tokens on every node.",
        reading("name", AuthApi::nothing),
        asked ->
            parts
                .get()
                .sessions()
                .revokeAll(asked.name())
                .map(ended -> new JsonObject().put("ended", ended)));
  }

  private Operation<?> endSession() {
    return operation(
        "end-session",
        POST,
        USER + "/sessions:end",
        "Ends one session of a user.",
        reading(
            "name",
            fields -> {
              String id = fields.text("id", 22, 22).required();
              return () -> id;
            }),
        asked ->
            parts
                .get()
                .sessions()
                .end(asked.value(), asked.name())
                .map(done -> new JsonObject().put("id", asked.value())));
  }

  private Operation<?> createApiKey() {
    return secret(
        "create-api-key",
        POST,
        ROOT + "/api-keys",
        "Makes an API key, which is shown this once.",
        reading("", AuthApi::newKey),
        asked -> parts.get().apiKeys().create(asked.value()));
  }

  private static Supplier<ApiKeyService.NewKey> newKey(Fields fields) {
    String label = fields.text("label", 1, 200).about("What it is for.").orElse("");
    String owner =
        fields.text("owner", 1, 100).about("The user with whose account it ends.").orElse("");
    List<String> permissions = permissions(fields);
    Optional<Duration> life =
        fields.millis("lifeMs", 1_000, MAX_KEY_LIFE_MS).about("By default for ever.").optional();
    return () ->
        new ApiKeyService.NewKey(
            label, owner, permissions.stream().map(Permission::parse).toList(), life);
  }

  private static List<String> permissions(Fields fields) {
    return fields
        .texts("permissions", 100, 500)
        .about("Each as concern:action:name, where * stands for any.")
        .required();
  }

  private Operation<?> listApiKeys() {
    return operation(
        "list-api-keys",
        GET,
        ROOT + "/api-keys",
        "Lists API keys, without their secrets.",
        reading("", AuthApi::nothing),
        asked -> parts.get().apiKeys().list());
  }

  private Operation<?> revokeApiKey() {
    return operation(
        "revoke-api-key",
        DELETE,
        ROOT + "/api-keys/:prefix",
        "Ends an API key on every node.",
        reading("prefix", AuthApi::nothing),
        asked -> parts.get().apiKeys().revoke(asked.name(), asked.guard()));
  }

  private Operation<?> putRole() {
    return operation(
        "put-role",
        PUT,
        ROOT + "/roles/:name",
        "Says what those of a role may do.",
        reading(
            "name",
            fields -> {
              List<String> permissions = permissions(fields);
              return () -> permissions.stream().map(Permission::parse).toList();
            }),
        asked -> parts.get().roles().put(asked.name(), asked.value(), asked.guard()));
  }

  private Operation<?> listRoles() {
    return operation(
        "list-roles",
        GET,
        ROOT + "/roles",
        "Lists roles.",
        reading("", AuthApi::nothing),
        asked -> Future.succeededFuture(parts.get().roles().list()));
  }

  private Operation<?> deleteRole() {
    return operation(
        "delete-role",
        DELETE,
        ROOT + "/roles/:name",
        "Removes a role.",
        reading("name", AuthApi::nothing),
        asked -> parts.get().roles().delete(asked.name(), asked.guard()));
  }

  private Operation<?> listKeys() {
    return operation(
        "list-keys",
        GET,
        ROOT + "/keys",
        "Lists signing keys.",
        reading("", AuthApi::nothing),
        asked -> Future.succeededFuture(parts.get().keys().list()));
  }

  private Operation<?> rotateKeys() {
    return operation(
        "rotate-keys",
        POST,
        ROOT + "/keys:rotate",
        "Publishes a new signing key, which signs after auth.keyLeadMs.",
        reading("", AuthApi::nothing),
        asked -> parts.get().keys().rotate(asked.guard()));
  }

  private Operation<?> withdrawKey() {
    return operation(
        "withdraw-key",
        DELETE,
        ROOT + "/keys/:id",
        "Takes a stolen signing key back at once, with every token it signed.",
        reading("id", AuthApi::nothing),
        asked -> parts.get().keys().withdraw(asked.name(), asked.guard()));
  }
}
