package io.vertebra.bench;

import com.hazelcast.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.TimeUnit;

/** A clustered Vert.x with one HTTP server, alone on loopback. */
final class BareServer {
  private BareServer() {}

  /**
   * @param arguments the port of the server
   */
  public static void main(String[] arguments) throws Exception {
    Config config = new Config();
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    Future<HttpServer> listening =
        Vertx.builder()
            .with(new VertxOptions().setPreferNativeTransport(true))
            .withClusterManager(new HazelcastClusterManager(config))
            .buildClustered()
            .compose(vertx -> listen(vertx, Integer.parseInt(arguments[0])));
    listening.await(60, TimeUnit.SECONDS);
  }

  private static Future<HttpServer> listen(Vertx vertx, int port) {
    return vertx
        .createHttpServer()
        .requestHandler(request -> request.response().end("{\"status\":\"UP\"}"))
        .listen(port, "127.0.0.1");
  }
}
