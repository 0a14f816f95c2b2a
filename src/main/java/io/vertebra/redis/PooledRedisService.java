package io.vertebra.redis;

import static io.vertebra.api.FailureCode.INTERNAL;
import static io.vertebra.api.FailureCode.TIMEOUT;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.api.RemoteServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** Calls over a pool of connections, which are opened when needed. */
final class PooledRedisService implements RedisService {

  /** The client's own word, in the form of an answer. */
  private static final String CLOSED = "CONNECTION_CLOSED";

  /** What a server answers that did nothing and may do it later. */
  private static final Pattern LATER =
      Pattern.compile(
          "(ERR )?(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS|MISCONF"
              + "|NOAUTH|WRONGPASS|NOPERM|MOVED|ASK)\\b.*",
          Pattern.DOTALL);

  private final Vertx vertx;
  private final Redis client;
  private final Duration timeout;
  private final RemoteServer server;
  private final LongSupplier nanoTime;

  PooledRedisService(
      Vertx vertx, Redis client, Duration timeout, RemoteServer server, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.client = client;
    this.timeout = timeout;
    this.server = server;
    this.nanoTime = nanoTime;
  }

  @Override
  public Future<Response> eval(RedisScript script, List<String> keys, List<String> args) {
    return eval(script, keys, request -> args.forEach(request::arg));
  }

  @Override
  public Future<Response> evalBytes(RedisScript script, List<String> keys, List<byte[]> args) {
    return eval(script, keys, request -> args.forEach(request::arg));
  }

  private Future<Response> eval(RedisScript script, List<String> keys, Consumer<Request> args) {
    return call(
        connection ->
            connection
                .send(request(Command.EVALSHA, script.sha(), keys, args))
                .recover(
                    cause ->
                        isReply(cause, "NOSCRIPT")
                            ? connection.send(request(Command.EVAL, script.source(), keys, args))
                            : Future.failedFuture(cause)));
  }

  /** Asks for a sign of life. */
  Future<Response> ping() {
    return call(connection -> connection.send(Request.cmd(Command.PING)));
  }

  @Override
  public Runnable subscribe(String channel, Consumer<String> heard) {
    SubscribeJob job = new SubscribeJob(vertx, client, timeout, channel, heard);
    job.start();
    return job::close;
  }

  private static Request request(
      Command command, String script, List<String> keys, Consumer<Request> args) {
    Request request = Request.cmd(command).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    args.accept(request);
    return request;
  }

  /** What is done with a connection. */
  private interface Exchange {
    Future<Response> on(RedisConnection connection);
  }

  private Future<Response> call(Exchange exchange) {
    long begun = nanoTime.getAsLong();
    Promise<Response> done = Promise.promise();
    connect(begun)
        .onFailure(done::tryFail)
        .onSuccess(connection -> exchange(exchange, connection, begun).onComplete(done));
    return Future.fromCompletionStage(done.future().toCompletionStage(), vertx.getOrCreateContext())
        .onComplete(ended -> server.ended(nanoTime.getAsLong() - begun))
        .onFailure(server::failed);
  }

  private Future<Response> exchange(Exchange exchange, RedisConnection connection, long begun) {
    return exchange
        .on(connection)
        .timeout(left(begun), TimeUnit.MILLISECONDS)
        .recover(cause -> Future.failedFuture(sent(cause)))
        .onComplete(ended -> connection.close());
  }

  /** A connection, or {@code UNAVAILABLE}; one that comes too late goes back to the pool. */
  private Future<RedisConnection> connect(long begun) {
    Future<RedisConnection> connecting = client.connect();
    return connecting
        .timeout(left(begun), TimeUnit.MILLISECONDS)
        .recover(
            cause -> {
              connecting.onSuccess(RedisConnection::close);
              return Failure.future(UNAVAILABLE, "Redis cannot be reached: " + words(cause));
            });
  }

  private long left(long begun) {
    long spent = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - begun);
    return Math.max(1, timeout.toMillis() - spent);
  }

  private static Failure sent(Throwable cause) {
    if (!(cause instanceof Response) || isReply(cause, CLOSED)) {
      return new Failure(TIMEOUT, "Redis did not answer: " + words(cause));
    }
    String reply = String.valueOf(cause.getMessage());
    return new Failure(
        LATER.matcher(reply).matches() ? UNAVAILABLE : INTERNAL, "Redis answered: " + reply);
  }

  private static boolean isReply(Throwable cause, String kind) {
    return cause instanceof Response && String.valueOf(cause.getMessage()).startsWith(kind);
  }

  private static String words(Throwable cause) {
    return cause instanceof TimeoutException
        ? "no answer in time"
        : String.valueOf(cause.getMessage());
  }
}
