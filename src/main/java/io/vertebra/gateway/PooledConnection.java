package io.vertebra.gateway;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.impl.HttpClientConnectionInternal;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One connection of an {@link EndpointPool}; confined to the pool's event loop. */
final class PooledConnection {
  private static final VarHandle ACTUAL = actual();

  private final HttpClientConnection connection;
  private final int capacity;
  private int active;
  private final Channel channel;
  private final @Nullable AnswerGuard guard;
  private boolean usable = true;
  private boolean listed;
  private long idleSince;
  private boolean reused;

  /**
   * @param capacity how many requests it carries at once: 1 on HTTP/1.1
   */
  PooledConnection(HttpClientConnection connection, int capacity, long now) {
    this.connection = connection;
    this.capacity = capacity;
    this.idleSince = now;
    this.channel = ((ConnectionBase) ACTUAL.get(connection)).channel();
    this.guard = AnswerGuard.of(channel);
  }

  HttpClientConnection connection() {
    return connection;
  }

  boolean hasRoom() {
    return usable && active < capacity && channel.isOpen();
  }

  /**
   * Whether it can carry another request. An endpoint of HTTP/1.0 ends its answer by closing;
   * Vert.x closes too, but tells of it some turns of the event loop after it told of the answer's
   * end, and shows neither the version of the answer nor the state of the connection. So we look at
   * the channel, for which there is no other way than the field that keeps it.
   */
  private static VarHandle actual() {
    try {
      return MethodHandles.privateLookupIn(
              UnpooledHttpClientConnection.class, MethodHandles.lookup())
          .findVarHandle(
              UnpooledHttpClientConnection.class, "actual", HttpClientConnectionInternal.class);
    } catch (ReflectiveOperationException otherVersion) {
      throw new ExceptionInInitializerError(otherVersion);
    }
  }

  /** Whether it carries several requests at once: then the end of one does not concern it. */
  boolean isMultiplexed() {
    return capacity > 1;
  }

  boolean isUsable() {
    return usable;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  boolean isIdle() {
    return active == 0;
  }

  /** When the last request left, or when it was opened; meaningful while idle. */
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
    if (guard != null) {
      guard.settled();
    }
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
