package io.vertebra.auth;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.UNAUTHENTICATED;

import io.vertebra.api.Failure;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Logins and their tokens. Each refresh token is good once; used again soon it gives the same
 * successor, and later it ends the login, for then it was stolen.
 */
final class SessionService {
  private static final int MAX_PER_USER = 100;
  private static final String SECRET_KEY = "secretKey";
  private static final String CLIENT = "vertebra";

  private final AuthStore store;
  private final KeyService keys;
  private final SecretKeys secrets;
  private final AuthOptions options;
  private final Clock clock;

  SessionService(
      AuthStore store, KeyService keys, SecretKeys secrets, AuthOptions options, Clock clock) {
    this.store = store;
    this.keys = keys;
    this.secrets = secrets;
    this.options = options;
    this.clock = clock;
  }

  private static DocumentId id(String session) {
    return new DocumentId(Kind.SESSION, session);
  }

  private static DocumentId ofUser(String user, String session) {
    return new DocumentId(Kind.USER_SESSION, user + "/" + session);
  }

  static DocumentId revocation(String what, String name) {
    return new DocumentId(Kind.REVOCATION, what + "/" + name);
  }

  /**
   * Opens a session.
   *
   * @param user as it was when its password was checked; the session is not opened if it changed
   *     since
   * @param more what changes with it
   */
  Future<IssuedTokens> open(
      Document user,
      User who,
      List<String> audience,
      Caller caller,
      String device,
      List<Change> more) {
    keys.requireSigner();
    String session = Digests.random(16);
    String salt = Digests.random(16);
    long end = clock.millis() + options.times().refresh().toMillis();
    JsonObject value =
        new JsonObject()
            .put("user", who.name())
            .put("salt", salt)
            .put(SECRET_KEY, secrets.first())
            .put("index", 0L)
            .put("rotatedAtMs", clock.millis())
            .put("createdAtMs", clock.millis())
            .put("address", caller.address())
            .put("audience", new JsonArray(new ArrayList<>(audience)));
    List<Change> changes = new ArrayList<>(more);
    changes.add(user.to(who.toStored()));
    changes.add(Change.create(id(session), value).until(end));
    changes.add(Change.create(ofUser(who.name(), session), new JsonObject()).until(end));
    Document opened = new Document(id(session), value, 0, end);
    return room(who.name())
        .compose(unused -> store.commit(changes, Guard.NONE))
        .compose(
            done ->
                done
                    ? Future.succeededFuture(issue(opened, who, 0, device))
                    : Failure.future(CONFLICT, "the user was changed; try again"));
  }

  /** Ends a session if there are as many as may be. */
  private Future<?> room(String user) {
    return store
        .list(Kind.USER_SESSION, user + "/", user + "/", MAX_PER_USER)
        .compose(
            open ->
                open.size() < MAX_PER_USER
                    ? Future.succeededFuture()
                    : revoke(session(open.get(0)), user));
  }

