package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The store of a cluster, called over the event bus. A range of more than 10,000 entries is
 * answered in part, with {@code more}. {@link #status} is what the store said last; ask for it anew
 * by {@link #refreshStatus}.
 */
public final class BusKvService implements KvService {
  private static final KvStatus UNKNOWN = new KvStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final Vertx vertx;
  private final String kind;
  private final String suffix;
  private volatile KvStatus status = UNKNOWN;

  private BusKvService(Vertx vertx, String kind, String suffix) {
    this.vertx = vertx;
    this.kind = kind;
    this.suffix = suffix;
  }

  /** Calls any node that has the store. */
  public static BusKvService any(Vertx vertx) {
    return new BusKvService(vertx, "", "");
  }

  /** Calls any node that has the store, and sees the keys of the server's concerns too. */
  public static BusKvService whole(Vertx vertx) {
    return new BusKvService(vertx, KvApi.WHOLE, "");
  }

  /** Calls any node that has the store of the queues. */
  public static BusKvService queues(Vertx vertx) {
    return new BusKvService(vertx, KvApi.QUEUE, "");
  }

  /** Calls one node by its id. */
  public static BusKvService on(Vertx vertx, String node) {
    return new BusKvService(vertx, "", "." + node);
  }

  @Override
  public Future<RangeResult> range(RangeRequest request) {
    return call(KvApi.CONCERN, "list", KvRequestJson.range(request)).map(KvJson::range);
  }

  @Override
  public Future<TxnResult> txn(Txn txn) {
    return call(KvApi.CONCERN, "txn", KvRequestJson.txn(txn)).map(KvJson::txn);
  }

  @Override
  public Future<Lease> grant(GrantLease request) {
    JsonObject json = named(request.id()).put("ttlMs", request.ttl().toMillis());
    return call(LeaseApi.CONCERN, "grant", json).map(KvJson::lease);
  }

  @Override
  public Future<Lease> keepAlive(long id) {
    return call(LeaseApi.CONCERN, "keep-alive", named(id)).map(KvJson::lease);
  }

  @Override
  public Future<Long> revoke(long id) {
    return call(LeaseApi.CONCERN, "revoke", named(id)).map(json -> json.getLong("storeRevision"));
  }

  @Override
  public Future<Lease> lease(long id) {
    return call(LeaseApi.CONCERN, "get", named(id)).map(KvJson::lease);
  }

  @Override
  public Future<List<Long>> leases() {
    return call(LeaseApi.CONCERN, "list", new JsonObject())
        .map(json -> ids(json.getJsonArray("items")));
  }

  @Override
  public Future<KvWatch> watch(WatchRequest request) {
    return BusWatchService.open(this, request).map(watch -> watch);
  }

  @Override
  public Future<Long> compact(long revision) {
    return call(KvApi.CONCERN, "compact", new JsonObject().put("revision", revision))
        .map(json -> json.getLong("storeRevision"));
  }

  @Override
  public KvStatus status() {
    return status;
  }

  /** Asks where the store stands. */
  public Future<KvStatus> refreshStatus() {
    return call(KvApi.CONCERN, "status", new JsonObject())
        .map(KvJson::status)
        .onSuccess(told -> status = told);
  }

  /**
   * One batch of a watch.
   *
   * @param waitMs how long to wait for it
   */
  Future<WatchBatch> poll(WatchRequest request, long from, long waitMs) {
    DeliveryOptions options = new DeliveryOptions();
    options.setSendTimeout(waitMs + DeliveryOptions.DEFAULT_TIMEOUT);
    JsonObject json = KvRequestJson.watch(request, from, waitMs);
    return call(KvApi.CONCERN, "watch", json, options).map(KvJson::batch);
  }

  private Future<JsonObject> call(String concern, String action, JsonObject request) {
    return call(concern, action, request, new DeliveryOptions());
  }

  private Future<JsonObject> call(
      String concern, String action, JsonObject request, DeliveryOptions options) {
    return vertx
        .eventBus()
        .<JsonObject>request(
            "vertebra." + concern + kind + suffix, request, options.addHeader("action", action))
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }

  private static JsonObject named(long id) {
    return new JsonObject().put("leaseId", Long.toString(id));
  }

  private static List<Long> ids(JsonArray items) {
    return items.stream()
        .map(item -> Long.parseLong(((JsonObject) item).getString("leaseId")))
        .toList();
  }
}
