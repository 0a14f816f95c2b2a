package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Ends requests whose body takes too long in all, however steadily a little of it comes. Those that
 * are answered already lose their connection. Used on one event loop.
 */
final class BodyDeadline {
  /** In how many parts the time is measured, so that it is kept to that fraction. */
  private static final int PARTS = 8;

  private final Consumer<HttpServerRequest> late;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long now;

  private record Entry(HttpServerRequest request, long end) {}

  /**
   * Measures on the current context from now on.
   *
   * @param late answers a request that nobody answered yet
   */
  BodyDeadline(Vertx vertx, Duration time, Consumer<HttpServerRequest> late) {
    this.late = late;
    long unused = vertx.setPeriodic(Math.max(1, time.toMillis() / PARTS), timer -> tick());
  }

  /** Measures a request whose head came just now, if it has a body. */
  void watch(HttpServerRequest request) {
    if (!request.isEnded() && hasBody(request)) {
      entries.addLast(new Entry(request, now + PARTS + 1));
    }
  }

  private static boolean hasBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        || request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
  }

  private void tick() {
    now++;
    Iterator<Entry> all = entries.iterator();
    while (all.hasNext()) {
      Entry entry = all.next();
      if (entry.request().isEnded() || entry.request().response().closed()) {
        all.remove();
      } else if (entry.end() <= now) {
        all.remove();
        end(entry.request());
      }
    }
  }

  private void end(HttpServerRequest request) {
    boolean answers = request.response().headWritten() && !request.response().ended();
    if (answers) {
      return;
    }
    if (!request.response().headWritten()) {
      late.accept(request);
    }
    Future<Void> unused =
        request.version() == HttpVersion.HTTP_2
            ? request.response().reset(0)
            : request.connection().close();
  }
}
