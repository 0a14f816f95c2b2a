package io.vertebra.schedule;

import io.vertebra.kv.Bytes;
import io.vertebra.webhook.WebhookGuard;
import io.vertebra.webhook.WebhookSignature;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls HTTP servers. A status of 200 to 299 is a success; redirects are not followed. */
final class HttpCallJob {
  private static final Logger LOG = LoggerFactory.getLogger(HttpCallJob.class);

  /** For the rest of an answer nobody waits. */
  private static final int MOST_READ = 1 << 20;

  private final HttpClient client;
  private final WebhookGuard guard;
  private final TargetSecrets secrets;

  /**
   * @param guard tells which servers may be called
   * @param maxConnections to one server
   * @param maxConcurrent most calls at once
   */
  HttpCallJob(
      Vertx vertx,
      WebhookGuard guard,
      TargetSecrets secrets,
      int maxConnections,
      int maxConcurrent) {
    this.guard = guard;
    this.secrets = secrets;
    PoolOptions pool =
        new PoolOptions().setHttp1MaxSize(maxConnections).setMaxWaitQueueSize(2 * maxConcurrent);
    this.client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(true), pool);
  }

  /** Begins an attempt. */
  CallService.OpenCall call(Invocation invocation, Target.Http target) {
    Promise<HttpClientRequest> sent = Promise.promise();
    Future<Void> answered =
        admitted(target)
            .compose(client::request)
            .onComplete(sent)
            .compose(request -> send(request, invocation, target))
            .compose(HttpCallJob::success)
            .timeout(target.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .recover(cause -> told(cause, target))
            .onFailure(cause -> sent.future().onSuccess(HttpClientRequest::reset));
    return new CallService.OpenCall() {
      @Override
      public Future<Void> result() {
        return answered;
      }

      @Override
      public void abort() {
        sent.future().onSuccess(HttpClientRequest::reset);
      }
    };
  }

  private Future<RequestOptions> admitted(Target.Http target) {
    URI url = WebhookGuard.url(target.url(), "/url");
    return guard.admit(url, HttpMethod.valueOf(target.method()), target.timeout());
  }

  private Future<HttpClientResponse> send(
      HttpClientRequest request, Invocation invocation, Target.Http target) {
    Bytes body = invocation.payload().bytes();
    if (!body.isEmpty()) {
      request.putHeader(HttpHeaders.CONTENT_TYPE, invocation.payload().type());
    }
    invocation.headers(target.headers()).forEach(request::putHeader);
    secrets.open(invocation.job(), target).ifPresent(secret -> sign(request, invocation, secret));
    request.exceptionHandler(HttpCallJob::expectReset);
    return body.isEmpty() ? request.send() : request.send(Buffer.buffer(body.unsafeArray()));
  }

  private static void sign(HttpClientRequest request, Invocation invocation, String secret) {
    long timestamp = invocation.at().getEpochSecond();
    Bytes body = invocation.payload().bytes();
    request
        .putHeader(WebhookSignature.ID, invocation.id())
        .putHeader(WebhookSignature.TIMESTAMP, Long.toString(timestamp))
        .putHeader(
            WebhookSignature.SIGNATURE,
            WebhookSignature.of(secret, invocation.id(), timestamp, body));
  }

  private static Future<Void> success(HttpClientResponse answer) {
    Promise<Void> read = Promise.promise();
    long[] bytes = {0};
    answer.exceptionHandler(read::tryFail);
    answer.endHandler(end -> read.tryComplete());
    answer.handler(
        chunk -> {
          bytes[0] += chunk.length();
          if (bytes[0] > MOST_READ && read.tryComplete()) {
            Future<Void> unused = answer.request().reset();
          }
        });
    int status = answer.statusCode();
    return status / 100 == 2
        ? read.future()
        : read.future().transform(done -> Future.failedFuture("HTTP status " + status));
  }

  private static Future<Void> told(Throwable cause, Target.Http target) {
    return cause instanceof TimeoutException
        ? Future.failedFuture("no answer within " + target.timeout().toMillis() + " ms")
        : Future.failedFuture(cause);
  }

  /** Our own reset comes back as an error, which the client would log. */
  private static void expectReset(Throwable reset) {
    LOG.trace("schedule.call abandoned", reset);
  }
}
