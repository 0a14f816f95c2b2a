package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientConnection;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one endpoint, and those who wait for one. Confined to that
 * event loop, so it needs no lock. The connection used last is used first, so that the others can
 * grow idle and be closed.
 */
final class EndpointPool {
  private static final int EXPECTED_HTTP2_STREAMS = 100;

  private final Supplier<Future<HttpClientConnection>> connector;
  private final Limits limits;
  private final PoolLoad load;
  private final LongSupplier nanoTime;
  private final ArrayDeque<PooledConnection> available = new ArrayDeque<>();
  private final ArrayDeque<Promise<PooledConnection>> waiting = new ArrayDeque<>();
  private int connections;
  private int connecting;
  private boolean retired;

  /**
   * What bounds a pool.
   *
   * @param connections most connections open or being opened
   * @param waiting most requests that wait while none can be opened
   * @param keepAliveNanos how long a connection may be idle
   * @param multiplexed whether a connection carries several requests at once (HTTP/2)
   */
  record Limits(int connections, int waiting, long keepAliveNanos, boolean multiplexed) {}

  EndpointPool(
      Supplier<Future<HttpClientConnection>> connector,
      Limits limits,
      PoolLoad load,
      LongSupplier nanoTime) {
    this.connector = connector;
    this.limits = limits;
    this.load = load;
    this.nanoTime = nanoTime;
  }

  /**
   * A connection with room for one more request; {@link #release} must follow. Fails with {@code
   * UNAVAILABLE} when too many wait, or with the reason why no connection could be opened.
   */
  Future<PooledConnection> acquire() {
    PooledConnection connection = lastOpen();
    if (connection != null) {
      begin(connection);
      return Future.succeededFuture(connection);
    }
    if (connections >= limits.connections()
        && waiting.size() - connecting * streamsExpected() >= limits.waiting()) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many requests wait for a connection");
    }
    Promise<PooledConnection> promise = Promise.promise();
    waiting.add(promise);
    load.addWaiting(1);
    connectIfNeeded();
    return promise.future();
  }

  /** Gives up waiting; does nothing when a connection has been handed over already. */
  void abandon(Future<PooledConnection> acquired) {
    if (waiting.removeIf(promise -> promise.future() == acquired)) {
      load.addWaiting(-1);
    }
  }

  /**
   * Ends a request's use of a connection.
   *
   * @param reusable whether both messages ended properly; over HTTP/2 a stream's end, however it
   *     came, does not concern its connection
   */
  void release(PooledConnection connection, boolean reusable) {
    connection.end(nanoTime.getAsLong());
    boolean broken = !connection.isOpen() || (!reusable && !connection.isMultiplexed());
    if (broken || ((retired || !connection.isUsable()) && connection.isIdle())) {
      retire(connection);
      if (connection.isIdle()) {
        connection.connection().close();
      }
    } else {
      serve(connection);
    }
  }

  /** Closes what has been idle too long. */
  void closeIdle(long now) {
    PooledConnection oldest = available.peekFirst();
    while (oldest != null
        && oldest.isIdle()
        && now - oldest.idleSince() > limits.keepAliveNanos()) {
      retire(oldest);
      oldest.connection().close();
      oldest = available.peekFirst();
    }
  }

  /** Lets the requests under way end, then closes everything. */
  void retire() {
    retired = true;
    closeIdleNow();
  }

  int connections() {
    return connections;
  }

  private void closeIdleNow() {
    for (PooledConnection connection : available.toArray(new PooledConnection[0])) {
      if (connection.isIdle()) {
        retire(connection);
        connection.connection().close();
      }
    }
  }

  private void connectIfNeeded() {
    while (connections < limits.connections() && connecting * streamsExpected() < waiting.size()) {
      connections++;
      load.addConnections(1);
      connecting++;
      connector.get().onComplete(this::connected, this::refused);
    }
  }

  /** How many of those who wait a connection that is being opened will serve. */
  private int streamsExpected() {
    return limits.multiplexed() ? EXPECTED_HTTP2_STREAMS : 1;
  }

  private void connected(HttpClientConnection connection) {
    connecting--;
    PooledConnection pooled =
        new PooledConnection(connection, capacity(connection), nanoTime.getAsLong());
    connection.closeHandler(closed -> closed(pooled));
    if (limits.multiplexed()) {
      connection.goAwayHandler(goAway -> retire(pooled));
    }
    if (retired && waiting.isEmpty()) {
      connection.close();
    } else {
      serve(pooled);
      connectIfNeeded();
    }
  }

  private int capacity(HttpClientConnection connection) {
    return limits.multiplexed()
        ? (int) Math.min(connection.maxActiveStreams(), Integer.MAX_VALUE)
        : 1;
  }

  private void refused(Throwable cause) {
    connecting--;
    connections--;
    load.addConnections(-1);
    for (int i = 0; i < streamsExpected() && !waiting.isEmpty(); i++) {
      load.addWaiting(-1);
      waiting.remove().fail(new ConnectFailure(cause));
    }
    connectIfNeeded();
  }

  private void closed(PooledConnection connection) {
    connections--;
    load.addConnections(-1);
    retire(connection);
    connectIfNeeded();
  }

  private void retire(PooledConnection connection) {
    connection.retire();
    if (connection.isListed()) {
      connection.list(false);
      available.remove(connection);
    }
  }

  private void serve(PooledConnection connection) {
    while (connection.hasRoom()) {
      Promise<PooledConnection> next = waiting.poll();
      if (next == null) {
        list(connection);
        return;
      }
      load.addWaiting(-1);
      connection.begin();
      next.complete(connection);
    }
  }

  private @Nullable PooledConnection lastOpen() {
    PooledConnection last = available.peekLast();
    while (last != null && !last.isOpen()) {
      retire(last);
      last = available.peekLast();
    }
    return last;
  }

  private void list(PooledConnection connection) {
    if (!connection.isListed()) {
      connection.list(true);
      available.addLast(connection);
    }
  }

  private void begin(PooledConnection last) {
    last.begin();
    if (!last.hasRoom()) {
      last.list(false);
      available.removeLast();
    }
  }

  /** No connection to the endpoint could be opened; nothing of any request was sent. */
  static final class ConnectFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    ConnectFailure(@Nullable Throwable cause) {
      super(cause == null ? "refused" : cause.getMessage(), cause, false, false);
    }
  }
}
