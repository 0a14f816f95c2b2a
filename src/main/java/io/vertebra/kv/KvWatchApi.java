package io.vertebra.kv;

import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Following the changes of a range. */
final class KvWatchApi {
  private static final Duration DEFAULT_PROGRESS = Duration.ofSeconds(60);

  private final KvService service;

  KvWatchApi(KvService service) {
    this.service = service;
  }

  Operation<?> watch() {
    return Operation.feed(
            "watch",
            KvApi.KEYS + ":watch",
            "Tells every change of a range once, in order.",
            KvWatchApi::read,
            this::open)
        .answering(KvSchema.BATCH);
  }

  private static WatchRequest read(Fields fields) {
    Supplier<Optional<KeyRange>> range = KvFields.range(fields);
    long from =
        fields
            .longInteger("fromRevision", 0, Long.MAX_VALUE)
            .about("The first revision wanted; 0 for what comes from now on.")
            .orElse(0L);
    boolean previous = TxnFields.previous(fields);
    Duration progress =
        fields
            .millis("progressMs", 100, Duration.ofHours(1).toMillis())
            .about("After how long without a change to tell the revision reached.")
            .orElse(DEFAULT_PROGRESS);
    return fields.build(
        () -> {
          WatchRequest request =
              new WatchRequest(KvFields.required(range.get()), from, previous, progress);
          KvRules.check(request);
          return request;
        });
  }

  /** Has the revision reached told shortly before a caller who polls would give up. */
  private Future<Feed> open(WatchRequest request, Duration patience) {
    Duration soon = patience.multipliedBy(9).dividedBy(10);
    boolean poll = !patience.isZero() && soon.compareTo(request.progress()) < 0;
    WatchRequest wanted =
        new WatchRequest(
            request.range(),
            request.fromRevision(),
            request.previous(),
            poll ? soon : request.progress());
    return service.watch(wanted).map(WatchFeed::new);
  }

  /** A watch as a feed. */
  private static final class WatchFeed implements Feed {
    private final KvWatch watch;
    private volatile long told;

    WatchFeed(KvWatch watch) {
      this.watch = watch;
      this.told = watch.fromRevision() - 1;
    }

    @Override
    public Future<JsonObject> next() {
      return watch
          .next()
          .map(
              batch -> {
                told = batch.revision();
                return KvJson.batch(batch);
              });
    }

    @Override
    public JsonObject idle() {
      return KvJson.batch(new WatchBatch(told, List.of()));
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
