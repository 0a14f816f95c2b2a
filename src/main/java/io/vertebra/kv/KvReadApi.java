package io.vertebra.kv;

import static io.vertx.core.http.HttpMethod.GET;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads of a key and of ranges, both of which can wait for a change. */
final class KvReadApi {
  private final KvService service;

  KvReadApi(KvService service) {
    this.service = service;
  }

  Operation<?> get() {
    return Operation.waiting(
            "get",
            GET,
            KvApi.KEY,
            "Shows a key; slashes in it need no escape.",
            RangeFields::one,
            this::get)
        .givingBytes("value")
        .answering(KvSchema.ENTRY);
  }

  Operation<?> list() {
    return Operation.waiting(
            "list",
            GET,
            KvApi.KEYS,
            "Lists keys in order; the parts of one list are of one moment.",
            RangeFields::page,
            this::list)
        .answering(KvSchema.LIST);
  }

  private Future<JsonObject> get(RangeFields.Read read, Future<Void> gone) {
    KvRules.check(read.request());
    return service
        .range(read.request())
        .compose(
            result ->
                read.waits() && modified(result) == read.known().getAsLong()
                    ? changed(read, result.revision() + 1, gone)
                        .compose(done -> service.range(read.request()))
                    : Future.succeededFuture(result))
        .map(result -> present(read.request().range().from(), result.first()));
  }

  private static long modified(RangeResult result) {
    List<KvEntry> entries = result.entries();
    return entries.isEmpty() ? 0 : entries.get(0).modRevision();
  }

  private static JsonObject present(Bytes key, Optional<KvEntry> found) {
    KvEntry entry =
        found.orElseThrow(() -> new Failure(FailureCode.NOT_FOUND, "there is no key " + key));
    JsonObject json = KvJson.head(entry).put("revision", entry.modRevision());
    json.put("value", Buffer.buffer(entry.value().unsafeArray()));
    KvJson.text(entry.value()).ifPresent(text -> json.put("text", text));
    return json;
  }

  private Future<JsonObject> list(RangeFields.Read read, Future<Void> gone) {
    Future<Void> due =
        read.waits() ? changed(read, read.known().getAsLong() + 1, gone) : Future.succeededFuture();
    return due.compose(done -> service.range(read.request()))
        .map(result -> page(read.request(), result));
  }

  private static JsonObject page(RangeRequest request, RangeResult result) {
    JsonObject json = KvJson.range(result, request.keysOnly());
    long snapshot = request.revision() == 0 ? result.revision() : request.revision();
    if (snapshot != result.revision()) {
      json.put("revision", snapshot).put("storeRevision", result.revision());
    }
    if (result.more() && !result.entries().isEmpty()) {
      Bytes last = result.entries().get(result.entries().size() - 1).key();
      json.put("cursor", new ListCursor(snapshot, last).encode());
    }
    return json;
  }

  /** Completes when something in the range changed at {@code from} or later, or time is up. */
  private Future<Void> changed(RangeFields.Read read, long from, Future<Void> gone) {
    return service
        .watch(new WatchRequest(read.request().range(), from, false, Duration.ZERO))
        .compose(
            watch ->
                Call.unless(gone, watch.next())
                    .timeout(read.patience().toMillis(), TimeUnit.MILLISECONDS)
                    .onComplete(done -> watch.close()))
        .<Void>mapEmpty()
        .recover(cause -> isOver(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  /** Time is up, or so much changed that what changed is forgotten. */
  private static boolean isOver(Throwable cause) {
    return cause instanceof TimeoutException
        || (cause instanceof Failure failure && failure.code() == FailureCode.COMPACTED);
  }
}
