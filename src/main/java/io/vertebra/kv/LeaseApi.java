package io.vertebra.kv;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** The operations on leases: the one place that names them, their paths and their JSON. */
final class LeaseApi {
  static final String CONCERN = "lease";
  private static final String LEASES = "/api/v1/leases";
  private static final String LEASE = LEASES + "/:leaseId";

  private LeaseApi() {}

  static Api of(KvService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            Operation.of(
                    "grant",
                    POST,
                    LEASES,
                    "Grants a lease.",
                    LeaseApi::grant,
                    request -> service.grant(request).map(KvJson::lease))
                .answering(KvSchema.LEASE),
            Operation.of(
                    "list",
                    GET,
                    LEASES,
                    "Lists the ids of all leases.",
                    LeaseApi::nothing,
                    nothing -> service.leases().map(LeaseApi::list))
                .answering(KvSchema.object("items")),
            Operation.of(
                    "get",
                    GET,
                    LEASE,
                    "Shows a lease and its keys.",
                    LeaseApi::id,
                    id -> service.lease(id).map(KvJson::lease))
                .answering(KvSchema.LEASE),
            Operation.of(
                    "keep-alive",
                    POST,
                    LEASE + "/keep-alive",
                    "Lets a lease begin anew.",
                    LeaseApi::id,
                    id -> service.keepAlive(id).map(KvJson::lease))
                .answering(KvSchema.LEASE),
            Operation.of(
                    "revoke",
                    DELETE,
                    LEASE,
                    "Ends a lease and its keys.",
                    LeaseApi::id,
                    id -> service.revoke(id).map(revision -> revoked(id, revision)))
                .answering(KvSchema.object("leaseId", "storeRevision"))));
  }

  private static GrantLease grant(Fields fields) {
    Duration ttl = ttl(fields);
    long id = fields.id("leaseId").about("0 for any.").orElse(0L);
    return fields.build(() -> new GrantLease(id, ttl));
  }

  static Duration ttl(Fields fields) {
    return fields
        .millis("ttlMs", KvRules.MIN_TTL.toMillis(), KvRules.MAX_TTL.toMillis())
        .about("How long it lasts without being kept alive.")
        .required();
  }

  private static Long id(Fields fields) {
    long id = fields.id("leaseId").required();
    return fields.build(() -> id);
  }

  private static String nothing(Fields fields) {
    return fields.build(() -> "");
  }

  private static JsonObject list(List<Long> ids) {
    JsonArray items = new JsonArray();
    ids.forEach(id -> items.add(new JsonObject().put("leaseId", Long.toString(id))));
    return new JsonObject().put("items", items);
  }

  private static JsonObject revoked(long id, long revision) {
    return new JsonObject().put("leaseId", Long.toString(id)).put("storeRevision", revision);
  }
}
