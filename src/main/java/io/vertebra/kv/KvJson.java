package io.vertebra.kv;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers as JSON, both ways. Bytes are base64; a key or value that is UTF-8 is told as text: a key
 * instead, a value in addition. Ids are decimal digits as text.
 */
final class KvJson {
  private KvJson() {}

  /** {@code key}, or {@code keyBase64} if it is no text. */
  static JsonObject key(JsonObject json, String name, Bytes key) {
    Optional<String> text = text(key);
    return text.isPresent() ? json.put(name, text.get()) : json.put(name + "Base64", base64(key));
  }

  static Bytes key(JsonObject json, String name) {
    String text = json.getString(name);
    return text == null ? bytes(json.getString(name + "Base64")) : Bytes.utf8(text);
  }

  /** All of an entry but its value. */
  static JsonObject head(KvEntry entry) {
    JsonObject json = key(new JsonObject(), "key", entry.key());
    json.put("createRevision", entry.createRevision())
        .put("modRevision", entry.modRevision())
        .put("version", entry.version());
    return entry.lease() == 0 ? json : json.put("leaseId", Long.toString(entry.lease()));
  }

  static JsonObject entry(KvEntry entry) {
    JsonObject json = head(entry).put("value", base64(entry.value()));
    text(entry.value()).ifPresent(text -> json.put("text", text));
    return json;
  }

  static KvEntry entry(JsonObject json) {
    return new KvEntry(
        key(json, "key"),
        bytes(json.getString("value", "")),
        json.getLong("createRevision", 0L),
        json.getLong("modRevision", 0L),
        json.getLong("version", 0L),
        Long.parseLong(json.getString("leaseId", "0")));
  }

  static JsonArray entries(List<KvEntry> entries, boolean keysOnly) {
    JsonArray items = new JsonArray();
    entries.forEach(entry -> items.add(keysOnly ? head(entry) : entry(entry)));
    return items;
  }

  static JsonObject range(RangeResult result, boolean keysOnly) {
    return new JsonObject()
        .put("items", entries(result.entries(), keysOnly))
        .put("count", result.count())
        .put("more", result.more())
        .put("revision", result.revision());
  }

  static RangeResult range(JsonObject json) {
    return new RangeResult(
        json.getLong("storeRevision", json.getLong("revision")),
        list(json, "items", KvJson::entry),
        json.getBoolean("more"),
        json.getLong("count"));
  }

  static JsonObject txn(TxnResult result, Txn asked) {
    List<Op> steps = result.succeeded() ? asked.then() : asked.otherwise();
    return new JsonObject()
        .put("succeeded", result.succeeded())
        .put("revision", result.revision())
        .put("replayed", result.replayed())
        .put("results", results(result.results(), steps));
  }

  static TxnResult txn(JsonObject json) {
    return new TxnResult(
        json.getLong("revision"),
        json.getBoolean("succeeded"),
        list(json, "results", KvJson::result),
        json.getBoolean("replayed"));
  }

  private static JsonArray results(List<OpResult> results, List<Op> steps) {
    JsonArray array = new JsonArray();
    for (int i = 0; i < results.size(); i++) {
      // A replayed answer need not fit the steps that were sent this time.
      Op step = i < steps.size() ? steps.get(i) : Op.get(Bytes.EMPTY);
      array.add(result(results.get(i), step));
    }
    return array;
  }

  private static JsonObject result(OpResult result, Op step) {
    JsonObject json = new JsonObject();
    if (result instanceof OpResult.Put put) {
      JsonObject written = new JsonObject();
      put.previous().ifPresent(entry -> written.put("previous", entry(entry)));
      json.put("put", written);
    } else if (result instanceof OpResult.Delete delete) {
      json.put("delete", deleted(delete));
    } else if (result instanceof OpResult.Get get) {
      boolean keysOnly = step instanceof Op.Get asked && asked.request().keysOnly();
      json.put("get", range(get.result(), keysOnly));
    } else if (result instanceof OpResult.Add add) {
      json.put("add", new JsonObject().put("number", add.value()));
    } else if (result instanceof OpResult.Append append) {
      json.put("append", key(new JsonObject(), "key", append.key()));
    } else if (result instanceof OpResult.Grant) {
      json.put("grant", new JsonObject());
    } else if (result instanceof OpResult.Revoke revoke) {
      json.put("revoke", new JsonObject().put("ended", revoke.ended()));
    } else if (result instanceof OpResult.Overtake overtake) {
      json.put("overtake", new JsonObject().put("token", overtake.token()));
    } else if (result instanceof OpResult.Choice choice) {
      json.put("txn", choice(choice, step));
    }
    return json;
  }

  static JsonObject deleted(OpResult.Delete delete) {
    JsonObject json = new JsonObject().put("deleted", delete.deleted());
    return delete.previous().isEmpty()
        ? json
        : json.put("previous", entries(delete.previous(), false));
  }

  private static JsonObject choice(OpResult.Choice result, Op step) {
    List<Op> steps = List.of();
    if (step instanceof Op.Choice choice) {
      steps = result.succeeded() ? choice.then() : choice.otherwise();
    }
    return new JsonObject()
        .put("succeeded", result.succeeded())
        .put("results", results(result.results(), steps));
  }

