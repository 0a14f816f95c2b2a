package io.vertebra.registry;

import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Following the instances of a service: each batch is all of them as they are then. */
final class RegistryWatchApi {
  private static final Duration ROUND = Duration.ofMinutes(5);

  private final RegistryService service;

  RegistryWatchApi(RegistryService service) {
    this.service = service;
  }

  /**
   * What is followed.
   *
   * @param fromRevision the first index wanted; 0 to begin with what is there
   */
  private record Watched(InstanceQuery query, long fromRevision) {}

  Operation<?> watch(String path) {
    return Operation.feed(
        "watch-service",
        path,
        "Tells the instances of a service, whole, whenever one of them changed.",
        RegistryWatchApi::read,
        (watched, patience) ->
            Future.succeededFuture(new InstanceFeed(watched.query(), watched.fromRevision())));
  }

  private static Watched read(Fields fields) {
    Supplier<InstanceQuery> query = RegistryFields.instances(fields);
    long from =
        fields
            .longInteger("fromRevision", 0, Long.MAX_VALUE)
            .about("The first revision wanted; 0 to begin with what is there.")
            .orElse(0L);
    return fields.build(() -> new Watched(query.get(), from));
  }

  private final class InstanceFeed implements Feed {
    private final InstanceQuery query;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile long told;

    InstanceFeed(InstanceQuery query, long fromRevision) {
      this.query = query;
      this.told = Math.max(0, fromRevision - 1);
    }

    @Override
    public Future<JsonObject> next() {
      return service
          .instances(query, Reading.after(told, ROUND).until(closed))
          .compose(
              answer -> {
                if (answer.index() == told) {
                  return next();
                }
                told = answer.index();
                return Future.succeededFuture(RegistryJson.list(answer, RegistryJson::health));
              });
    }

    @Override
    public JsonObject idle() {
      return new JsonObject().put("revision", told);
    }

    @Override
    public void close() {
      boolean unused = closed.complete(null);
    }
  }
}
