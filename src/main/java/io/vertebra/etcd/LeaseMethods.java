package io.vertebra.etcd;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.GrantLease;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Lease;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** etcd's service {@code Lease}. */
final class LeaseMethods {

  /** What etcd with default options makes of anything less. */
  private static final long LEAST_SECONDS = 2;

  private static final long MOST_SECONDS = Duration.ofDays(1).toSeconds();

  private final KvService service;

  LeaseMethods(KvService service) {
    this.service = service;
  }

  Map<String, Method> byPath() {
    return Map.of(
        "/lease/grant", this::grant,
        "/lease/revoke", this::revoke,
        "/lease/timetolive", this::timeToLive,
        "/lease/leases", this::leases,
        "/kv/lease/revoke", this::revoke,
        "/kv/lease/timetolive", this::timeToLive,
        "/kv/lease/leases", this::leases);
  }

  /** One request of the stream of keep-alives; a lease that ended has no TTL. */
  Future<JsonObject> keepAlive(Message request) {
    long id = request.number("ID");
    return service
        .keepAlive(id)
        .map(lease -> lease(id, lease.ttl(), lease.revision()))
        .recover(cause -> ended(cause, lease(id, Duration.ZERO, revision())));
  }

  private Future<JsonObject> grant(Message request) {
    long seconds = Math.max(LEAST_SECONDS, request.number("TTL"));
    long id = request.number("ID");
    if (seconds > MOST_SECONDS) {
      throw new EtcdException(EtcdException.Status.OUT_OF_RANGE, "etcdserver: too large lease TTL");
    }
    return service
        .grant(new GrantLease(id, Duration.ofSeconds(seconds)))
        .map(lease -> lease(lease.id(), lease.ttl(), lease.revision()))
        .recover(cause -> Future.failedFuture(refused(cause)));
  }

  private Future<JsonObject> revoke(Message request) {
    return service
        .revoke(request.number("ID"))
        .map(revision -> Answers.answer(service.status(), revision))
        .recover(
            cause ->
                Future.failedFuture(
                    is(cause, FailureCode.NOT_FOUND) ? EtcdException.leaseNotFound() : cause));
  }

  private Future<JsonObject> timeToLive(Message request) {
    long id = request.number("ID");
    boolean keys = request.flag("keys");
    JsonObject none = lease(id, Duration.ofSeconds(-1), revision());
    return service
        .lease(id)
        .map(lease -> timeToLive(lease, keys))
        .recover(cause -> ended(cause, none));
  }

  private JsonObject timeToLive(Lease lease, boolean keys) {
    JsonObject answer = lease(lease.id(), lease.remaining(), lease.revision());
    Answers.number(answer, "grantedTTL", lease.ttl().toSeconds());
    if (keys && !lease.keys().isEmpty()) {
      answer.put("keys", new JsonArray(lease.keys().stream().map(Base64Text::encode).toList()));
    }
    return answer;
  }

  private Future<JsonObject> leases(Message request) {
    return service.leases().map(this::leases);
  }

  private JsonObject leases(List<Long> ids) {
    JsonObject answer = Answers.answer(service.status(), revision());
    if (!ids.isEmpty()) {
      JsonArray leases = new JsonArray();
      ids.forEach(id -> leases.add(new JsonObject().put("ID", Long.toString(id))));
      answer.put("leases", leases);
    }
    return answer;
  }

  private JsonObject lease(long id, Duration ttl, long revision) {
    JsonObject answer = Answers.answer(service.status(), revision);
    Answers.number(answer, "ID", id);
    Answers.number(answer, "TTL", ttl.toSeconds());
    return answer;
  }

  private long revision() {
    return service.status().revision();
  }

  private static Future<JsonObject> ended(Throwable cause, JsonObject answer) {
    return is(cause, FailureCode.NOT_FOUND)
        ? Future.succeededFuture(answer)
        : Future.failedFuture(cause);
  }

  private static Throwable refused(Throwable cause) {
    return is(cause, FailureCode.CONFLICT)
        ? new EtcdException(
            EtcdException.Status.FAILED_PRECONDITION, "etcdserver: lease already exists")
        : cause;
  }

  private static boolean is(Throwable cause, FailureCode code) {
    return cause instanceof Failure failure && failure.code() == code;
  }
}