  private static OpResult result(JsonObject json) {
    String kind = json.fieldNames().iterator().next();
    JsonObject value = json.getJsonObject(kind);
    return switch (kind) {
      case "put" -> new OpResult.Put(previous(value));
      case "delete" ->
          new OpResult.Delete(value.getLong("deleted"), list(value, "previous", KvJson::entry));
      case "get" -> new OpResult.Get(range(value));
      case "add" -> new OpResult.Add(value.getLong("number"));
      case "append" -> new OpResult.Append(key(value, "key"));
      case "grant" -> new OpResult.Grant();
      case "revoke" -> new OpResult.Revoke(value.getBoolean("ended"));
      case "overtake" -> new OpResult.Overtake(value.getLong("token"));
      default ->
          new OpResult.Choice(
              value.getBoolean("succeeded"), list(value, "results", KvJson::result));
    };
  }

  private static Optional<KvEntry> previous(JsonObject json) {
    return Optional.ofNullable(json.getJsonObject("previous")).map(KvJson::entry);
  }

  static JsonObject batch(WatchBatch batch) {
    JsonArray events = new JsonArray();
    for (KvEvent event : batch.events()) {
      boolean put = event.type() == KvEvent.Type.PUT;
      JsonObject json =
          new JsonObject()
              .put("type", Fields.word(event.type()))
              .put("entry", put ? entry(event.entry()) : removed(event.entry()));
      event.previous().ifPresent(entry -> json.put("previous", entry(entry)));
      events.add(json);
    }
    return new JsonObject().put("revision", batch.revision()).put("events", events);
  }

  private static JsonObject removed(KvEntry entry) {
    JsonObject json =
        key(new JsonObject(), "key", entry.key()).put("modRevision", entry.modRevision());
    return entry.lease() == 0 ? json : json.put("leaseId", Long.toString(entry.lease()));
  }

  static WatchBatch batch(JsonObject json) {
    return new WatchBatch(json.getLong("revision"), list(json, "events", KvJson::event));
  }

  private static KvEvent event(JsonObject json) {
    boolean put = json.getString("type").equals("put");
    return new KvEvent(
        put ? KvEvent.Type.PUT : KvEvent.Type.DELETE,
        entry(json.getJsonObject("entry")),
        previous(json));
  }

  static JsonObject lease(Lease lease) {
    JsonArray keys = new JsonArray();
    lease.keys().forEach(key -> keys.add(key(new JsonObject(), "key", key)));
    return new JsonObject()
        .put("leaseId", Long.toString(lease.id()))
        .put("ttlMs", lease.ttl().toMillis())
        .put("remainingMs", lease.remaining().toMillis())
        .put("keys", keys)
        .put("storeRevision", lease.revision());
  }

  static Lease lease(JsonObject json) {
    return new Lease(
        Long.parseLong(json.getString("leaseId")),
        Duration.ofMillis(json.getLong("ttlMs")),
        Duration.ofMillis(json.getLong("remainingMs")),
        list(json, "keys", key -> key(key, "key")),
        json.getLong("storeRevision"));
  }

  static JsonObject status(KvStatus status) {
    return new JsonObject()
        .put("clusterId", hex(status.clusterId()))
        .put("memberId", hex(status.memberId()))
        .put("leaderId", hex(status.leaderId()))
        .put("leads", status.isLeader())
        .put("term", status.term())
        .put("storeRevision", status.revision())
        .put("compactedRevision", status.compactedRevision())
        .put("commitIndex", status.commitIndex())
        .put("appliedIndex", status.appliedIndex())
        .put("keys", status.keys())
        .put("bytes", status.bytes());
  }

  /** As ids of members are written elsewhere; zeros for none. */
  private static String hex(long id) {
    return HexFormat.of().toHexDigits(id);
  }

  static KvStatus status(JsonObject json) {
    return new KvStatus(
        Long.parseUnsignedLong(json.getString("clusterId"), 16),
        Long.parseUnsignedLong(json.getString("memberId"), 16),
        Long.parseUnsignedLong(json.getString("leaderId"), 16),
        json.getLong("term"),
        json.getLong("storeRevision"),
        json.getLong("compactedRevision"),
        json.getLong("commitIndex"),
        json.getLong("appliedIndex"),
        json.getLong("keys"),
        json.getLong("bytes"));
  }

  static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.unsafeArray());
  }

  private static Bytes bytes(String base64) {
    return Bytes.wrap(Base64.getDecoder().decode(base64));
  }

  /** Plain ASCII, which is most, needs no decoder. */
  static Optional<String> text(Bytes bytes) {
    byte[] array = bytes.unsafeArray();
    for (byte octet : array) {
      if (octet < 0) {
        return bytes.asText();
      }
    }
    return Optional.of(new String(array, StandardCharsets.ISO_8859_1));
  }

  private static <T> List<T> list(JsonObject json, String name, Function<JsonObject, T> reader) {
    JsonArray array = json.getJsonArray(name, new JsonArray());
    return array.stream().map(item -> reader.apply((JsonObject) item)).toList();
  }
}
