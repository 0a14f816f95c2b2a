package io.vertebra.etcd;

import io.vertebra.kv.KvStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Requests of all kinds with all flags, few keys, and mistakes now and then. */
final class RandomRequests {
  private static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "ab", "ba");
  private static final List<String> ENDS = List.of("", "\0", "b", "c", "cc", "z", "a");
  private static final List<String> RELATIONS = List.of("EQUAL", "GREATER", "LESS", "NOT_EQUAL");

  private final Random random;
  private long revision;
  private long compacted;

  RandomRequests(long seed) {
    this.random = new Random(seed);
  }

  record Request(String path, String body) {}

  /** The next one, given where the store stands. */
  Request next(KvStatus status) {
    revision = status.revision();
    compacted = status.compactedRevision();
    int kind = random.nextInt(100);
    if (kind < 30) {
      return request("/v3/kv/put", put());
    }
    if (kind < 60) {
      return request("/v3/kv/range", rangeAt());
    }
    if (kind < 68) {
      return request("/v3/kv/deleterange", delete());
    }
    if (kind < 90) {
      return request("/v3/kv/txn", txn(0));
    }
    return kind < 92 ? request("/v3/kv/compaction", number("revision", revisionNear())) : lease();
  }

  private static Request request(String path, JsonObject body) {
    return new Request(path, body.encode());
  }

  private Request lease() {
    long id = 1 + random.nextInt(4);
    return switch (random.nextInt(5)) {
      case 0, 1 -> request("/v3/lease/grant", number("TTL", 1000 + id).put("ID", id));
      case 2 -> request("/v3/lease/revoke", number("ID", id));
      case 3 -> request("/v3/lease/keepalive", number("ID", id));
      default -> request("/v3/lease/timetolive", number("ID", id).put("keys", true));
    };
  }

  private JsonObject put() {
    JsonObject put = key().put("value", base64(KEYS.get(random.nextInt(KEYS.size()))));
    if (maybe(4)) {
      put.put("lease", Integer.toString(1 + random.nextInt(4)));
    }
    flag(put, "prev_kv", 2);
    if (maybe(10)) {
      put.put("ignore_lease", true);
    }
    if (maybe(10)) {
      put.put("ignoreValue", true);
      if (maybe(2)) {
        put.remove("value");
      }
    }
    return put;
  }

  private JsonObject delete() {
    JsonObject delete = range();
    flag(delete, "prev_kv", 2);
    return delete;
  }

  private JsonObject range() {
    JsonObject range = key();
    if (maybe(2)) {
      range.put("range_end", base64(ENDS.get(random.nextInt(ENDS.size()))));
    }
    return range;
  }

  private JsonObject rangeAt() {
    JsonObject range = query();
    if (maybe(3)) {
      range.put("revision", revisionNear());
    }
    return range;
  }

  private JsonObject query() {
    JsonObject query = maybe(2) ? range() : range().put("rangeEnd", base64("\0"));
    flag(query, "keys_only", 5);
    flag(query, "countOnly", 8);
    flag(query, "serializable", 5);
    if (maybe(2)) {
      query.put("limit", random.nextInt(5));
    }
    if (maybe(2)) {
      query.put("sort_order", random.nextInt(3));
    }
    if (maybe(3)) {
      query.put(
          "sortTarget", List.of("KEY", "VERSION", "CREATE", "MOD", "VALUE").get(random.nextInt(5)));
    }
    for (String bound : List.of("min_mod_", "max_mod_", "min_create_", "max_create_")) {
      if (maybe(10)) {
        query.put(bound + "revision", revisionNear());
      }
    }
    return query;
  }

  private JsonObject txn(int depth) {
    JsonObject txn = new JsonObject();
    JsonArray compares = new JsonArray();
    for (int i = random.nextInt(3); i > 0; i--) {
      compares.add(compare());
    }
    return txn.put("compare", compares).put("success", steps(depth)).put("failure", steps(depth));
  }

  private JsonObject compare() {
    JsonObject compare = range().put("result", RELATIONS.get(random.nextInt(4)));
    return switch (random.nextInt(5)) {
      case 0 -> compare.put("target", "VERSION").put("version", random.nextInt(4));
      case 1 -> compare.put("target", "CREATE").put("create_revision", revisionNear());
      case 2 -> compare.put("target", 2).put("modRevision", revisionNear());
      case 3 -> compare.put("target", "LEASE").put("lease", random.nextInt(4));
      default ->
          compare
              .put("target", "VALUE")
              .put("value", base64(KEYS.get(random.nextInt(KEYS.size()))));
    };
  }

  private JsonArray steps(int depth) {
    JsonArray steps = new JsonArray();
    for (int i = random.nextInt(4); i > 0; i--) {
      steps.add(step(depth));
    }
    return steps;
  }

  private JsonObject step(int depth) {
    return switch (random.nextInt(depth < 2 ? 8 : 7)) {
      case 0, 1, 2 -> new JsonObject().put("request_put", put());
      case 3, 4, 5 -> new JsonObject().put("requestRange", query());
      case 6 -> new JsonObject().put("request_delete_range", bounded(delete()));
      default -> new JsonObject().put("request_txn", txn(depth + 1));
    };
  }

  /** For removals without an end are looked at more closely here than by etcd. */
  private static JsonObject bounded(JsonObject range) {
    if (base64("\0").equals(range.getString("range_end"))) {
      range.remove("range_end");
    }
    return range;
  }

  private JsonObject key() {
    return new JsonObject().put("key", base64(KEYS.get(random.nextInt(KEYS.size()))));
  }

  /** Mostly one that can be read. */
  private long revisionNear() {
    long first = Math.max(1, compacted - 1);
    return first + random.nextInt((int) (revision + 3 - first));
  }

  private static JsonObject number(String name, long number) {
    return new JsonObject().put(name, Long.toString(number));
  }

  private void flag(JsonObject json, String name, int oneIn) {
    if (maybe(oneIn)) {
      json.put(name, true);
    }
  }

  private boolean maybe(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
