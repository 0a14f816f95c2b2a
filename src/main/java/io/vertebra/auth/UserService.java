package io.vertebra.auth;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.FORBIDDEN;
import static io.vertebra.api.FailureCode.UNAUTHENTICATED;

import io.vertebra.api.Failure;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.auth.password.PasswordRules;
import io.vertebra.auth.password.PasswordService;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Users and what they prove themselves with. */
final class UserService {
  private static final int RECOVERY_CODES = 10;
  private static final int RECOVERY_BYTES = 10;
  private static final int PAGE = 100;

  private final AuthStore store;
  private final PasswordService passwords;
  private final PasswordRules rules;
  private final SessionService sessions;
  private final ApiKeyService apiKeys;
  private final LockoutService lockout;
  private final SecretKeys secrets;
  private final Clock clock;

  UserService(
      AuthStore store,
      PasswordService passwords,
      PasswordRules rules,
      SessionService sessions,
      ApiKeyService apiKeys,
      LockoutService lockout,
      SecretKeys secrets,
      Clock clock) {
    this.store = store;
    this.passwords = passwords;
    this.rules = rules;
    this.sessions = sessions;
    this.apiKeys = apiKeys;
    this.lockout = lockout;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** {@code CONFLICT} if the name is taken. */
  Future<JsonObject> create(String name, String password, List<String> roles, Guard guard) {
    String accepted = rules.accept("/password", password, name);
    return passwords
        .hash(accepted)
        .map(hash -> new User(name, hash.toString(), roles, false, Optional.empty(), List.of()))
        .compose(
            user ->
                cleared(name)
                    .compose(
                        mark ->
                            store.commit(
                                List.of(Change.create(User.id(name), user.toStored()), mark),
                                guard))
                    .compose(
                        made ->
                            made
                                ? Future.succeededFuture(user.toJson())
                                : Failure.future(
                                    CONFLICT, "there is a user " + name + " or just was")));
  }

  /**
   * Ends what a former user of the name left, where a removal was broken off.
   *
   * @return takes the mark of the removal away; to be made with the new user
   */
  private Future<Change> cleared(String name) {
    return apiKeys
        .removeOf(name)
        .compose(
            mark ->
                mark.isEmpty()
                    ? Future.succeededFuture(
                        Change.absent(SessionService.revocation("owner", name)))
                    : sessions.revokeAll(name).map(ended -> mark.get().removed()));
  }

  Future<JsonObject> get(String name) {
    return change(name, Guard.NONE, user -> Optional.empty());
  }

  /** The users after a name, in order. */
  Future<JsonObject> list(String after) {
    return store
        .list(Kind.USER, "", after, PAGE)
        .map(
            found -> {
              JsonArray items = new JsonArray();
              found.forEach(each -> items.add(User.from(each).toJson()));
              JsonObject page = new JsonObject().put("items", items);
              return found.size() < PAGE
                  ? page
                  : page.put("cursor", found.get(found.size() - 1).id().name());
            });
  }

  /** Changes roles, or whether the user may log in; whoever may not is out at once. */
  Future<JsonObject> update(
      String name, Optional<List<String>> roles, Optional<Boolean> disabled, Guard guard) {
    return store
        .update(
            User.id(name),
            guard,
            found -> {
              User user = User.from(found);
              User changed =
                  user.with(roles.orElse(user.roles()), disabled.orElse(user.disabled()));
              List<Change> changes =
                  List.of(found.to(changed.toStored()), owner(name, changed.disabled()));
              return new AuthStore.Plan<>(changes, changed.toJson());
            })
        .compose(
            done ->
                done.getBoolean("disabled") || roles.isPresent()
                    ? sessions.revokeAll(name).map(done)
                    : Future.succeededFuture(done));
  }

  /** Says whether API keys of an owner are good. */
  private static Change owner(String name, boolean isOut) {
    DocumentId id = SessionService.revocation("owner", name);
    return isOut ? Change.put(id, new JsonObject(), 0) : Change.remove(id);
  }

  /**
   * Changes a password and ends all sessions.
   *
   * @param present the password before, which whoever changes their own must know
   */
  Future<JsonObject> changePassword(
      String name, String password, Optional<String> present, Caller caller, Guard guard) {
    boolean own = caller.kind().equals("user") && caller.name().equals(name);
    if (own && present.isEmpty()) {
      return Failure.future(
          FORBIDDEN, "whoever changes their own password must tell the present one");
    }
    String accepted = rules.accept("/password", password, name);
    return checked(name, present, caller)
        .compose(right -> passwords.hash(accepted))
        .compose(hash -> change(name, guard, user -> Optional.of(user.withHash(hash.toString()))))
        .compose(done -> sessions.revokeAll(name).map(done));
  }

  private Future<Void> checked(String name, Optional<String> present, Caller caller) {
    if (present.isEmpty()) {
      return Future.succeededFuture();
    }
    return lockout
        .enter(name, caller.address(), "")
        .compose(
            entered ->
                isRight(name, present.get())
                    .compose(
                        right ->
                            right
                                ? store
                                    .commit(
                                        List.of(lockout.forgiven(name, caller.address(), "")),
                                        Guard.NONE)
                                    .compose(done -> lockout.takeBack(entered))
                                : Failure.future(
                                    UNAUTHENTICATED, "the present password is wrong")));
  }

  private Future<Boolean> isRight(String name, String password) {
    return store
        .find(User.id(name))
        .compose(found -> passwords.verify(password, found.map(each -> User.from(each).hash())));
  }

  /**
   * Removes a user with API keys and sessions. A mark stays, so that no key is good that is made or
   * left meanwhile; whoever gets the name next takes it away.
   */
  Future<JsonObject> delete(String name, Guard guard) {
    return store
        .commit(List.of(Change.remove(User.id(name)), owner(name, true)), guard)
        .compose(done -> sessions.revokeAll(name))
        .compose(ended -> apiKeys.removeOf(name).map(ended))
        .map(ended -> new JsonObject().put("name", name).put("sessionsEnded", ended));
  }

  /** A new secret for one-time codes, which are needed once one of it was shown. */
  Future<JsonObject> enrol(String name, String issuer) {
    byte[] secret = Digests.randomBytes(Totp.SECRET_BYTES);
    String sealed = secrets.sealText("totp " + name, secret);
    String text = Totp.base32(secret);
    return store.update(
        User.id(name),
        Guard.NONE,
        found -> {
          User user = User.from(found);
          if (user.needsCode()) {
            throw new Failure(CONFLICT, name + " has one-time codes; remove them first");
          }
          User changed = user.withFactor(Optional.of(new User.SecondFactor(sealed, false, 0)));
          JsonObject told =
              new JsonObject()
                  .put("secret", text)
                  .put(
                      "uri",
                      "otpauth://totp/"
                          + issuer
                          + ":"
                          + name
                          + "?secret="
                          + text
                          + "&issuer="
                          + issuer);
          return new AuthStore.Plan<>(List.of(found.to(changed.toStored())), told);
        });
  }

  /** Shows that the codes arrived; from now on a login needs one. Yields recovery codes. */
  Future<JsonObject> confirm(String name, String code) {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < RECOVERY_CODES; i++) {
      codes.add(Totp.base32(Digests.randomBytes(RECOVERY_BYTES)));
    }
    List<String> hashes = codes.stream().map(Digests::of).toList();
    return store.update(
        User.id(name),
        Guard.NONE,
        found -> {
          User user = User.from(found);
          User.SecondFactor factor =
              user.totp()
                  .orElseThrow(() -> new Failure(CONFLICT, name + " has not begun to use codes"));
          byte[] secret = secrets.openText("totp " + name, factor.sealed());
          OptionalLong step = Totp.match(secret, code, clock.instant(), factor.lastStep());
          if (step.isEmpty()) {
            throw Failure.invalid("/code", "is wrong or was used");
          }
          User changed =
              user.withFactor(
                      Optional.of(new User.SecondFactor(factor.sealed(), true, step.getAsLong())))
                  .withRecovery(hashes);
          JsonObject told = new JsonObject().put("recoveryCodes", new JsonArray(codes));
          return new AuthStore.Plan<>(List.of(found.to(changed.toStored())), told);
        });
  }

  /** Has logins need no code any more. */
  Future<JsonObject> removeCodes(String name, Guard guard) {
    return change(
        name,
        guard,
        user -> Optional.of(user.withFactor(Optional.empty()).withRecovery(List.of())));
  }

  private Future<JsonObject> change(
      String name, Guard guard, Function<User, Optional<User>> change) {
    return store.update(
        User.id(name),
        guard,
        found -> {
          User user = User.from(found);
          Optional<User> changed = change.apply(user);
          List<Change> changes =
              changed.map(each -> List.of(found.to(each.toStored()))).orElse(List.of());
          return new AuthStore.Plan<>(changes, changed.orElse(user).toJson());
        });
  }
}
