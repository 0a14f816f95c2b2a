package io.vertebra.registry;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Guard;
import io.vertebra.registry.RegistryFields.Asked;
import io.vertebra.registry.RegistryFields.Guarded;
import io.vertebra.registry.RegistryFields.Named;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The operations on the registry: the one place that names them, their paths and their JSON. */
final class RegistryApi {
  static final String CONCERN = "registry";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final String SERVICES = "/api/v1/services";
  private static final String SERVICE = SERVICES + "/:service";
  private static final String INSTANCE = SERVICE + "/instances/:id";
  private static final String NODES = "/api/v1/service-nodes";
  private static final String CHECKS = "/api/v1/service-checks";

  private final RegistryService service;

  private RegistryApi(RegistryService service) {
    this.service = service;
  }

  static Api of(RegistryService service) {
    RegistryApi api = new RegistryApi(service);
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            api.listServices(),
            api.listTags(),
            api.getService(),
            new RegistryWatchApi(service).watch(SERVICE + "/watch"),
            api.getInstance(),
            api.putInstance(),
            api.deleteInstance(),
            api.heartbeat(),
            api.maintain("maintain", INSTANCE + "/maintenance"),
            api.maintain("maintain-node", NODES + "/:node/maintenance"),
            api.register(),
            api.listChecks(),
            api.reportCheck(),
            api.deleteCheck(),
            api.listNodes(),
            api.getNode(),
            api.deleteNode()));
  }

  private Operation<?> listServices() {
    return read(
        "list-services",
        SERVICES,
        "Lists the services by name, with how many instances are there and well.",
        RegistryFields::nothing,
        (none, reading) ->
            service.summaries(reading).map(all -> RegistryJson.list(all, RegistryJson::summary)));
  }

  private Operation<?> listTags() {
    return read(
        "list-tags",
        "/api/v1/service-tags",
        "Shows the tags of every service.",
        RegistryFields::nothing,
        (none, reading) -> service.services(reading).map(RegistryJson::tags));
  }

  private Operation<?> getService() {
    return read(
        "get-service",
        SERVICE,
        "Lists the instances of a service with their checks; none if there is no such service.",
        RegistryFields::instances,
        (query, reading) ->
            service
                .instances(query, reading)
                .map(found -> RegistryJson.list(found, RegistryJson::health)));
  }

  private Operation<?> getInstance() {
    return read(
        "get-instance",
        INSTANCE,
        "Shows an instance with its checks.",
        RegistryFields::named,
        (named, reading) ->
            find(named, reading)
                .map(found -> RegistryJson.health(found.value()).put("revision", found.index())));
  }

  private Operation<?> putInstance() {
    return write(
        "put-instance",
        PUT,
        INSTANCE,
        "Registers an instance with its checks; their ids follow the instance's and a colon.",
        RegistryFields::instance,
        service::register);
  }

  private Operation<?> deleteInstance() {
    return write(
        "delete-instance",
        DELETE,
        INSTANCE,
        "Removes an instance and its checks.",
        RegistryFields::named,
        (named, guard) ->
            named.service().isEmpty()
                ? service.deregister(named.key().node(), named.key().id(), guard)
                : find(named, Reading.NOW)
                    .compose(
                        found -> service.deregister(named.key().node(), named.key().id(), guard)));
  }

  private Operation<?> heartbeat() {
    return write(
        "heartbeat",
        PUT,
        INSTANCE + "/heartbeat",
        "Says that an instance is well, or how well; its check is named ttl unless told.",
        RegistryFields::heartbeat,
        service::report);
  }

  private Operation<?> maintain(String action, String path) {
    return write(
        action,
        PUT,
        path,
        "Takes an instance, or a node with all on it, out of use or back into it.",
        RegistryFields::maintenance,
        service::maintain);
  }

  private Operation<?> register() {
    return write(
        "register",
        PUT,
        "/api/v1/registrations",
        "Registers a node, an instance and checks, all at once or none.",
        RegistryFields::registration,
        service::register);
  }

  private Operation<?> listChecks() {
    return read(
        "list-checks",
        CHECKS,
        "Lists checks by node and id, each with its instance.",
        RegistryFields::checks,
        (query, reading) ->
            service
                .checks(query, reading)
                .map(found -> RegistryJson.list(found, RegistryJson::found)));
  }

  private Operation<?> reportCheck() {
    return write(
        "report-check",
        PUT,
        CHECKS + "/:id/status",
        "Says what a check found.",
        RegistryFields::report,
        service::report);
  }

  private Operation<?> deleteCheck() {
    return write(
        "delete-check",
        DELETE,
        CHECKS + "/:id",
        "Removes a check.",
        RegistryFields::named,
        (named, guard) -> service.deregisterCheck(named.key().node(), named.key().id(), guard));
  }

  private Operation<?> listNodes() {
    return read(
        "list-nodes",
        NODES,
        "Lists the nodes by name.",
        RegistryFields::nothing,
        (none, reading) ->
            service.nodes(reading).map(all -> RegistryJson.list(all, RegistryJson::node)));
  }

  private Operation<?> getNode() {
    return read(
        "get-node",
        NODES + "/:name",
        "Shows a node with all that is on it; the revision alone if there is none.",
        RegistryFields::nodeName,
        (name, reading) -> service.node(name, reading).map(RegistryJson::maybe));
  }

  private Operation<?> deleteNode() {
    return write(
        "delete-node",
        DELETE,
        NODES + "/:name",
        "Removes a node with all that is on it.",
        RegistryFields::nodeName,
        service::deregisterNode);
  }

  private Future<Indexed<InstanceHealth>> find(Named named, Reading reading) {
    return service
        .instances(InstanceQuery.of(named.service()), reading)
        .compose(
            all ->
                all.value().stream()
                    .filter(each -> named.key().id().equals(each.instance().value().id()))
                    .filter(each -> named.key().node().equals(each.instance().value().node()))
                    .findFirst()
                    .map(found -> Future.succeededFuture(new Indexed<>(all.index(), found)))
                    .orElseGet(
                        () ->
                            Failure.future(
                                FailureCode.NOT_FOUND,
                                "there is no instance "
                                    + named.key().id()
                                    + " of "
                                    + named.service()
                                    + " on node "
                                    + named.key().node())));
  }

  private static <T> Operation<Asked<T>> read(
      String action,
      String path,
      String summary,
      Function<Fields, Supplier<T>> query,
      BiFunction<T, Reading, Future<JsonObject>> handler) {
    return Operation.waiting(
        action,
        GET,
        path,
        summary,
        RegistryFields.asked(query),
        (asked, gone) ->
            handler.apply(asked.query(), asked.reading().until(gone.toCompletionStage())));
  }

  private static <T> Operation<Guarded<T>> write(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Supplier<T>> request,
      BiFunction<T, Guard, Future<Registered>> handler) {
    return Operation.of(
        action,
        method,
        path,
        summary,
        RegistryFields.guarded(request),
        guarded -> handler.apply(guarded.request(), guarded.guard()).map(RegistryJson::registered));
  }
}
