package io.vertebra.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;
import java.util.concurrent.TimeUnit;

/** The reverse proxy of Vert.x as it comes, one instance on each of two event loops. */
final class BareProxy extends VerticleBase {
  private static final int EVENT_LOOPS = 2;
  private static final int CONNECTIONS = 128;

  private final int port;
  private final int upstreamPort;

  private BareProxy(int port, int upstreamPort) {
    this.port = port;
    this.upstreamPort = upstreamPort;
  }

  /**
   * @param arguments the port of the proxy, the port of the upstream
   */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    int upstreamPort = Integer.parseInt(arguments[1]);
    VertxOptions options =
        new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(EVENT_LOOPS);
    Future<String> deployed =
        Vertx.vertx(options)
            .deployVerticle(
                () -> new BareProxy(port, upstreamPort),
                new DeploymentOptions().setInstances(EVENT_LOOPS));
    deployed.await(60, TimeUnit.SECONDS);
  }

  @Override
  public Future<?> start() {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    HttpProxy proxy = HttpProxy.reverseProxy(client).origin(upstreamPort, "127.0.0.1");
    return vertx.createHttpServer().requestHandler(proxy).listen(port, "127.0.0.1");
  }
}
