package io.vertebra.config;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Configuration for members of the cluster, called over the event bus. */
public final class BusConfigService implements ConfigService {
  private static final long PATIENCE_MS = 20_000;

  private final Vertx vertx;
  private final String address;

  private BusConfigService(Vertx vertx, String address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Calls any node. */
  public static BusConfigService any(Vertx vertx) {
    return new BusConfigService(vertx, ConfigApi.ADDRESS);
  }

  /** Calls one node by its id. */
  public static BusConfigService on(Vertx vertx, String node) {
    return new BusConfigService(vertx, ConfigApi.ADDRESS + "." + node);
  }

  @Override
  public Future<List<String>> namespaces(String after, int limit) {
    return call("namespaces", new JsonObject().put("cursor", after).put("limit", limit))
        .map(json -> json.getJsonArray("items").stream().map(String.class::cast).toList());
  }

  @Override
  public Future<Item> get(ReadConfig request) {
    return call("get", request.toJson()).map(Item::from);
  }

  @Override
  public Future<View> read(ReadConfig request) {
    return call("read", request.toJson()).map(View::from);
  }

  @Override
  public Future<Outcome> release(Release request) {
    return change("release", request.toJson());
  }

  @Override
  public Future<Outcome> load(LoadConfig request) {
    return change("import", request.toJson());
  }

  @Override
  public Future<Outcome> revert(Revert request) {
    return change("revert", request.toJson());
  }

  @Override
  public Future<Outcome> putGray(PutGray request) {
    return change("put-gray", request.toJson());
  }

  @Override
  public Future<Outcome> promote(NamedChange request) {
    return change("promote", request.toJson());
  }

  @Override
  public Future<Outcome> rollBack(NamedChange request) {
    return change("roll-back", request.toJson());
  }

  @Override
  public Future<List<GrayRelease>> grays(String namespace) {
    return list("list-gray", named(namespace), GrayRelease::from);
  }

  @Override
  public Future<Outcome> putRule(PutRule request) {
    return change("put-schema", request.toJson());
  }

  @Override
  public Future<Outcome> deleteRule(NamedChange request) {
    return change("delete-schema", request.toJson());
  }

  @Override
  public Future<List<ValueRule>> rules(String namespace) {
    return list("list-schemas", named(namespace), ValueRule::from);
  }

  @Override
  public Future<Long> reEncrypt(String namespace, Terms terms) {
    return call("re-encrypt", terms.writeTo(named(namespace))).map(json -> json.getLong("left"));
  }

  @Override
  public Future<List<Released>> history(
      String namespace, Optional<String> key, long before, int limit) {
    JsonObject request = named(namespace).put("before", before).put("limit", limit);
    key.ifPresent(name -> request.put("key", name));
    return list("history", request, Released::from);
  }

  @Override
  public Future<Difference> diff(String namespace, long from, long to, Optional<String> key) {
    JsonObject request = named(namespace).put("from", from).put("to", to);
    key.ifPresent(name -> request.put("key", name));
    return call("diff", request).map(Difference::from);
  }

  @Override
  public Future<ConfigWatch> watch(WatchConfig request) {
    return poll(request, 0).map(begun -> new Watch(request.from(begun.revision() + 1), begun));
  }

  private Future<ConfigBatch> poll(WatchConfig request, long waitMs) {
    return call("watch", request.toJson().put(Call.WAIT, waitMs)).map(ConfigBatch::from);
  }

  private Future<Outcome> change(String action, JsonObject request) {
    return call(action, request).map(Outcome::from);
  }

  private <T> Future<List<T>> list(
      String action, JsonObject request, Function<JsonObject, T> decoder) {
    return call(action, request).map(json -> decoded(json.getJsonArray("items"), decoder));
  }

  private static <T> List<T> decoded(JsonArray items, Function<JsonObject, T> decoder) {
    return items.stream().map(JsonObject.class::cast).map(decoder).toList();
  }

  private Future<JsonObject> call(String action, JsonObject request) {
    long wait = request.getLong(Call.WAIT, 0L);
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader("action", action)
            .setSendTimeout(DeliveryOptions.DEFAULT_TIMEOUT + wait);
    return vertx
        .eventBus()
        .<JsonObject>request(address, request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }

  private static JsonObject named(String namespace) {
    return new JsonObject().put("namespace", namespace);
  }

  /** A watch by one long poll after another, each of which may be answered by another node. */
  private final class Watch implements ConfigWatch {
    private volatile WatchConfig next;
    private volatile Optional<ConfigBatch> first;
    private volatile boolean closed;

    Watch(WatchConfig next, ConfigBatch begun) {
      this.next = next;
      this.first = Optional.of(begun).filter(batch -> !batch.isEmpty());
    }

    @Override
    public Future<ConfigBatch> next() {
      Optional<ConfigBatch> ready = first;
      first = Optional.empty();
      return ready.map(Future::succeededFuture).orElseGet(this::polled);
    }

    private Future<ConfigBatch> polled() {
      Promise<ConfigBatch> found = ((ContextInternal) vertx.getOrCreateContext()).promise();
      poll(found);
      return found.future();
    }

    /** A poll without news ends before the next one: there may be any number of them. */
    private void poll(Promise<ConfigBatch> found) {
      if (closed) {
        found.fail(new Failure(FailureCode.UNAVAILABLE, "the watch was closed"));
        return;
      }
      BusConfigService.this
          .poll(next, PATIENCE_MS)
          .onSuccess(
              batch -> {
                next = next.from(batch.revision() + 1);
                if (batch.isEmpty()) {
                  poll(found);
                } else {
                  found.complete(batch);
                }
              })
          .onFailure(found::fail);
    }

    @Override
    public long revision() {
      return next.fromRevision() - 1;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
