package io.vertebra.registry;

import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
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
      Promise<JsonObject> found = Promise.promise();
      look(found);
      return found.future();
    }

    /** A round without news ends before the next one: there may be any number of them. */
    private void look(Promise<JsonObject> found) {
      long known = told;
      service
          .instances(query, Reading.after(known, ROUND).until(closed))
          .map(answer -> new Indexed<>(answer.index(), json(answer)))
          .onSuccess(
              answer -> {
                if (answer.index() != known || closed.isDone()) {
                  told = answer.index();
                  found.complete(answer.value());
                } else {
                  look(found);
                }
              })
          .onFailure(found::fail);
    }

    private static JsonObject json(Indexed<List<InstanceHealth>> answer) {
      return RegistryJson.list(answer, RegistryJson::health);
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
