package io.vertebra.counter;

import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The counters of a cluster, called over the event bus. */
public final class BusCounterService implements CounterService {
  private final BusCallService bus;

  public BusCounterService(Vertx vertx) {
    this.bus = new BusCallService(vertx, CounterApi.ADDRESS);
  }

  @Override
  public Future<Added> add(AddCounter request, Guard guard) {
    return bus.call("add", request.toJson(), guard).map(Added::from);
  }

  @Override
  public Future<List<Added>> addAll(List<AddCounter> requests, Guard guard) {
    JsonArray items = new JsonArray();
    requests.forEach(request -> items.add(request.toJson()));
    return bus.call("batch", new JsonObject().put("items", items), guard)
        .map(
            json ->
                json.getJsonArray("items").stream()
                    .map(item -> Added.from((JsonObject) item))
                    .toList());
  }

  @Override
  public Future<Counter> get(String name) {
    return bus.call("get", named(name), Guard.NONE).map(Counter::from);
  }

  @Override
  public Future<CounterPage> list(ListCounters request) {
    return bus.call("list", request.toJson(), Guard.NONE).map(CounterPage::from);
  }

  @Override
  public Future<Counter> set(SetCounter request, Guard guard) {
    return bus.call("set", request.toJson(), guard).map(Counter::from);
  }

  @Override
  public Future<Counter> reset(String name, Guard guard) {
    return bus.call("reset", named(name), guard).map(Counter::from);
  }

  @Override
  public Future<Long> delete(String name, Guard guard) {
    return bus.call("delete", named(name), guard).map(json -> json.getLong("revision"));
  }

  @Override
  public Future<Block> take(TakeBlock request, Guard guard) {
    return bus.call("take", request.toJson(), guard).map(Block::from);
  }

  private static JsonObject named(String name) {
    return new JsonObject().put("name", name);
  }
}
