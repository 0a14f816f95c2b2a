package io.vertebra.session;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A session as stores keep it. It never changes: each change makes another one.
 *
 * @param principal empty for nobody
 * @param endsAtMs when it ends whatever happens, ms since 1970
 * @param revision 1 at first, one more with each change
 * @param done the latest changes that had an idempotency key, the oldest first
 */
record StoredSession(
    String principal,
    long createdAtMs,
    long endsAtMs,
    long idleMs,
    long revision,
    JsonObject attributes,
    List<Done> done) {
  /** More are forgotten. */
  static final int MAX_DONE = 16;

  StoredSession {
    done = List.copyOf(done);
  }

  /**
   * A change that is not done again.
   *
   * @param key hash of its idempotency key
   * @param request hash of what was asked
   * @param revision of the session after it
   */
  record Done(String key, String request, long revision) {}

  boolean isOver(long nowMs) {
    return endsAtMs <= nowMs;
  }

  Optional<Done> done(String key) {
    return done.stream().filter(each -> each.key().equals(key)).findFirst();
  }

  /** The same with other attributes of somebody, which is a change. */
  StoredSession changed(JsonObject to, String whose) {
    return new StoredSession(whose, createdAtMs, endsAtMs, idleMs, revision + 1, to, done);
  }

  /** The same, knowing that it came to be by a request of this key. */
  StoredSession by(String key, String request) {
    List<Done> all = new ArrayList<>(done);
    all.add(new Done(key, request, revision));
    List<Done> latest = all.subList(Math.max(0, all.size() - MAX_DONE), all.size());
    return new StoredSession(
        principal, createdAtMs, endsAtMs, idleMs, revision, attributes, latest);
  }

  Session session(String handle) {
    return new Session(
        handle,
        owner(),
        Instant.ofEpochMilli(createdAtMs),
        Instant.ofEpochMilli(endsAtMs),
        Duration.ofMillis(idleMs),
        revision,
        attributes);
  }

  Optional<String> owner() {
    return principal.isEmpty() ? Optional.empty() : Optional.of(principal);
  }

  String encode() {
    JsonObject json = new JsonObject();
    if (!principal.isEmpty()) {
      json.put("principal", principal);
    }
    json.put("createdAt", createdAtMs)
        .put("endsAt", endsAtMs)
        .put("idleMs", idleMs)
        .put("revision", revision);
    if (!attributes.isEmpty()) {
      json.put("attributes", attributes);
    }
    if (!done.isEmpty()) {
      JsonArray all = new JsonArray();
      done.forEach(
          each ->
              all.add(new JsonArray().add(each.key()).add(each.request()).add(each.revision())));
      json.put("done", all);
    }
    return json.encode();
  }

  static StoredSession decode(String text) {
    JsonObject json = new JsonObject(text);
    List<Done> done = new ArrayList<>();
    JsonArray all = json.getJsonArray("done", new JsonArray());
    for (int i = 0; i < all.size(); i++) {
      JsonArray each = all.getJsonArray(i);
      done.add(new Done(each.getString(0), each.getString(1), each.getLong(2)));
    }
    return new StoredSession(
        json.getString("principal", ""),
        json.getLong("createdAt"),
        json.getLong("endsAt"),
        json.getLong("idleMs"),
        json.getLong("revision"),
        json.getJsonObject("attributes", new JsonObject()),
        done);
  }
}