  private static String session(Document ofUser) {
    String name = ofUser.id().name();
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private IssuedTokens issue(Document session, User user, long index, String device) {
    JsonObject value = session.value();
    RefreshToken refresh =
        RefreshToken.of(
            secrets,
            value.getString(SECRET_KEY),
            session.id().name(),
            value.getString("salt"),
            index);
    JsonObject claims =
        claims(user.name(), session.id().name(), CLIENT)
            .put("aud", value.getJsonArray("audience"))
            .put("roles", new JsonArray(new ArrayList<>(user.roles())))
            .put("auth_time", value.getLong("createdAtMs") / 1000);
    return new IssuedTokens(
        keys.signer().sign(claims), options.times().access(), refresh.toString(), device);
  }

  private JsonObject claims(String subject, String session, String client) {
    Instant now = clock.instant();
    return new JsonObject()
        .put("iss", options.issuer())
        .put("sub", subject)
        .put("iat", now.getEpochSecond())
        .put("exp", now.plus(options.times().access()).getEpochSecond())
        .put("jti", Digests.random(12))
        .put("sid", session)
        .put("client_id", client);
  }

  /** An access token that stands for an API key. */
  IssuedTokens ofApiKey(Principal key) {
    JsonArray audience = new JsonArray().add(options.ownAudience());
    String scope = String.join(" ", key.permissions().stream().map(Permission::toString).toList());
    JsonObject claims = claims(key.name(), "", key.name()).put("aud", audience).put("scope", scope);
    return new IssuedTokens(keys.signer().sign(claims), options.times().access(), "", "");
  }

  /** New tokens for a refresh token; {@code UNAUTHENTICATED} if it is not good any more. */
  Future<IssuedTokens> refresh(String text, String from) {
    keys.requireSigner();
    RefreshToken token = RefreshToken.parse(text).orElse(null);
    return token == null ? refused() : refresh(token, from, AuthStore.MAX_TRIES);
  }

  private Future<IssuedTokens> refresh(RefreshToken token, String from, int tries) {
    return store
        .find(id(token.session()))
        .compose(
            found -> {
              if (found.isEmpty() || !isGenuine(token, found.get())) {
                return refused();
              }
              JsonObject value = found.get().value();
              String user = value.getString("user");
              long next = value.getLong("index");
              if (token.index() == next) {
                return withUser(found.get(), user)
                    .compose(who -> rotate(token, from, found.get(), who, tries));
              }
              boolean again =
                  token.index() == next - 1
                      && clock.millis() - value.getLong("rotatedAtMs")
                          <= options.times().grace().toMillis();
              return again
                  ? withUser(found.get(), user).map(who -> issue(found.get(), who, next, ""))
                  : stolen(token.session(), user, from);
            });
  }

  private boolean isGenuine(RefreshToken token, Document session) {
    JsonObject value = session.value();
    return token.isGenuine(secrets, value.getString(SECRET_KEY), value.getString("salt"))
        && token.index() <= value.getLong("index");
  }

  private Future<IssuedTokens> rotate(
      RefreshToken token, String from, Document session, User user, int tries) {
    JsonObject value = session.value().copy();
    value.put("index", token.index() + 1).put("rotatedAtMs", clock.millis());
    return store
        .commit(List.of(session.to(value)), Guard.NONE)
        .compose(
            done -> {
              if (done) {
                return Future.succeededFuture(issue(session, user, token.index() + 1, ""));
              }
              return tries > 1 ? refresh(token, from, tries - 1) : refused();
            });
  }

  private Future<User> withUser(Document session, String name) {
    return store
        .find(User.id(name))
        .compose(
            found -> {
              boolean may = found.isPresent() && !User.from(found.get()).disabled();
              return may
                  ? Future.succeededFuture(User.from(found.get()))
                  : revoke(session.id().name(), name).compose(ended -> refused());
            });
  }

  private Future<IssuedTokens> stolen(String session, String user, String from) {
    Audit.record("refresh-token-reuse", user, from, session, "session-revoked");
    return revoke(session, user).compose(ended -> refused());
  }

  private static <T> Future<T> refused() {
    return Failure.future(UNAUTHENTICATED, "the refresh token is not good; log in again");
  }

  /** The session and user that a genuine refresh token belongs to; empty fields for none. */
  Future<JsonObject> look(String text) {
    RefreshToken token = RefreshToken.parse(text).orElse(null);
    return token == null
        ? Future.succeededFuture(new JsonObject())
        : store
            .find(id(token.session()))
            .map(
                found ->
                    found.isPresent() && isGenuine(token, found.get())
                        ? found
                            .get()
                            .value()
                            .copy()
                            .put("session", token.session())
                            .put("expiresAtMs", found.get().expiresAtMs())
                            .put("present", token.index() == found.get().value().getLong("index"))
                        : new JsonObject());
  }

  /** The sessions of a user. */
  Future<JsonObject> list(String user) {
    return store
        .list(Kind.USER_SESSION, user + "/", user + "/", MAX_PER_USER)
        .compose(
            all ->
                Future.all(all.stream().map(each -> store.find(id(session(each)))).toList())
                    .map(
                        found -> {
                          JsonArray items = new JsonArray();
                          found.<Optional<Document>>list().stream()
                              .flatMap(Optional::stream)
                              .forEach(session -> items.add(toJson(session)));
                          return new JsonObject().put("items", items);
                        }));
  }

  private static JsonObject toJson(Document session) {
    JsonObject value = session.value();
    return new JsonObject()
        .put("id", session.id().name())
        .put("createdAt", Instant.ofEpochMilli(value.getLong("createdAtMs")).toString())
        .put("refreshedAt", Instant.ofEpochMilli(value.getLong("rotatedAtMs")).toString())
        .put("expiresAt", Instant.ofEpochMilli(session.expiresAtMs()).toString())
        .put("address", value.getString("address"));
  }

  /** Ends a session: its tokens are good no more, on no node. */
  Future<Boolean> revoke(String session, String user) {
    return store.commit(
        List.of(
            Change.remove(id(session)),
            Change.remove(ofUser(user, session)),
            Change.put(revocation("session", session), new JsonObject(), lastTokenEndMs())),
        Guard.NONE);
  }

  /** The same of a session that somebody names; of another user's nothing is ended or written. */
  Future<Boolean> end(String session, String user) {
    return store
        .find(ofUser(user, session))
        .compose(
            found -> found.isPresent() ? revoke(session, user) : Future.succeededFuture(false));
  }

  /** Ends all sessions of a user; yields how many. */
  Future<Integer> revokeAll(String user) {
    return store
        .list(Kind.USER_SESSION, user + "/", user + "/", MAX_PER_USER)
        .compose(
            all ->
                Future.join(all.stream().map(each -> revoke(session(each), user)).toList())
                    .compose(
                        ended ->
                            all.size() < MAX_PER_USER
                                ? Future.succeededFuture(all.size())
                                : revokeAll(user).map(more -> more + all.size())));
  }

  /** Ends one access token. */
  Future<Boolean> revokeToken(String tokenId, Instant expiresAt) {
    long end = expiresAt.plus(options.times().skew()).plus(Duration.ofSeconds(1)).toEpochMilli();
    return store.commit(
        List.of(Change.put(revocation("token", tokenId), new JsonObject(), end)), Guard.NONE);
  }

  private long lastTokenEndMs() {
    return clock
        .instant()
        .plus(options.times().access())
        .plus(options.times().skew())
        .plus(Duration.ofSeconds(1))
        .toEpochMilli();
  }
}
