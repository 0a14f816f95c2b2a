package io.vertebra.kv;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Requests as the JSON that {@link KvApi} reads. */
final class KvRequestJson {
  private KvRequestJson() {}

  static JsonObject range(RangeRequest request) {
    JsonObject json = read(range(new JsonObject(), request.range()), request);
    int limit = request.limit() == 0 ? RangeFields.MAX_LIMIT : request.limit();
    return json.put("limit", Math.min(limit, RangeFields.MAX_LIMIT));
  }

  private static JsonObject read(JsonObject json, RangeRequest request) {
    return json.put("revision", request.revision())
        .put("keysOnly", request.keysOnly())
        .put("count", request.countTotal())
        .put("countOnly", request.countOnly())
        .put("serializable", request.serializable());
  }

  /** As its bounds, which every range has. */
  private static JsonObject range(JsonObject json, KeyRange range) {
    JsonObject begun = KvJson.key(json, "from", range.from());
    return range.hasEnd() ? KvJson.key(begun, "to", range.to()) : begun;
  }

  /** As its key, if it is of one, since the bounds of that may be too long. */
  private static JsonObject keys(JsonObject json, KeyRange range) {
    return range.isOne() ? KvJson.key(json, "key", range.from()) : range(json, range);
  }

  static JsonObject watch(WatchRequest request, long from, long waitMs) {
    return keys(new JsonObject(), request.range())
        .put("fromRevision", from)
        .put("previous", request.previous())
        .put("waitMs", waitMs);
  }

  static JsonObject txn(Txn txn) {
    JsonObject json = choice(txn.compares(), txn.then(), txn.otherwise());
    txn.fence().ifPresent(fence -> json.put(BusDoor.FENCE, fence.lock() + "@" + fence.token()));
    return txn.idempotencyKey().isEmpty()
        ? json
        : json.put(BusDoor.IDEMPOTENCY_KEY, txn.idempotencyKey());
  }

  private static JsonObject choice(List<Compare> compares, List<Op> then, List<Op> otherwise) {
    JsonArray conditions = new JsonArray();
    compares.forEach(compare -> conditions.add(compare(compare)));
    return new JsonObject()
        .put("compare", conditions)
        .put("then", steps(then))
        .put("otherwise", steps(otherwise));
  }

  private static JsonObject compare(Compare compare) {
    JsonObject json =
        keys(new JsonObject(), compare.range())
            .put("target", Fields.word(compare.target()))
            .put("is", Fields.word(compare.relation()));
    return compare.target() == Compare.Target.VALUE
        ? json.put("value", KvJson.base64(compare.value()))
        : json.put("number", Long.toString(compare.number()));
  }

  private static JsonArray steps(List<Op> ops) {
    JsonArray steps = new JsonArray();
    ops.forEach(op -> steps.add(step(op)));
    return steps;
  }

  private static JsonObject step(Op op) {
    JsonObject json = new JsonObject();
    if (op instanceof Op.Put put) {
      json.put("put", put(put));
    } else if (op instanceof Op.Delete delete) {
      JsonObject range = keys(new JsonObject(), delete.range());
      json.put("delete", range.put("previous", delete.previous()));
    } else if (op instanceof Op.Get get) {
      RangeRequest request = get.request();
      JsonObject range = read(keys(new JsonObject(), request.range()), request);
      json.put("get", range.put("limit", Math.min(request.limit(), RangeFields.MAX_LIMIT)));
    } else if (op instanceof Op.Overtake overtake) {
      json.put(
          "overtake",
          new JsonObject()
              .put("lock", overtake.lock())
              .put("leaseId", Long.toString(overtake.lease())));
    } else if (op instanceof Op.Add add) {
      json.put("add", add(add));
    } else if (op instanceof Op.Append append) {
      json.put("append", append(append));
    } else if (op instanceof Op.Grant grant) {
      json.put(
          "grant",
          new JsonObject().put("leaseId", Long.toString(grant.id())).put("ttlMs", grant.ttlMs()));
    } else if (op instanceof Op.Revoke revoke) {
      json.put("revoke", new JsonObject().put("leaseId", Long.toString(revoke.id())));
    } else if (op instanceof Op.Choice choice) {
      json.put("txn", choice(choice.compares(), choice.then(), choice.otherwise()));
    }
    return json;
  }

  private static JsonObject add(Op.Add add) {
    return KvJson.key(new JsonObject(), "key", add.key())
        .put("step", add.step())
        .put("floor", add.floor())
        .put("ceiling", add.ceiling());
  }

  private static JsonObject append(Op.Append append) {
    return KvJson.key(new JsonObject(), "prefix", append.prefix())
        .put("leaseId", Long.toString(append.lease()))
        .put("value", KvJson.base64(append.value()));
  }

  private static JsonObject put(Op.Put put) {
    JsonObject json =
        KvJson.key(new JsonObject(), "key", put.key())
            .put("leaseId", Long.toString(put.lease()))
            .put("previous", put.previous())
            .put("keepValue", put.keepValue())
            .put("keepLease", put.keepLease());
    return put.keepValue() ? json : json.put("value", KvJson.base64(put.value()));
  }
}
