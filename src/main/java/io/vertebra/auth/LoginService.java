package io.vertebra.auth;

import static io.vertebra.api.FailureCode.UNAUTHENTICATED;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.password.PasswordRules;
import io.vertebra.auth.password.PasswordService;
import io.vertebra.auth.token.Base64Url;
import io.vertebra.crypto.SecretKeys;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Logins by password and, where the user has one, a second factor. */
final class LoginService {
  private static final String DEVICE = "device";

  /** What mostly comes of a login, counted from the start. */
  private static final List<String> RESULTS =
      List.of("ok", UNAUTHENTICATED.label(), FailureCode.LIMITED.label());

  private final AuthStore store;
  private final PasswordService passwords;
  private final LockoutService lockout;
  private final SessionService sessions;
  private final SecretKeys secrets;
  private final AuthOptions options;
  private final Clock clock;
  private final MeterRegistry meters;

  LoginService(
      AuthStore store,
      PasswordService passwords,
      LockoutService lockout,
      SessionService sessions,
      SecretKeys secrets,
      AuthOptions options,
      Clock clock,
      MeterRegistry meters) {
    this.store = store;
    this.passwords = passwords;
    this.lockout = lockout;
    this.sessions = sessions;
    this.secrets = secrets;
    this.options = options;
    this.clock = clock;
    this.meters = meters;
    for (String result : RESULTS) {
      logins(result).increment(0);
    }
  }

  /**
   * Logs in. For a user who is not there everything is done as for one who is.
   *
   * @return {@code UNAUTHENTICATED} if name, password or code is wrong, {@code LIMITED} if there
   *     were too many attempts
   */
  Future<IssuedTokens> login(Login login) {
    return Future.succeededFuture(login)
        .compose(this::attempt)
        .onComplete(done -> count(done.cause()));
  }

  private void count(@Nullable Throwable cause) {
    String result = cause == null ? "ok" : Failure.of(cause).code().label();
    logins(result).increment();
  }

  private Counter logins(String result) {
    return Counter.builder("vertebra.auth.logins")
        .description("Logins by what came of them")
        .tag("result", result)
        .register(meters);
  }

  private Future<IssuedTokens> attempt(Login login) {
    List<String> audience =
        login.audience().isEmpty() ? List.of(options.ownAudience()) : login.audience();
    if (!options.audiences().containsAll(audience)) {
      return Future.failedFuture(Failure.invalid("/audience", "must be of auth.audiences"));
    }
    String device = knownDevice(login.name(), login.device());
    return lockout
        .enter(login.name(), login.caller().address(), device)
        .compose(
            entered ->
                store
                    .find(User.id(login.name()))
                    .compose(found -> attempt(login, entered, found, device, audience)));
  }

  private Future<IssuedTokens> attempt(
      Login login,
      LockoutService.Attempt entered,
      Optional<Document> found,
      String device,
      List<String> audience) {
    return passwords
        .verify(login.password(), found.map(each -> User.from(each).hash()))
        .compose(right -> right ? enter(login, entered, found, device, audience) : wrong());
  }

  private static <T> Future<T> wrong() {
    return Failure.future(UNAUTHENTICATED, "name, password or code is wrong");
  }

  private Future<IssuedTokens> enter(
      Login login,
      LockoutService.Attempt entered,
      Optional<Document> found,
      String device,
      List<String> audience) {
    Document document = found.orElseThrow();
    User user = User.from(document);
    if (user.disabled()) {
      return wrong();
    }
    if (user.needsCode() && login.code().isEmpty()) {
      return lockout
          .takeBack(entered)
          .compose(back -> Failure.future(UNAUTHENTICATED, "a one-time code is needed as well"));
    }
    Optional<User> proven = user.needsCode() ? used(user, login.code()) : Optional.of(user);
    if (proven.isEmpty()) {
      return wrong();
    }
    return lockout
        .takeBack(entered)
        .compose(back -> rehashed(proven.get(), login.password()))
        .compose(
            kept ->
                sessions.open(
                    document,
                    kept,
                    audience,
                    login.caller(),
                    device.isEmpty() ? device(login.name(), Digests.random(16)) : login.device(),
                    forgiven(login, device)));
  }

  private List<Change> forgiven(Login login, String device) {
    List<Change> changes = new ArrayList<>();
    changes.add(lockout.forgiven(login.name(), login.caller().address(), device));
    return changes;
  }

  /** The user after a code was used; empty if the code is wrong or was used before. */
  private Optional<User> used(User user, String code) {
    String recovery = Digests.of(code.toUpperCase(Locale.ROOT).replace("-", ""));
    if (user.recovery().contains(recovery)) {
      return Optional.of(
          user.withRecovery(
              user.recovery().stream().filter(each -> !each.equals(recovery)).toList()));
    }
    User.SecondFactor factor = user.totp().orElseThrow();
    byte[] secret = secrets.openText("totp " + user.name(), factor.sealed());
    OptionalLong step = Totp.match(secret, code, clock.instant(), factor.lastStep());
    return step.isEmpty()
        ? Optional.empty()
        : Optional.of(
            user.withFactor(
                Optional.of(new User.SecondFactor(factor.sealed(), true, step.getAsLong()))));
  }

  /** The user with a hash of the present cost. */
  private Future<User> rehashed(User user, String password) {
    return passwords.isOld(user.hash())
        ? passwords
            .hash(PasswordRules.normalised(password))
            .map(hash -> user.withHash(hash.toString()))
        : Future.succeededFuture(user);
  }

  /** What a device is told, by which it is known at the next login to this account. */
  private String device(String account, String id) {
    String key = secrets.first();
    return id + "." + key + "." + Base64Url.encode(secrets.mac(key, DEVICE, id + " " + account));
  }

  /** The id of a device that is known; empty if it is not. */
  private String knownDevice(String account, String told) {
    String[] parts = told.split("\\.", -1);
    if (parts.length != 3) {
      return "";
    }
    try {
      String code = Base64Url.encode(secrets.mac(parts[1], DEVICE, parts[0] + " " + account));
      return Digests.areEqual(code, parts[2]) ? parts[0] : "";
    } catch (Failure keyIsGone) {
      return "";
    }
  }
}
