package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A request that is to be done once. What it did is noted beside it in the same transaction, so
 * that the revision of the note is the token, or the number of the place, that it got, unless it
 * was held before. The store's own way is of no use here: it wants the same transaction again, and
 * that of a lock depends on who waits at the time.
 *
 * @param key under which it is noted
 * @param request a digest of it
 */
record Once(Bytes key, String request) {
  /** How long a note is kept. */
  private static final long KEPT_MS = 600_000;

  /** What was done. */
  enum Done {
    GRANTED,
    QUEUED,
    RELEASED
  }

  /**
   * A note.
   *
   * @param revision at which it was done
   * @param holds how often it was held after it
   * @param tokens by name, of what was held before
   */
  record Note(Done done, long revision, int holds, Map<String, Long> tokens) {

    long token(String name) {
      return tokens.getOrDefault(name, revision);
    }
  }

  /** The request, if its guard has an idempotency key. */
  static Optional<Once> of(Guard guard, String action, JsonObject request) {
    if (guard.idempotencyKey().isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes = (action + request.encode()).getBytes(StandardCharsets.UTF_8);
    return Optional.of(
        new Once(
            Bytes.utf8("\0lock-once/" + guard.idempotencyKey()),
            UUID.nameUUIDFromBytes(bytes).toString()));
  }

  /** The steps that note it, on a new lease. */
  List<Op> note(Done done, int holds, Map<String, Long> tokens, long lease) {
    JsonObject json =
        new JsonObject().put("done", done.name()).put("left", holds).put("request", request);
    if (!tokens.isEmpty()) {
      json.put("tokens", new JsonObject(new TreeMap<>(tokens)));
    }
    return List.of(new Op.Grant(lease, KEPT_MS), Op.put(key, Bytes.utf8(json.encode()), lease));
  }

  /** A transaction that writes what was held before again, and notes it, if nobody did. */
  Txn again(Txn write, Holding holding, long lease) {
    List<Compare> compares = new ArrayList<>(write.compares());
    compares.add(Compare.absent(key));
    List<Op> steps = new ArrayList<>(write.then());
    Map<String, Long> token = Map.of(holding.name(), holding.token());
    steps.addAll(note(Done.GRANTED, holding.holds(), token, lease));
    return new Txn(compares, steps, write.otherwise(), write.fence(), write.idempotencyKey());
  }

  /**
   * What was noted.
   *
   * @throws Failure {@code CONFLICT} if another request had the same key
   */
  Note read(KvEntry entry) {
    JsonObject json =
        new JsonObject(new String(entry.value().unsafeArray(), StandardCharsets.UTF_8));
    if (!request.equals(json.getString("request"))) {
      throw new Failure(FailureCode.CONFLICT, "the idempotency key belongs to another request");
    }
    Map<String, Long> tokens = new HashMap<>();
    JsonObject told = json.getJsonObject("tokens", new JsonObject());
    told.fieldNames().forEach(name -> tokens.put(name, told.getLong(name)));
    return new Note(
        Done.valueOf(json.getString("done")), entry.modRevision(), json.getInteger("left"), tokens);
  }
}
