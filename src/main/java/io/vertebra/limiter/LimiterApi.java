package io.vertebra.limiter;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The operations on limits and their policies: the one place that names them, their paths and their
 * JSON. A policy is answered as {@code {name, revision, value}}, where {@code value} can be put as
 * it is.
 */
final class LimiterApi {
  static final String CONCERN = "limiter";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final int MOST_IN_BATCH = 100;
  private static final String LIMITS = "/api/v1/limits";
  private static final String LIMIT = LIMITS + "/:policy";
  private static final String POLICIES = "/api/v1/limit-policies";
  private static final String POLICY = POLICIES + "/:name";

  private LimiterApi() {}

  static Api of(LimiterService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            take(service),
            peek(service),
            reset(service),
            release(service),
            batch(service),
            list(service),
            get(service),
            put(service),
            delete(service)));
  }

  private static Operation<?> take(LimiterService service) {
    return Operation.of(
        "take",
        POST,
        LIMIT + "/take",
        "Takes permits of a policy and of those it names, or of none of them.",
        TakeLimit::from,
        request -> service.take(request).map(Admission::toJson));
  }

  private static Operation<?> peek(LimiterService service) {
    return Operation.of(
        "peek",
        POST,
        LIMIT + "/peek",
        "Tells what a take would get, and takes nothing.",
        TakeLimit::from,
        request -> service.peek(request).map(Admission::toJson));
  }

  private static Operation<?> reset(LimiterService service) {
    return Operation.of(
        "reset",
        POST,
        LIMIT + "/reset",
        "Forgets what is known of a key.",
        TakeLimit::from,
        request -> service.reset(request).map(done -> new JsonObject().put("reset", true)));
  }

  private static Operation<?> release(LimiterService service) {
    return Operation.of(
        "release",
        POST,
        LIMIT + "/release",
        "Gives back a permit that is held.",
        ReleaseLimit::from,
        request -> service.release(request).map(held -> new JsonObject().put("released", held)));
  }

  private static Operation<?> batch(LimiterService service) {
    return Operation.of(
        "batch",
        POST,
        LIMITS + ":batch",
        "Takes of several policies or keys, each on its own.",
        LimiterApi::items,
        requests ->
            service
                .takeAll(requests)
                .map(
                    all ->
                        new JsonObject()
                            .put(
                                "items",
                                new JsonArray(all.stream().map(Admission::toJson).toList()))));
  }

  private static List<TakeLimit> items(Fields fields) {
    List<TakeLimit> items =
        fields
            .objects("items", MOST_IN_BATCH, TakeLimit::from)
            .matching(list -> !list.isEmpty(), "must have 1 to " + MOST_IN_BATCH + " items")
            .required();
    return fields.build(() -> items);
  }

  private static Operation<?> list(LimiterService service) {
    return Operation.of(
        "list-policies",
        GET,
        POLICIES,
        "Lists all policies by name.",
        fields -> fields.build(() -> ""),
        nothing ->
            service
                .policies()
                .map(
                    all ->
                        new JsonObject()
                            .put(
                                "items",
                                new JsonArray(all.stream().map(StoredPolicy::toJson).toList()))));
  }

  private static Operation<?> get(LimiterService service) {
    return Operation.of(
        "get-policy",
        GET,
        POLICY,
        "Shows a policy.",
        LimiterApi::name,
        name -> service.policy(name).map(StoredPolicy::toJson));
  }

  private static Operation<?> put(LimiterService service) {
    return Operation.of(
        "put-policy",
        PUT,
        POLICY,
        "Writes a policy.",
        WritePolicy.reading(Policy::from),
        change -> service.put(change).map(StoredPolicy::toJson));
  }

  private static Operation<?> delete(LimiterService service) {
    return Operation.of(
        "delete-policy",
        DELETE,
        POLICY,
        "Removes a policy that no other names.",
        WritePolicy.reading(LimiterApi::name),
        change ->
            service
                .delete(change)
                .map(
                    revision ->
                        new JsonObject().put("name", change.value()).put("revision", revision)));
  }

  private static String name(Fields fields) {
    String name = Policy.name(fields);
    return fields.build(() -> name);
  }
}
