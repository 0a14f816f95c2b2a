package io.vertebra.counter;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Guard;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The operations on counters and sequences: the one place that names them, their paths and their
 * JSON.
 */
final class CounterApi {
  static final String CONCERN = "counter";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final String COUNTERS = "/api/v1/counters";
  private static final String COUNTER = COUNTERS + "/*name";

  private CounterApi() {}

  /** What a change is about, and what it is done under. */
  private record Guarded<T>(T value, Guard guard) {}

  static Api of(CounterService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            add(service),
            batch(service),
            get(service),
            list(service),
            set(service),
            reset(service),
            delete(service),
            take(service)));
  }

  private static Operation<?> add(CounterService service) {
    return Operation.of(
        "add",
        POST,
        COUNTER,
        "Adds to a counter, which begins at 0.",
        guarded(AddCounter::from),
        request -> service.add(request.value(), request.guard()).map(Added::toJson));
  }

  private static Operation<?> batch(CounterService service) {
    return Operation.of(
        "batch",
        POST,
        COUNTERS + ":batch",
        "Adds to several counters, or to none of them.",
        guarded(CounterApi::items),
        request -> service.addAll(request.value(), request.guard()).map(CounterApi::json));
  }

  private static Operation<?> get(CounterService service) {
    return Operation.of(
        "get",
        GET,
        COUNTER,
        "Shows a counter.",
        CounterApi::name,
        name -> service.get(name).map(Counter::toJson));
  }

  private static Operation<?> list(CounterService service) {
    return Operation.of(
        "list",
        GET,
        COUNTERS,
        "Lists counters by name.",
        ListCounters::from,
        request -> service.list(request).map(CounterPage::toJson));
  }

  private static Operation<?> set(CounterService service) {
    return Operation.of(
        "set",
        PUT,
        COUNTER,
        "Gives a counter a value, or makes one whose load is spread over shards.",
        guarded(SetCounter::from),
        request -> service.set(request.value(), request.guard()).map(Counter::toJson));
  }

  private static Operation<?> reset(CounterService service) {
    return Operation.of(
        "reset",
        POST,
        COUNTERS + ":reset",
        "Sets a counter to 0, however many shards it has.",
        guarded(CounterApi::name),
        request -> service.reset(request.value(), request.guard()).map(Counter::toJson));
  }

  private static Operation<?> delete(CounterService service) {
    return Operation.of(
        "delete",
        DELETE,
        COUNTER,
        "Removes a counter.",
        guarded(CounterApi::name),
        request ->
            service
                .delete(request.value(), request.guard())
                .map(
                    revision ->
                        new JsonObject().put("name", request.value()).put("revision", revision)));
  }

  private static Operation<?> take(CounterService service) {
    return Operation.of(
        "take",
        POST,
        "/api/v1/sequences/*name",
        "Takes the next numbers of a sequence, which nobody else is given.",
        guarded(TakeBlock::from),
        request -> service.take(request.value(), request.guard()).map(Block::toJson));
  }

  private static JsonObject json(List<Added> all) {
    JsonArray items = new JsonArray();
    all.forEach(added -> items.add(added.toJson()));
    return new JsonObject()
        .put("items", items)
        .put("revision", all.get(0).revision())
        .put("replayed", all.get(0).replayed());
  }

  private static List<AddCounter> items(Fields fields) {
    List<AddCounter> items =
        fields.objects("items", StoredCounterService.MAX_BATCH, AddCounter::from).required();
    return fields.build(() -> items);
  }

  private static String name(Fields fields) {
    String name = Names.read(fields).required();
    return fields.build(() -> name);
  }

  private static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      return new Guarded<>(reader.apply(fields), guard.get());
    };
  }
}
