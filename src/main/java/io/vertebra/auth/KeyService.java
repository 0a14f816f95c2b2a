package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.SigningKey;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that sign tokens. A new one is published for some time before it signs, so that nobody
 * meets a token whose key it cannot have; an old one is published until the last token of it ended.
 */
final class KeyService {
  private final Vertx vertx;
  private final AuthStore store;
  private final LiveView view;
  private final SecretKeys secrets;
  private final Algorithm algorithm;
  private final TokenTimes times;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, SigningKey> opened = new ConcurrentHashMap<>();

  KeyService(
      Vertx vertx,
      AuthStore store,
      LiveView view,
      SecretKeys secrets,
      AuthOptions options,
      Clock clock) {
    this.vertx = vertx;
    this.store = store;
    this.view = view;
    this.secrets = secrets;
    this.algorithm = options.algorithm();
    this.times = options.times();
    this.clock = clock;
  }

  /**
   * Fails with {@code UNAVAILABLE} while there is no key, before anything is changed for nothing.
   */
  void requireSigner() {
    SigningKey unused = signer();
  }

  /** The key for new tokens: the last one whose time has come. */
  SigningKey signer() {
    long now = clock.millis();
    KeyRecord record =
        view.keys().stream()
            .filter(key -> key.signsFromMs() <= now)
            .max(KeyRecord.IN_ORDER)
            .orElseThrow(
                () -> new Failure(FailureCode.UNAVAILABLE, "there is no key yet to sign tokens"));
    return opened.computeIfAbsent(record.publicKey().id(), id -> open(record));
  }

  private SigningKey open(KeyRecord record) {
    return SigningKey.of(
        record.publicKey(), secrets.openText(record.id().toString(), record.sealed()));
  }

  /** The keys that tokens can be verified with (RFC 7517 section 5). */
  JsonObject jwks() {
    JsonArray keys = new JsonArray();
    view.keys().stream()
        .sorted(KeyRecord.IN_ORDER)
        .forEach(key -> keys.add(key.publicKey().toJwk()));
    return new JsonObject().put("keys", keys);
  }

  /** How long the answer of {@link #jwks} may be kept: not so long as to miss a new key. */
  long maxAgeSeconds() {
    return Math.max(1, times.keyLead().dividedBy(2).toSeconds());
  }

  /** Makes the next key. It signs after the lead, or at once if there is none before it. */
  Future<JsonObject> rotate(Guard guard) {
    Optional<KeyRecord> last = view.keys().stream().max(KeyRecord.IN_ORDER);
    long signsFrom =
        last.isPresent() ? clock.millis() + times.keyLead().toMillis() : clock.millis();
    return make(last.map(KeyRecord::number).orElse(0L) + 1, signsFrom, guard);
  }

  private Future<JsonObject> make(long number, long signsFromMs, Guard guard) {
    return vertx
        .executeBlocking(() -> SigningKey.generate(Digests.random(9), algorithm, random), false)
        .compose(
            key -> {
              DocumentId id = KeyRecord.idOf(number);
              String sealed = secrets.sealText(id.toString(), key.encoded());
              KeyRecord record = new KeyRecord(id, number, key.publicKey(), sealed, signsFromMs);
              return store
                  .commit(List.of(Change.create(id, record.toStored())), guard)
                  .compose(
                      made ->
                          made
                              ? Future.succeededFuture(toJson(record))
                              : Failure.future(
                                  FailureCode.CONFLICT, "another node made a key just now"));
            });
  }

  /** Takes a key back at once, as if it were stolen; the next one signs at once. */
  Future<JsonObject> withdraw(String keyId, Guard guard) {
    Optional<KeyRecord> found =
        view.keys().stream().filter(key -> key.publicKey().id().equals(keyId)).findFirst();
    if (found.isEmpty()) {
      return Failure.future(FailureCode.NOT_FOUND, "there is no key " + keyId);
    }
    long next = view.keys().stream().mapToLong(KeyRecord::number).max().orElse(0) + 1;
    return make(next, clock.millis(), Guard.NONE)
        .compose(made -> store.commit(List.of(Change.remove(found.get().id())), guard).map(made));
  }

  JsonObject list() {
    JsonArray items = new JsonArray();
    view.keys().stream().sorted(KeyRecord.IN_ORDER).forEach(key -> items.add(toJson(key)));
    return new JsonObject().put("items", items);
  }

  private static JsonObject toJson(KeyRecord key) {
    return new JsonObject()
        .put("id", key.publicKey().id())
        .put("algorithm", key.publicKey().algorithm().jose())
        .put("signsFrom", Instant.ofEpochMilli(key.signsFromMs()).toString());
  }

  /** Makes a key when none is left or the last one is old, and removes those that are over. */
  Future<?> upkeep() {
    long now = clock.millis();
    List<KeyRecord> keys = new ArrayList<>(view.keys());
    keys.sort(KeyRecord.IN_ORDER);
    if (keys.isEmpty()
        || keys.get(keys.size() - 1).signsFromMs() + times.keyLife().toMillis() <= now) {
      return rotate(Guard.NONE);
    }
    List<Change> over = new ArrayList<>();
    long longest = times.access().plus(times.skew()).plus(times.skew()).toMillis();
    for (int i = 0; i + 1 < keys.size(); i++) {
      if (keys.get(i + 1).signsFromMs() + longest < now) {
        over.add(Change.remove(keys.get(i).id()));
        SigningKey unused = opened.remove(keys.get(i).publicKey().id());
      }
    }
    return over.isEmpty() ? Future.succeededFuture() : store.commit(over, Guard.NONE);
  }
}
