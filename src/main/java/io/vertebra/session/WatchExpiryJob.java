package io.vertebra.session;

import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sees in the store which sessions went with their leases; the node that leads tells. What happens
 * while the watch is broken is not told.
 */
final class WatchExpiryJob implements ExpiryJob {
  private static final WatchRequest REQUEST =
      new WatchRequest(KvSessionStore.ALL, 0, true, Duration.ZERO);

  private final KvService kv;
  private final Consumer<SessionEvent> listener;
  private final RangeWatch watch;

  WatchExpiryJob(Vertx vertx, KvService kv, Consumer<SessionEvent> listener) {
    this.kv = kv;
    this.listener = listener;
    this.watch = RangeWatch.ofChanges(vertx, kv, REQUEST, "session.watch", this::tell);
  }

  @Override
  public void start() {
    watch.start();
  }

  @Override
  public void stop() {
    watch.stop();
  }

  private Future<?> tell(WatchBatch batch) {
    if (kv.status().isLeader()) {
      batch.events().stream().filter(WatchExpiryJob::isExpiry).forEach(this::tell);
    }
    return Future.succeededFuture();
  }

  private static boolean isExpiry(KvEvent event) {
    return event.type() == KvEvent.Type.DELETE && event.entry().lease() != 0;
  }

  private void tell(KvEvent event) {
    Optional<String> whose =
        event.previous().flatMap(entry -> KvSessionStore.kept(entry).session().owner());
    listener.accept(
        SessionEvent.of(SessionEvent.Type.EXPIRED, KvSessionStore.handle(event.entry()), whose));
  }
}
