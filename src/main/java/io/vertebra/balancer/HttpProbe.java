package io.vertebra.balancer;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for a page and looks at its status and, if wanted, its text. */
final class HttpProbe implements Probe {
  private static final Logger LOG = LoggerFactory.getLogger(HttpProbe.class);
  private static final int MAX_BODY_BYTES = 65_536;

  private final HttpClient client;
  private final ActiveCheck options;
  private final Connection connection;

  HttpProbe(Vertx vertx, ActiveCheck options, Connection connection) {
    this.options = options;
    this.connection = connection;
    // One connection per endpoint is enough, since its checks never overlap.
    PoolOptions pool =
        new PoolOptions().setHttp1MaxSize(1).setHttp2MaxSize(1).setMaxWaitQueueSize(1);
    this.client = vertx.createHttpClient(clientOptions(options, connection), pool);
  }

  private static HttpClientOptions clientOptions(ActiveCheck options, Connection connection) {
    boolean http2 = connection.protocol() == Connection.Protocol.HTTP2;
    HttpClientOptions client =
        new HttpClientOptions()
            .setConnectTimeout((int) options.timeout().toMillis())
            .setKeepAlive(true)
            .setProtocolVersion(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .setHttp2ClearTextUpgrade(false);
    if (connection.tls()) {
      client
          .setSsl(true)
          .setUseAlpn(http2)
          .setForceSni(!connection.tlsServerName().isEmpty())
          .setTrustAll(!connection.tlsVerify())
          .setVerifyHost(connection.tlsVerify());
      if (!connection.tlsTrustPath().isEmpty()) {
        client.setTrustOptions(new PemTrustOptions().addCertPath(connection.tlsTrustPath()));
      }
    }
    return client;
  }

  @Override
  public Future<String> check(Endpoint endpoint) {
    Promise<HttpClientRequest> sent = Promise.promise();
    Future<String> check =
        client
            .request(requestOptions(endpoint))
            .onComplete(sent)
            .compose(request -> request.exceptionHandler(HttpProbe::expectReset).send())
            .compose(this::examine);
    return Probe.limited(check, options).onFailure(cause -> abandon(sent.future()));
  }

  private RequestOptions requestOptions(Endpoint endpoint) {
    String serverName = connection.tlsServerName();
    RequestOptions request =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(endpoint.port(), endpoint.host()))
            .setHost(serverName.isEmpty() ? endpoint.host() : serverName)
            .setPort(endpoint.port())
            .setMethod(HttpMethod.valueOf(options.method().name()))
            .setURI(options.path())
            .setConnectTimeout(options.timeout().toMillis());
    if (!options.hostHeader().isEmpty()) {
      request.putHeader("host", options.hostHeader());
    }
    return request;
  }

  private Future<String> examine(HttpClientResponse response) {
    response.exceptionHandler(HttpProbe::expectReset);
    int status = response.statusCode();
    if (status < options.statusMin() || status > options.statusMax()) {
      return Future.failedFuture(new Finding("status " + status + " instead of " + expected()));
    }
    return options.bodyContains().isEmpty()
        ? response.end().map("status " + status)
        : beginning(response).compose(body -> examine(status, body));
  }

  private Future<String> examine(int status, Buffer body) {
    return body.toString(StandardCharsets.UTF_8).contains(options.bodyContains())
        ? Future.succeededFuture("status " + status + " and the text wanted")
        : Future.failedFuture(new Finding("the body lacks the text wanted"));
  }

  /** The first part of the body; the rest is thrown away. */
  private static Future<Buffer> beginning(HttpClientResponse response) {
    Buffer beginning = Buffer.buffer();
    response.handler(
        chunk -> {
          int room = MAX_BODY_BYTES - beginning.length();
          beginning.appendBuffer(chunk, 0, Math.min(room, chunk.length()));
        });
    return response.end().map(beginning);
  }

  private String expected() {
    return options.statusMin() == options.statusMax()
        ? "" + options.statusMin()
        : options.statusMin() + " to " + options.statusMax();
  }

  /** Frees the connection of a check that failed; one that comes too late is not used. */
  private static void abandon(Future<HttpClientRequest> sent) {
    sent.onSuccess(HttpClientRequest::reset);
  }

  /** Our own reset comes back as an error, which the client would log. */
  private static void expectReset(Throwable reset) {
    LOG.trace("balancer.check abandoned", reset);
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
