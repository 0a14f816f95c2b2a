package io.vertebra.gateway;

import io.vertx.core.http.HttpClientConnection;

/** One connection of an {@link EndpointPool}; confined to the pool's event loop. */
final class PooledConnection {
  private final HttpClientConnection connection;
  private final int capacity;
  private int active;
  private boolean usable = true;
  private boolean listed;
  private long idleSince;
  private boolean reused;

  /**
   * @param capacity how many requests it carries at once: 1 on HTTP/1.1
   */
  PooledConnection(HttpClientConnection connection, int capacity) {
    this.connection = connection;
    this.capacity = capacity;
  }

  HttpClientConnection connection() {
    return connection;
  }

  boolean hasRoom() {
    return usable && active < capacity;
  }

  boolean isIdle() {
    return active == 0;
  }

  /** When the last request left; meaningful while idle. */
  long idleSince() {
    return idleSince;
  }

  void begin() {
    active++;
  }

  /** Whether a request ended on it before: the endpoint may be closing it just now. */
  boolean isReused() {
    return reused;
  }

  void end(long now) {
    active--;
    reused = true;
    idleSince = now;
  }

  /** No further request may begin. */
  void retire() {
    usable = false;
  }

  /** Whether it stands among those with room. */
  boolean isListed() {
    return listed;
  }

  void list(boolean listed) {
    this.listed = listed;
  }
}
