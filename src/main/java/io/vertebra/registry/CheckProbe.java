package io.vertebra.registry;

import io.vertebra.registry.CheckDefinition.Http;
import io.vertebra.registry.CheckDefinition.Tcp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

/** Runs one check, of hosts in some networks alone. */
final class CheckProbe {
  private final Vertx vertx;
  private final Networks networks;
  private final HttpProbe http;
  private final NetClient tcp;

  CheckProbe(Vertx vertx, RegistryOptions.Checks options) {
    this.vertx = vertx;
    this.networks = Networks.of(options.networks(), "/networks");
    this.http = new HttpProbe(vertx, options.maxConcurrent());
    this.tcp =
        vertx.createNetClient(
            new NetClientOptions().setConnectTimeout((int) CheckDefinition.MAX_TIMEOUT.toMillis()));
  }

  /** Whether the cluster runs such checks. */
  static boolean isRun(CheckDefinition definition) {
    return definition instanceof Http || definition instanceof Tcp;
  }

  /** What is found; a failure of any kind is critical. */
  Future<Finding> run(CheckDefinition definition) {
    return Future.succeededFuture(definition)
        .compose(this::probe)
        .recover(cause -> Future.succeededFuture(new Finding(CheckStatus.CRITICAL, told(cause))));
  }

  private Future<Finding> probe(CheckDefinition definition) {
    if (definition instanceof Http check) {
      return resolve(HttpProbe.host(check)).compose(address -> http.probe(check, address));
    }
    if (definition instanceof Tcp check) {
      int colon = check.address().lastIndexOf(':');
      int port = Integer.parseInt(check.address().substring(colon + 1));
      String host = check.address().substring(0, colon).replaceAll("[\\[\\]]", "");
      return resolve(host).compose(address -> connect(check, port, address));
    }
    return Future.failedFuture(new IllegalArgumentException("nothing to be run"));
  }

  private Future<Finding> connect(Tcp check, int port, String address) {
    String output = "TCP connect " + check.address() + ": Success";
    return tcp.connect(port, address)
        .compose(NetSocket::close)
        .map(new Finding(CheckStatus.PASSING, output))
        .timeout(check.timeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The address to call, so that none is called but the one looked at. */
  private Future<String> resolve(String host) {
    return vertx
        .executeBlocking(() -> InetAddress.getByName(host).getHostAddress(), false)
        .compose(
            address ->
                networks.contain(address)
                    ? Future.succeededFuture(address)
                    : Future.failedFuture(
                        address + " is in none of the networks of registry.checks.networks"));
  }

  private static String told(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
