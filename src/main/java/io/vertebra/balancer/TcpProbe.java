package io.vertebra.balancer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;

/** Connects and hangs up. */
final class TcpProbe implements Probe {
  private final NetClient client;
  private final ActiveCheck options;

  TcpProbe(Vertx vertx, ActiveCheck options) {
    this.options = options;
    this.client =
        vertx.createNetClient(
            new NetClientOptions().setConnectTimeout((int) options.timeout().toMillis()));
  }

  @Override
  public Future<String> check(Endpoint endpoint) {
    return Probe.limited(
        client
            .connect(endpoint.port(), endpoint.host())
            .compose(NetSocket::close)
            .map("it accepts connections"),
        options);
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
