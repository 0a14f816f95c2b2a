package io.vertebra.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;

/**
 * Lets a gate see each connection of an HTTP server before its first byte is read: Vert.x tells of
 * a clear text connection only after it decoded the first request.
 */
final class GatedVertx extends VertxWrapper {
  private final Gate gate;

  /** Sees connections first. */
  @FunctionalInterface
  interface Gate {

    /**
     * Lets a connection pass or closes it.
     *
     * @param next makes the connection an HTTP connection
     */
    void pass(NetSocketInternal socket, Handler<NetSocket> next);
  }

  GatedVertx(Vertx vertx, Gate gate) {
    super((VertxInternal) vertx);
    this.gate = gate;
  }

  @Override
  public NetServerInternal createNetServer(NetServerOptions options) {
    return new NetServerImpl(delegate, options) {
      @Override
      public synchronized NetServerInternal connectHandler(Handler<NetSocket> handler) {
        return super.connectHandler(socket -> gate.pass((NetSocketInternal) socket, handler));
      }
    };
  }
}
