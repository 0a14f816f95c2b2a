package io.vertebra.registry;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The registry, called over the event bus. Who waits is not told apart when it goes away. */
public final class BusRegistryService implements RegistryService {
  /** Longer than an answer takes that is not waited for. */
  private static final long TIMEOUT_MS = 30_000;

  private final Vertx vertx;

  /** Calls any node of the cluster that runs it. */
  public BusRegistryService(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<Registered> register(Registration registration, Guard guard) {
    return write("register", RegistryJson.registration(registration), guard);
  }

  @Override
  public Future<Registered> deregister(String node, String id, Guard guard) {
    return write("delete-instance", item(node, id), guard);
  }

  @Override
  public Future<Registered> deregisterCheck(String node, String id, Guard guard) {
    return write("delete-check", item(node, id), guard);
  }

  @Override
  public Future<Registered> deregisterNode(String node, Guard guard) {
    return write("delete-node", new JsonObject().put("name", node), guard);
  }

  @Override
  public Future<Registered> report(ReportCheck report, Guard guard) {
    JsonObject json =
        item(report.node(), report.id())
            .put("status", Fields.word(report.status()))
            .put("output", report.output());
    return write("report-check", json, guard);
  }

  @Override
  public Future<Registered> maintain(SetMaintenance request, Guard guard) {
    JsonObject json =
        item(request.node(), request.instance())
            .put("enabled", request.enabled())
            .put("reason", request.reason());
    return write("maintain", json, guard);
  }

  @Override
  public Future<Indexed<List<Entry<Node>>>> nodes(Reading reading) {
    return read("list-nodes", new JsonObject(), reading)
        .map(json -> RegistryJson.list(json, RegistryJson::node));
  }

  @Override
  public Future<Indexed<Optional<NodeHealth>>> node(String name, Reading reading) {
    return read("get-node", new JsonObject().put("name", name), reading).map(RegistryJson::maybe);
  }

  @Override
  public Future<Indexed<SortedMap<String, List<String>>>> services(Reading reading) {
    return read("list-tags", new JsonObject(), reading).map(RegistryJson::tags);
  }

  @Override
  public Future<Indexed<List<ServiceSummary>>> summaries(Reading reading) {
    return read("list-services", new JsonObject(), reading)
        .map(json -> RegistryJson.list(json, RegistryJson::summary));
  }

  @Override
  public Future<Indexed<List<InstanceHealth>>> instances(InstanceQuery query, Reading reading) {
    JsonArray meta = new JsonArray();
    query.meta().forEach((key, value) -> meta.add(key + "=" + value));
    JsonObject json =
        new JsonObject()
            .put("service", query.service())
            .put("tag", new JsonArray(new ArrayList<>(query.tags())))
            .put("passing", query.passingOnly())
            .put("zone", query.zone())
            .put("meta", meta)
            .put("checks", query.checks());
    return read("get-service", json, reading)
        .map(answer -> RegistryJson.list(answer, RegistryJson::health));
  }

  @Override
  public Future<Indexed<List<FoundCheck>>> checks(CheckQuery query, Reading reading) {
    JsonObject json = new JsonObject().put("service", query.service()).put("node", query.node());
    query.status().ifPresent(status -> json.put("status", Fields.word(status)));
    return read("list-checks", json, reading)
        .map(answer -> RegistryJson.list(answer, RegistryJson::found));
  }

  private static JsonObject item(String node, String id) {
    return new JsonObject().put("node", node).put("id", id);
  }

  private Future<Registered> write(String action, JsonObject request, Guard guard) {
    guard
        .fence()
        .ifPresent(fence -> request.put(BusDoor.FENCE, fence.lock() + "@" + fence.token()));
    if (!guard.idempotencyKey().isEmpty()) {
      request.put(BusDoor.IDEMPOTENCY_KEY, guard.idempotencyKey());
    }
    return call(action, request, 0).map(RegistryJson::registered);
  }

  private Future<JsonObject> read(String action, JsonObject request, Reading reading) {
    long patience = reading.patience().toMillis();
    request
        .put("ifNotRevision", reading.afterIndex())
        .put(Call.WAIT, patience)
        .put("local", reading.local());
    return call(action, request, patience);
  }

  private Future<JsonObject> call(String action, JsonObject request, long patience) {
    DeliveryOptions options =
        new DeliveryOptions().addHeader("action", action).setSendTimeout(TIMEOUT_MS + patience);
    return vertx
        .eventBus()
        .<JsonObject>request(RegistryApi.ADDRESS, request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
