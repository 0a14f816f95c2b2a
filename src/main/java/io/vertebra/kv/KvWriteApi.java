package io.vertebra.kv;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Writes, each of which is a transaction. */
final class KvWriteApi {
  private final KvService service;
  private final Consumer<OutboxJson.Letter> rule;

  /**
   * @param rule throws if a message of a transaction can be sent to no queue
   */
  KvWriteApi(KvService service, Consumer<OutboxJson.Letter> rule) {
    this.service = service;
    this.rule = rule;
  }

  /** A write of one key, and what it is named by in answers. */
  private record KeyWrite(Bytes key, Txn txn) {}

  Operation<?> put() {
    return Operation.of(
            "put",
            PUT,
            KvApi.KEY,
            "Writes a key; a body that is not JSON is its value.",
            KvWriteApi::readPut,
            this::put)
        .takingBytes("value")
        .answering(KvSchema.object("key", "revision", "replayed", "previous"));
  }

  Operation<?> delete() {
    return Operation.of(
            "delete", DELETE, KvApi.KEY, "Removes a key.", KvWriteApi::readDelete, this::delete)
        .answering(KvSchema.object("deleted", "revision", "replayed", "previous"));
  }

  Operation<?> deleteRange() {
    return Operation.of(
            "delete-range",
            DELETE,
            KvApi.KEYS,
            "Removes the keys of a range.",
            KvWriteApi::readDeleteRange,
            txn -> service.txn(txn).map(KvWriteApi::deleted))
        .answering(KvSchema.object("deleted", "revision", "replayed"));
  }

  Operation<?> txn() {
    return Operation.of(
            "txn",
            POST,
            KvApi.KEYS + ":txn",
            "Does all of some steps or nothing, at one revision, as compares turn out.",
            fields -> TxnFields.txn(fields, rule),
            txn -> service.txn(txn).map(result -> KvJson.txn(result, txn)))
        .alsoWriting(OutboxJson::queues)
        .answering(KvSchema.object("succeeded", "revision", "replayed", "results"));
  }

  private Future<JsonObject> put(KeyWrite write) {
    return service
        .txn(write.txn())
        .map(
            result -> {
              requireFresh(write.key(), result);
              JsonObject json = KvJson.key(new JsonObject(), "key", write.key());
              json.put("revision", result.revision()).put("replayed", result.replayed());
              if (first(result) instanceof OpResult.Put put) {
                put.previous().ifPresent(entry -> json.put("previous", KvJson.entry(entry)));
              }
              return json;
            });
  }

  private Future<JsonObject> delete(KeyWrite write) {
    return service
        .txn(write.txn())
        .map(
            result -> {
              requireFresh(write.key(), result);
              JsonObject json = deleted(result);
              if (json.getJsonArray("previous") != null) {
                json.put("previous", json.getJsonArray("previous").getJsonObject(0));
              }
              return json;
            });
  }

  private static JsonObject deleted(TxnResult result) {
    JsonObject json =
        first(result) instanceof OpResult.Delete delete ? KvJson.deleted(delete) : new JsonObject();
    return json.put("revision", result.revision()).put("replayed", result.replayed());
  }

  /** What the first step did; a replayed answer may be that of another request. */
  private static OpResult first(TxnResult result) {
    return result.results().isEmpty()
        ? new OpResult.Choice(result.succeeded(), List.of())
        : result.results().get(0);
  }

  /** Fails if the key was not at the revision expected, which a read then told. */
  private static void requireFresh(Bytes key, TxnResult result) {
    if (result.succeeded()) {
      return;
    }
    String present =
        first(result) instanceof OpResult.Get get && get.result().first().isPresent()
            ? " is at revision " + get.result().first().get().modRevision()
            : " is not there";
    throw new Failure(FailureCode.STALE, key + present);
  }

  private static KeyWrite readPut(Fields fields) {
    Supplier<Bytes> key = KvFields.key(fields, "key");
    Supplier<Op.Put> put = TxnFields.written(fields);
    Supplier<KeyWrite> guarded = guarded(fields, key, () -> TxnFields.at(key.get(), put.get()));
    return fields.build(guarded);
  }

  private static KeyWrite readDelete(Fields fields) {
    Supplier<Bytes> key = KvFields.key(fields, "key");
    boolean previous = TxnFields.previous(fields);
    Supplier<KeyWrite> guarded =
        guarded(fields, key, () -> new Op.Delete(KeyRange.one(key.get()), previous));
    return fields.build(guarded);
  }

  private static Supplier<KeyWrite> guarded(Fields fields, Supplier<Bytes> key, Supplier<Op> step) {
    Optional<Long> expected =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("The revision the key must be at; 0 for no such key.")
            .optional();
    Supplier<Guard> guard = Guard.of(fields);
    return () -> {
      Bytes name = key.get();
      Txn txn =
          expected
              .map(at -> Txn.when(Compare.modifiedAt(name, at), step.get()).otherwise(Op.get(name)))
              .orElseGet(() -> Txn.of(step.get()));
      return new KeyWrite(name, KvRules.checked(guard.get().on(txn)));
    };
  }

  private static Txn readDeleteRange(Fields fields) {
    Supplier<Optional<KeyRange>> range = KvFields.severalKeys(fields);
    boolean all = fields.flag("all").about("Must be true to remove every key.").orElse(false);
    Supplier<Guard> guard = Guard.of(fields);
    return fields.build(
        () -> {
          KeyRange wanted = range.get().orElse(KeyRange.ALL);
          KvRules.require(
              all || !wanted.equals(KeyRange.ALL),
              "",
              "the request needs a prefix, from and to, or all=true");
          Op step = new Op.Delete(wanted, false);
          return KvRules.checked(guard.get().on(Txn.of(step)));
        });
  }
}
