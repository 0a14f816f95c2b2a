package io.vertebra.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.kv.Bytes;
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
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts to servers that the guard allows, over so many connections to each; what waits for one is
 * bounded too. Redirects are not followed. Safe for any thread.
 */
public final class WebhookClient {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookClient.class);
  private static final int MAX_WAITING = 10_000;

  /** What is read of an answer's body, so that its connection can serve again. */
  private static final int MAX_READ = 64 * 1024;

  private static final Duration MAX_REST = Duration.ofDays(1);
  private static final int MAX_DIGITS = 9;

  private final WebhookGuard guard;
  private final HttpClient client;
  private final Clock clock;

  /** By the first digit of the status; the first for no answer. */
  private final List<Counter> calls;

  /**
   * What is sent.
   *
   * @param timeout for all of it, in the client and on the way
   */
  public record Post(URI url, Map<String, String> headers, Bytes body, Duration timeout) {}

  /**
   * What came back.
   *
   * @param rest after how long the server wants to be asked again, at most a day
   */
  public record Answer(int status, Optional<Duration> rest) {}

  /**
   * Counts as {@code vertebra_webhook_calls_total}.
   *
   * @param maxConnections to one server
   */
  public WebhookClient(
      Vertx vertx, WebhookGuard guard, int maxConnections, Clock clock, MeterRegistry meters) {
    this.guard = guard;
    this.clock = clock;
    this.calls =
        Stream.of("none", "1xx", "2xx", "3xx", "4xx", "5xx")
            .map(
                answer ->
                    Counter.builder("vertebra.webhook.calls")
                        .description("Posts to servers by their answers")
                        .tag("answer", answer)
                        .register(meters))
            .toList();
    PoolOptions pool =
        new PoolOptions().setHttp1MaxSize(maxConnections).setMaxWaitQueueSize(MAX_WAITING);
    this.client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(true), pool);
  }

  /** Sends something; fails if no answer comes, or the server may not be called. */
  public Future<Answer> send(Post post) {
    Promise<HttpClientRequest> begun = Promise.promise();
    return guard
        .admit(post.url(), HttpMethod.POST, post.timeout())
        .compose(options -> client.request(options).onComplete(begun))
        .compose(request -> send(request, post))
        .timeout(post.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .recover(cause -> told(cause, post))
        .onFailure(cause -> begun.future().onSuccess(HttpClientRequest::reset))
        .onComplete(answer -> count(answer.succeeded() ? answer.result().status() / 100 : 0));
  }

  private Future<Answer> send(HttpClientRequest request, Post post) {
    post.headers().forEach(request::putHeader);
    request.exceptionHandler(broken -> LOG.trace("webhook.call broken", broken));
    return request.send(Buffer.buffer(post.body().unsafeArray())).compose(this::read);
  }

  /** Waits for the rest of an answer, or for enough of it. */
  private Future<Answer> read(HttpClientResponse response) {
    Promise<Answer> read = Promise.promise();
    Answer answer = new Answer(response.statusCode(), rest(response.getHeader("retry-after")));
    int[] bytes = {0};
    response.exceptionHandler(read::tryFail);
    response.endHandler(end -> read.tryComplete(answer));
    response.handler(
        chunk -> {
          bytes[0] += chunk.length();
          if (bytes[0] > MAX_READ && read.tryComplete(answer)) {
            Future<Void> unused = response.request().reset();
          }
        });
    return read.future();
  }

  /** RFC 9110 section 10.2.3: seconds, or a date. */
  private Optional<Duration> rest(@Nullable String retryAfter) {
    if (retryAfter == null) {
      return Optional.empty();
    }
    String text = retryAfter.strip();
    if (text.matches("\\d{1," + MAX_DIGITS + "}")) {
      return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(text))));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(bounded(Duration.between(clock.instant(), then)));
    } catch (DateTimeParseException other) {
      return Optional.empty();
    }
  }

  private static Duration bounded(Duration rest) {
    if (rest.isNegative()) {
      return Duration.ZERO;
    }
    return rest.compareTo(MAX_REST) > 0 ? MAX_REST : rest;
  }

  private static <T> Future<T> told(Throwable cause, Post post) {
    return cause instanceof TimeoutException
        ? Future.failedFuture("no answer within " + post.timeout().toMillis() + " ms")
        : Future.failedFuture(cause);
  }

  private void count(int kind) {
    calls.get(kind < calls.size() ? kind : 0).increment();
  }
}
