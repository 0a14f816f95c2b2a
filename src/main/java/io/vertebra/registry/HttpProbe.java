package io.vertebra.registry;

import io.vertebra.registry.CheckDefinition.Http;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a URL for its status; redirects are not followed, for they could lead where checks may not
 * call.
 */
final class HttpProbe {
  private static final Logger LOG = LoggerFactory.getLogger(HttpProbe.class);
  private static final int WARNING_STATUS = 429;

  private final HttpClient verifying;
  private final HttpClient trusting;

  /**
   * @param maxConcurrent most questions at once
   */
  HttpProbe(Vertx vertx, int maxConcurrent) {
    PoolOptions pool =
        new PoolOptions().setHttp1MaxSize(maxConcurrent).setMaxWaitQueueSize(maxConcurrent);
    HttpClientOptions options = new HttpClientOptions().setKeepAlive(false);
    this.verifying = vertx.createHttpClient(options, pool);
    this.trusting =
        vertx.createHttpClient(
            new HttpClientOptions(options).setTrustAll(true).setVerifyHost(false), pool);
  }

  /** The host that a check calls. */
  static String host(Http check) {
    String host = String.valueOf(URI.create(check.url()).getHost());
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /**
   * Asks.
   *
   * @param address of the host, which is not looked up again
   */
  Future<Finding> probe(Http check, String address) {
    Promise<HttpClientRequest> sent = Promise.promise();
    HttpClient client = check.tlsSkipVerify() ? trusting : verifying;
    return client
        .request(request(check, address))
        .onComplete(sent)
        .compose(
            request -> {
              check.headers().forEach((name, values) -> request.putHeader(name, values));
              return request.exceptionHandler(HttpProbe::expectReset).send(check.body());
            })
        .compose(answer -> finding(check, answer))
        .timeout(check.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> sent.future().onSuccess(HttpClientRequest::reset));
  }

  private static RequestOptions request(Http check, String address) {
    URI uri = URI.create(check.url());
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    int standard = tls ? 443 : 80;
    int port = uri.getPort() < 0 ? standard : uri.getPort();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new RequestOptions()
        .setServer(SocketAddress.inetSocketAddress(port, address))
        .setHost(uri.getHost())
        .setPort(port)
        .setSsl(tls)
        .setMethod(HttpMethod.valueOf(check.method()))
        .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
        .setConnectTimeout(check.timeout().toMillis());
  }

  private static Future<Finding> finding(Http check, HttpClientResponse answer) {
    int code = answer.statusCode();
    CheckStatus status =
        code / 100 == 2
            ? CheckStatus.PASSING
            : code == WARNING_STATUS ? CheckStatus.WARNING : CheckStatus.CRITICAL;
    String line =
        "HTTP " + check.method() + " " + check.url() + ": " + code + " " + answer.statusMessage();
    return beginning(answer).map(body -> new Finding(status, line + " Output: " + body));
  }

  /** The first part of the body; for the rest nobody waits. */
  private static Future<Buffer> beginning(HttpClientResponse answer) {
    Promise<Buffer> read = Promise.promise();
    Buffer beginning = Buffer.buffer();
    answer.exceptionHandler(read::tryFail);
    answer.endHandler(end -> read.tryComplete(beginning));
    answer.handler(
        chunk -> {
          int room = CheckState.MAX_OUTPUT - beginning.length();
          Buffer unused = beginning.appendBuffer(chunk, 0, Math.min(room, chunk.length()));
          if (beginning.length() == CheckState.MAX_OUTPUT) {
            read.tryComplete(beginning);
          }
        });
    return read.future();
  }

  /** Our own reset comes back as an error, which the client would log. */
  private static void expectReset(Throwable reset) {
    LOG.trace("registry.check abandoned", reset);
  }
}
