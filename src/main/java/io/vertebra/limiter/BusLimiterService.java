package io.vertebra.limiter;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/** Limits of a cluster, asked for over the event bus. */
public final class BusLimiterService implements LimiterService {
  private final Vertx vertx;

  public BusLimiterService(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<Admission> take(TakeLimit request) {
    return call("take", request.toJson()).map(Admission::from);
  }

  @Override
  public Future<Admission> peek(TakeLimit request) {
    return call("peek", request.toJson()).map(Admission::from);
  }

  @Override
  public Future<List<Admission>> takeAll(List<TakeLimit> requests) {
    JsonArray items = new JsonArray(requests.stream().map(TakeLimit::toJson).toList());
    return call("batch", new JsonObject().put("items", items))
        .map(json -> objects(json).map(Admission::from).toList());
  }

  private static Stream<JsonObject> objects(JsonObject json) {
    return json.getJsonArray("items").stream().map(JsonObject.class::cast);
  }

  @Override
  public Future<Void> reset(TakeLimit key) {
    return call("reset", key.toJson()).mapEmpty();
  }

  @Override
  public Future<Boolean> release(ReleaseLimit held) {
    return call("release", held.toJson()).map(json -> json.getBoolean("released"));
  }

  @Override
  public Future<List<StoredPolicy>> policies() {
    return call("list-policies", new JsonObject())
        .map(json -> objects(json).map(StoredPolicy::from).toList());
  }

  @Override
  public Future<StoredPolicy> policy(String name) {
    return call("get-policy", new JsonObject().put("name", name)).map(StoredPolicy::from);
  }

  @Override
  public Future<StoredPolicy> put(WritePolicy<Policy> change) {
    return call("put-policy", under(change, change.value().toJson())).map(StoredPolicy::from);
  }

  @Override
  public Future<Long> delete(WritePolicy<String> change) {
    return call("delete-policy", under(change, new JsonObject().put("name", change.value())))
        .map(json -> json.getLong("revision"));
  }

  private static JsonObject under(WritePolicy<?> change, JsonObject request) {
    change.ifRevision().ifPresent(revision -> request.put("ifRevision", revision));
    change
        .guard()
        .fence()
        .ifPresent(fence -> request.put(BusDoor.FENCE, fence.lock() + "@" + fence.token()));
    String once = change.guard().idempotencyKey();
    return once.isEmpty() ? request : request.put(BusDoor.IDEMPOTENCY_KEY, once);
  }

  private Future<JsonObject> call(String action, JsonObject request) {
    return vertx
        .eventBus()
        .<JsonObject>request(
            LimiterApi.ADDRESS, request, new DeliveryOptions().addHeader("action", action))
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
