package io.vertebra.gateway;

import io.vertebra.balancer.Connection;
import io.vertebra.balancer.Endpoint;
import io.vertebra.balancer.LiveEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The connections of one event loop to the endpoints of one upstream; confined to that loop. */
final class UpstreamClient {
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /** Room for some hundred streams whose readers are slow, so that they do not stop the others. */
  private static final int HTTP2_WINDOW_BYTES = 16 << 20;

  private final Connection options;
  private final HttpClientAgent client;
  private final EndpointPool.Limits limits;
  private final PoolLoad load;
  private final LongSupplier nanoTime;
  private final Map<String, EndpointPool> pools = new HashMap<>();
  private final List<EndpointPool> leaving = new ArrayList<>();

  /**
   * Makes a client without connections.
   *
   * @param eventLoops among how many the connections of the node are shared out
   * @param load where the use of its pools is counted
   */
  UpstreamClient(
      Vertx vertx, Connection options, int eventLoops, PoolLoad load, LongSupplier nanoTime) {
    this.options = options;
    this.load = load;
    this.nanoTime = nanoTime;
    this.client = vertx.createHttpClient(clientOptions(options));
    this.limits =
        new EndpointPool.Limits(
            share(options.maxConnections(), eventLoops),
            share(options.maxPending(), eventLoops),
            options.keepAlive().toNanos(),
            isHttp2(options));
  }

  Connection options() {
    return options;
  }

  EndpointPool pool(LiveEndpoint endpoint) {
    EndpointPool pool = pools.get(endpoint.id());
    if (pool == null) {
      Endpoint target = endpoint.endpoint();
      pool = new EndpointPool(() -> connect(target), limits, load, nanoTime);
      pools.put(endpoint.id(), pool);
    }
    return pool;
  }

  /** Has no further use for endpoints that are gone; what is under way there ends in peace. */
  void keepOnly(Set<String> endpoints) {
    for (String endpoint : Set.copyOf(pools.keySet())) {
      if (!endpoints.contains(endpoint)) {
        EndpointPool gone = pools.remove(endpoint);
        gone.retire();
        leaving.add(gone);
      }
    }
  }

  void closeIdle(long now) {
    pools.values().forEach(pool -> pool.closeIdle(now));
    leaving.removeIf(pool -> pool.connections() == 0);
  }

  /**
   * Has no further use for any endpoint. Requests and tunnels under way end in peace; {@link
   * #isDrained} tells when. Until then this client must be kept, for Vert.x closes the connections
   * of a client that nobody refers to.
   */
  void retire() {
    keepOnly(Set.of());
  }

  boolean isDrained() {
    return leaving.isEmpty() && pools.isEmpty();
  }

  void close() {
    client.close();
  }

  private Future<HttpClientConnection> connect(Endpoint endpoint) {
    Future<HttpClientConnection> connecting =
        client.connect(
            new HttpConnectOptions()
                .setHost(
                    options.tlsServerName().isEmpty() ? endpoint.host() : options.tlsServerName())
                .setPort(endpoint.port())
                .setServer(SocketAddress.inetSocketAddress(endpoint.port(), endpoint.host()))
                .setSsl(options.tls()));
    // The client's own timeout is for TCP; this one is for TLS and the preface of HTTP/2 too.
    return connecting
        .timeout(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> connecting.onSuccess(HttpClientConnection::close));
  }

  private static HttpClientOptions clientOptions(Connection options) {
    HttpClientOptions client =
        new HttpClientOptions()
            .setConnectTimeout((int) options.connectTimeout().toMillis())
            .setProtocolVersion(isHttp2(options) ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2ConnectionWindowSize(HTTP2_WINDOW_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setDecompressionSupported(false)
            .setTcpNoDelay(true)
            .setSsl(options.tls())
            .setUseAlpn(options.tls() && isHttp2(options))
            .setForceSni(options.tls())
            .setVerifyHost(options.tlsVerify())
            .setTrustAll(!options.tlsVerify());
    return options.tlsTrustPath().isEmpty()
        ? client
        : client.setTrustOptions(new PemTrustOptions().addCertPath(options.tlsTrustPath()));
  }

  private static boolean isHttp2(Connection options) {
    return options.protocol() == Connection.Protocol.HTTP2;
  }

  private static int share(int whole, int eventLoops) {
    return (whole + eventLoops - 1) / eventLoops;
  }
}
