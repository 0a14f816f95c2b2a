package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** API keys, written {@code vtb_<prefix>_<secret>}, of which only a hash is kept. */
final class ApiKeyService {
  static final String PREFIX = "vtb_";
  private static final Pattern FORM = Pattern.compile("vtb_([0-9a-f]{16})_([A-Za-z0-9_-]{43})");
  private static final int PREFIX_BYTES = 8;
  private static final int SECRET_BYTES = 32;

  /** How many keys are looked at in one step, and can be removed in one commit. */
  private static final int PAGE = 50;

  private static final DocumentId BEGUN = new DocumentId(Kind.META, "begun");

  private final AuthStore store;
  private final LiveView view;
  private final int most;
  private final Clock clock;

  /** When keys were used here since that was written last; no more than there are keys. */
  private final Map<String, Long> used = new ConcurrentHashMap<>();

  ApiKeyService(AuthStore store, LiveView view, int most, Clock clock) {
    this.store = store;
    this.view = view;
    this.most = most;
    this.clock = clock;
  }

  /**
   * A key to be made.
   *
   * @param life after which it is good no more; empty for never
   */
  record NewKey(
      String label, String owner, List<Permission> permissions, Optional<Duration> life) {}

  private static DocumentId id(String prefix) {
    return new DocumentId(Kind.API_KEY, prefix);
  }

  private static DocumentId usage(String prefix) {
    return new DocumentId(Kind.META, "api-key-used/" + prefix);
  }

