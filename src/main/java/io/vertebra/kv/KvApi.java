package io.vertebra.kv;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;

/**
 * The operations on keys: the one place that names them, their paths and their JSON. Limits are
 * those of {@link KvRules}, and of the listener for bodies.
 */
final class KvApi {
  static final String CONCERN = "kv";

  /** Follows a concern's name where the keys of the server's concerns are seen too. */
  static final String WHOLE = "-whole";

  /** Follows a concern's name where it is that of the store of queues. */
  static final String QUEUE = "-queue";

  static final String KEYS = "/api/v1/kv";
  static final String KEY = KEYS + "/*key";

  private KvApi() {}

  static Api of(KvService service) {
    return of(service, letter -> {});
  }

  /**
   * The same, messages of transactions being checked.
   *
   * @param rule throws if one can be sent to no queue
   */
  static Api of(KvService service, Consumer<OutboxJson.Letter> rule) {
    KvReadApi reads = new KvReadApi(service);
    KvWriteApi writes = new KvWriteApi(service, rule);
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            reads.get(),
            reads.list(),
            writes.put(),
            writes.delete(),
            writes.deleteRange(),
            writes.txn(),
            new KvWatchApi(service).watch(),
            compact(service),
            status(service)));
  }

  private static Operation<?> compact(KvService service) {
    return Operation.of(
            "compact",
            POST,
            KEYS + ":compact",
            "Forgets what was before a revision.",
            KvApi::revision,
            revision ->
                service
                    .compact(revision)
                    .map(
                        store ->
                            new JsonObject()
                                .put("compactedRevision", revision)
                                .put("storeRevision", store)))
        .answering(KvSchema.object("compactedRevision", "storeRevision"));
  }

  private static Operation<?> status(KvService service) {
    return Operation.of(
            "status",
            GET,
            KEYS + ":status",
            "Shows where the store stands, as far as the node asked knows.",
            KvApi::nothing,
            nothing -> Future.succeededFuture(KvJson.status(service.status())))
        .answering(KvSchema.STATUS);
  }

  private static Long revision(Fields fields) {
    long revision = fields.longInteger("revision", 1, Long.MAX_VALUE).required();
    return fields.build(() -> revision);
  }

  private static String nothing(Fields fields) {
    return fields.build(() -> "");
  }
}
