package io.vertebra.lock;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KvEntry;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What stands in the keys of a lock: JSON, the owner first, so that a condition can ask for it.
 * What is as usual is left out. The token of a holding is the revision that wrote it, until it is
 * written again; from then on it is told.
 */
final class LockValues {
  private LockValues() {}

  /**
   * A holding as stored.
   *
   * @param key the holder's
   * @param lease with which it ends
   * @param modified revision of the last write
   * @param ticket the place that it was granted to; 0 for none
   */
  record Stored(Holding holding, Bytes key, long lease, long modified, long ticket) {
    Stored with(Holding changed) {
      return new Stored(changed, key, lease, modified, ticket);
    }
  }

  /** A holding as it is granted: without a token, which the store makes. */
  static Bytes granted(LockQueue.Place place, Instant since) {
    JsonObject json = common(place.owner(), place.terms(), place.lease());
    json.put("since", since.toEpochMilli());
    if (place.number() != 0) {
      json.put("ticket", place.number());
    }
    return bytes(place.data().isEmpty() ? json : json.put("data", place.data()));
  }

  /** A holding as it is written again. */
  static Bytes rewritten(Stored stored) {
    Holding holding = stored.holding();
    JsonObject json = common(holding.owner(), holding.terms(), holding.lease());
    json.put("since", holding.since().toEpochMilli()).put("token", holding.token());
    if (holding.holds() > 1) {
      json.put("holds", holding.holds());
    }
    if (stored.ticket() != 0) {
      json.put("ticket", stored.ticket());
    }
    return bytes(holding.data().isEmpty() ? json : json.put("data", holding.data()));
  }

  static Stored stored(KvEntry entry) {
    JsonObject json = json(entry);
    Holding holding =
        new Holding(
            LockKeys.parse(entry.key()).name(),
            json.getString("owner"),
            terms(json),
            json.getLong("token", entry.modRevision()),
            Duration.ofMillis(json.getLong("leaseMs")),
            json.getInteger("holds", 1),
            json.getString("data", ""),
            Instant.ofEpochMilli(json.getLong("since")));
    return new Stored(
        holding, entry.key(), entry.lease(), entry.modRevision(), json.getLong("ticket", 0L));
  }

  /**
   * One who waits.
   *
   * @param id by which its node knows it
   */
  static Bytes waiting(AcquireLock request, String node, String id) {
    JsonObject json = common(request.owner(), request.terms(), request.lease());
    json.put("node", node).put("id", id);
    return bytes(request.data().isEmpty() ? json : json.put("data", request.data()));
  }

  static LockQueue.Place place(KvEntry entry) {
    JsonObject json = json(entry);
    return new LockQueue.Place(
        LockKeys.parse(entry.key()).number(),
        json.getString("owner"),
        terms(json),
        Duration.ofMillis(json.getLong("leaseMs")),
        json.getString("data", ""),
        json.getString("node"),
        json.getString("id"));
  }

  /** That the value of a key is of an owner. */
  static List<Compare> isOf(Bytes key, String owner) {
    String encoded = new JsonObject().put("owner", owner).encode();
    Bytes begin = Bytes.utf8(encoded.substring(0, encoded.length() - 1) + ",");
    return List.of(
        Compare.value(key, Compare.Relation.GREATER, begin),
        Compare.value(key, Compare.Relation.LESS, begin.prefixEnd()));
  }

  private static JsonObject common(String owner, Terms terms, Duration lease) {
    JsonObject json = new JsonObject().put("owner", owner).put("leaseMs", lease.toMillis());
    if (terms.mode() == LockMode.SHARED) {
      json.put("mode", "shared");
    } else if (terms.mode() == LockMode.PERMITS) {
      json.put("mode", "permits").put("permits", terms.permits()).put("capacity", terms.capacity());
    }
    return json;
  }

  private static Terms terms(JsonObject json) {
    LockMode mode = LockMode.valueOf(json.getString("mode", "exclusive").toUpperCase(Locale.ROOT));
    return new Terms(mode, json.getInteger("permits", 1), json.getInteger("capacity", 1));
  }

  private static JsonObject json(KvEntry entry) {
    return new JsonObject(new String(entry.value().unsafeArray(), StandardCharsets.UTF_8));
  }

  private static Bytes bytes(JsonObject json) {
    return Bytes.utf8(json.encode());
  }
}