  /** Makes a key, which is told this once. */
  Future<JsonObject> create(NewKey wanted) {
    return create(wanted, List.of())
        .compose(
            made ->
                made.map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            Failure.future(FailureCode.CONFLICT, "the name was taken; try again")));
  }

  /** The administrator's key of a cluster that never had one; empty if it had. */
  Future<Optional<String>> first() {
    NewKey administrator =
        new NewKey("first administrator", "", List.of(Permission.ALL), Optional.empty());
    return store
        .find(BEGUN)
        .compose(
            begun ->
                begun.isPresent()
                    ? Future.succeededFuture(Optional.<JsonObject>empty())
                    : create(administrator, List.of(Change.create(BEGUN, new JsonObject()))))
        .map(made -> made.map(json -> json.getString("key")));
  }

  private Future<Optional<JsonObject>> create(NewKey wanted, List<Change> more) {
    if (view.count(Kind.API_KEY) >= most) {
      return Failure.future(FailureCode.LIMITED, "there are as many API keys as may be");
    }
    String prefix = HexFormat.of().formatHex(Digests.randomBytes(PREFIX_BYTES));
    String key = PREFIX + prefix + "_" + Digests.random(SECRET_BYTES);
    JsonArray permissions = new JsonArray();
    wanted.permissions().forEach(each -> permissions.add(each.toString()));
    JsonObject value =
        new JsonObject()
            .put("hash", Digests.of(key))
            .put("label", wanted.label())
            .put("owner", wanted.owner())
            .put("permissions", permissions)
            .put("createdAtMs", clock.millis());
    long end = wanted.life().map(life -> clock.millis() + life.toMillis()).orElse(0L);
    List<Change> changes = new ArrayList<>(more);
    changes.add(Change.create(id(prefix), value).until(end));
    return store
        .commit(changes, Guard.NONE)
        .map(
            made ->
                made
                    ? Optional.of(toJson(new Document(id(prefix), value, 0, end)).put("key", key))
                    : Optional.empty());
  }

  /** What a key stands for; {@code UNAUTHENTICATED} if it is not good. */
  Credential credential(String key) {
    Matcher matcher = FORM.matcher(key);
    if (!matcher.matches()) {
      throw refused();
    }
    String prefix = matcher.group(1);
    if (!Digests.areEqual(Digests.of(key), present(prefix).value().getString("hash"))) {
      throw refused();
    }
    Long unused = used.put(prefix, clock.millis());
    return () -> principal(prefix);
  }

  private Document present(String prefix) {
    return find(view, prefix, clock.millis()).orElseThrow(ApiKeyService::refused);
  }

  /** A key that is good: there, not over, and of nobody who is out. */
  static Optional<Document> find(LiveView view, String prefix, long nowMs) {
    return view.find(Kind.API_KEY, prefix, nowMs)
        .filter(key -> !isOut(view, key.value().getString("owner", ""), nowMs));
  }

  private static boolean isOut(LiveView view, String owner, long nowMs) {
    return !owner.isEmpty() && view.find(Kind.REVOCATION, "owner/" + owner, nowMs).isPresent();
  }

  private Principal principal(String prefix) {
    JsonObject value = present(prefix).value();
    Set<Permission> permissions = new LinkedHashSet<>();
    User.texts(value, "permissions").forEach(each -> permissions.add(Permission.parse(each)));
    return new Principal(Principal.Kind.API_KEY, prefix, permissions, "");
  }

  private static Failure refused() {
    return new Failure(FailureCode.UNAUTHENTICATED, "the API key is not good");
  }

  /** Ends a key; whether there was one. */
  Future<JsonObject> revoke(String prefix, Guard guard) {
    return store
        .find(id(prefix))
        .compose(
            found ->
                store
                    .commit(List.of(Change.remove(id(prefix)), Change.remove(usage(prefix))), guard)
                    .map(done -> new JsonObject().put("revoked", found.isPresent())));
  }

  /**
   * Removes the keys that a former user left, as long as the mark is there by which none of them is
   * good and nobody has the name. Whatever breaks it off, it can be done again.
   *
   * @return the mark as it is then
   */
  Future<Optional<Document>> removeOf(String owner) {
    return removeOf(owner, "");
  }

  private Future<Optional<Document>> removeOf(String owner, String after) {
    return store
        .find(SessionService.revocation("owner", owner))
        .compose(
            mark ->
                mark.isEmpty()
                    ? Future.succeededFuture(mark)
                    : store
                        .find(User.id(owner))
                        .compose(
                            user ->
                                user.isPresent()
                                    ? Future.succeededFuture(mark)
                                    : removeOf(owner, after, mark.get())));
  }

  private Future<Optional<Document>> removeOf(String owner, String after, Document mark) {
    return store
        .list(Kind.API_KEY, "", after, PAGE)
        .compose(
            keys -> {
              if (keys.isEmpty()) {
                return Future.succeededFuture(Optional.of(mark));
              }
              String last = keys.get(keys.size() - 1).id().name();
              return remove(owner, keys, mark)
                  .compose(done -> removeOf(owner, done ? last : after));
            });
  }

  /** Whether the mark was as it had been. */
  private Future<Boolean> remove(String owner, List<Document> keys, Document mark) {
    List<Change> changes = new ArrayList<>();
    for (Document key : keys) {
      if (key.value().getString("owner", "").equals(owner)) {
        changes.add(Change.remove(key.id()));
        changes.add(Change.remove(usage(key.id().name())));
      }
    }
    if (changes.isEmpty()) {
      return Future.succeededFuture(true);
    }
    changes.add(mark.to(mark.value()));
    return store.commit(changes, Guard.NONE);
  }

  Future<JsonObject> list() {
    return store
        .list(Kind.META, "api-key-used/", "api-key-used/", most)
        .map(
            usages -> {
              Map<String, Long> times = new ConcurrentHashMap<>();
              usages.forEach(
                  each -> {
                    Long unused = times.put(each.id().name(), each.value().getLong("atMs"));
                  });
              JsonArray items = new JsonArray();
              for (Document key : view.all(Kind.API_KEY)) {
                if (!key.isExpired(clock.millis())) {
                  JsonObject json = toJson(key);
                  Long at = times.get(usage(key.id().name()).name());
                  items.add(
                      at == null ? json : json.put("usedAt", Instant.ofEpochMilli(at).toString()));
                }
              }
              return new JsonObject().put("items", items);
            });
  }

  private static JsonObject toJson(Document key) {
    JsonObject value = key.value();
    JsonObject json =
        new JsonObject()
            .put("prefix", key.id().name())
            .put("label", value.getString("label"))
            .put("owner", value.getString("owner"))
            .put("permissions", value.getJsonArray("permissions"))
            .put("createdAt", Instant.ofEpochMilli(value.getLong("createdAtMs")).toString());
    return key.expiresAtMs() == 0
        ? json
        : json.put("expiresAt", Instant.ofEpochMilli(key.expiresAtMs()).toString());
  }

  /** Writes when keys were used here. */
  Future<?> flush() {
    List<Future<Boolean>> written = new ArrayList<>();
    for (String prefix : List.copyOf(used.keySet())) {
      Long at = used.remove(prefix);
      if (at != null && view.find(Kind.API_KEY, prefix, clock.millis()).isPresent()) {
        Change change = Change.put(usage(prefix), new JsonObject().put("atMs", at), 0);
        written.add(store.commit(List.of(change), Guard.NONE));
      }
    }
    return Future.join(written);
  }
}
