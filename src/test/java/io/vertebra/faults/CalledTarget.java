package io.vertebra.faults;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What schedules call over HTTP; it remembers every call. */
final class CalledTarget implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Queue<Called> calls = new ConcurrentLinkedQueue<>();
  private final HttpServer server;

  private CalledTarget() throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(this::called)
            .listen(0, "0.0.0.0")
            .await(10, SECONDS);
  }

  /**
   * A call.
   *
   * @param at when it came, of {@link System#nanoTime}
   * @param late how much later than the occurrence's time, in milliseconds
   */
  record Called(String id, String job, Instant time, long token, long at, long late) {}

  static CalledTarget open() throws Exception {
    return new CalledTarget();
  }

  int port() {
    return server.actualPort();
  }

  private void called(HttpServerRequest request) {
    long at = System.nanoTime();
    Instant now = Instant.now();
    Instant time = Instant.parse(request.getHeader("Occurrence-Time"));
    calls.add(
        new Called(
            request.getHeader("Occurrence-Id"),
            request.path().substring(1),
            time,
            Long.parseLong(request.getHeader("Fencing-Token")),
            at,
            now.toEpochMilli() - time.toEpochMilli()));
    request.response().end().onFailure(gone -> {});
  }

  List<Called> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() throws Exception {
    Object unused = vertx.close().await(10, SECONDS);
  }
}
