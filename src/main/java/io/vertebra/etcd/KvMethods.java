package io.vertebra.etcd;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** etcd's service {@code KV}. */
final class KvMethods {
  private final KvService service;
  private final RangeReader reader;

  KvMethods(KvService service, EtcdOptions options) {
    this.service = service;
    this.reader = new RangeReader(service, options.rangeBytes());
  }

  Map<String, Method> byPath() {
    return Map.of(
        "/kv/range", this::range,
        "/kv/put", this::put,
        "/kv/deleterange", this::deleteRange,
        "/kv/txn", this::txn,
        "/kv/compaction", this::compact);
  }

  private Future<JsonObject> range(Message request) {
    RangeQuery query = RangeQuery.from(request);
    return reader
        .read(query.request())
        .map(read -> query.answer(header(read.revision()), read))
        .recover(cause -> Future.failedFuture(told(cause, query.revision())));
  }

  private Future<JsonObject> put(Message request) {
    Op.Put put = Step.Put.from(request).op();
    return service
        .txn(Txn.of(put))
        .map(done -> TxnAnswer.put(header(done.revision()), first(done, OpResult.Put.class)))
        .recover(cause -> notPut(cause, put));
  }

  private Future<JsonObject> deleteRange(Message request) {
    return service
        .txn(Txn.of(Step.Delete.from(request).op()))
        .map(done -> TxnAnswer.delete(header(done.revision()), first(done, OpResult.Delete.class)));
  }

  private Future<JsonObject> txn(Message request) {
    TxnQuery query = TxnQuery.from(request);
    return service
        .txn(query.toTxn())
        .map(done -> TxnAnswer.of(header(done.revision()), query, done))
        .recover(cause -> Future.failedFuture(missing(told(cause, query.latestRevision()))));
  }

  private Future<JsonObject> compact(Message request) {
    long revision = request.number("revision");
    return service
        .compact(Math.max(0, revision))
        .map(now -> Answers.answer(service.status(), now))
        .recover(cause -> Future.failedFuture(told(cause, revision)));
  }

  private JsonObject header(long revision) {
    return Answers.header(service.status(), revision);
  }

  private static <T extends OpResult> T first(TxnResult done, Class<T> type) {
    return type.cast(done.results().get(0));
  }

  /** What is invalid in a request for a revision may be that it is yet to come. */
  private Throwable told(Throwable cause, long wanted) {
    return codeOf(cause) == FailureCode.INVALID && wanted > service.status().revision()
        ? EtcdException.futureRevision()
        : cause;
  }

  /** Of a put that lacks both its lease and its key etcd tells the lease. */
  private <T> Future<T> notPut(Throwable cause, Op.Put put) {
    Throwable missing = missing(cause);
    return missing == cause || put.lease() == 0
        ? Future.failedFuture(missing)
        : service
            .lease(put.lease())
            .transform(
                lease ->
                    Future.failedFuture(
                        lease.succeeded() ? missing : EtcdException.leaseNotFound()));
  }

  /** The store tells a missing key from a missing lease by its sentence alone. */
  private static Throwable missing(Throwable cause) {
    if (codeOf(cause) != FailureCode.NOT_FOUND) {
      return cause;
    }
    boolean key = String.valueOf(cause.getMessage()).startsWith("key ");
    return key ? EtcdException.keyNotFound() : EtcdException.leaseNotFound();
  }

  private static FailureCode codeOf(Throwable cause) {
    return cause instanceof Failure failure ? failure.code() : FailureCode.INTERNAL;
  }
}
