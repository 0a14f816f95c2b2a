package io.vertebra.http;

import io.vertebra.api.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests of the compatible APIs that may last, and whose callers are judged again and again: one
 * whose caller is out is broken off. There are as many as requests under way, and those that ended
 * since they were last looked at.
 */
final class OpenRequests {
  private static final long EVERY_MS = 250;
  private static final long CANCEL = 8;

  private final Vertx vertx;
  private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
  private final long timer;

  private record Entry(HttpServerRequest request, Context context, Runnable judge) {}

  OpenRequests(Vertx vertx) {
    this.vertx = vertx;
    this.timer = vertx.setPeriodic(EVERY_MS, now -> entries.forEach(this::judge));
  }

  /**
   * Watches a request until it ends. To be called on its context.
   *
   * @param judge throws a {@link Failure} once it may not be served any more
   */
  void watch(HttpServerRequest request, Runnable judge) {
    boolean unused = entries.add(new Entry(request, vertx.getOrCreateContext(), judge));
  }

  private void judge(Entry entry) {
    if (entry.request().response().ended() || entry.request().response().closed()) {
      boolean unused = entries.remove(entry);
      return;
    }
    try {
      entry.judge().run();
    } catch (Failure out) {
      boolean unused = entries.remove(entry);
      entry.context().runOnContext(now -> breakOff(entry.request()));
    }
  }

  private static void breakOff(HttpServerRequest request) {
    Future<Void> unused =
        request.version() == HttpVersion.HTTP_2
            ? request.response().reset(CANCEL)
            : request.connection().close();
  }

  void close() {
    boolean unused = vertx.cancelTimer(timer);
  }
}
