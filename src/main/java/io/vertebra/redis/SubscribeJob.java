package io.vertebra.redis;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a subscription alive with a connection of its own. Its state belongs to its context. */
final class SubscribeJob {
  private static final Logger LOG = LoggerFactory.getLogger(SubscribeJob.class);
  private static final long MIN_PAUSE_MS = 50;
  private static final long MAX_PAUSE_MS = 2_000;

  private final Vertx vertx;
  private final Redis client;
  private final Duration timeout;
  private final String channel;
  private final Consumer<String> heard;
  private @Nullable RedisConnection connection;
  private long pause = MIN_PAUSE_MS;
  private boolean closed;

  SubscribeJob(
      Vertx vertx, Redis client, Duration timeout, String channel, Consumer<String> heard) {
    this.vertx = vertx;
    this.client = client;
    this.timeout = timeout;
    this.channel = channel;
    this.heard = heard;
  }

  void start() {
    vertx.getOrCreateContext().runOnContext(begun -> open());
  }

  private synchronized void open() {
    if (closed) {
      return;
    }
    Future<RedisConnection> connecting = client.connect();
    connecting
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> connecting.onSuccess(RedisConnection::close))
        .compose(this::listen)
        .onSuccess(subscribed -> opened())
        .onFailure(this::retry);
  }

  private Future<Response> listen(RedisConnection opened) {
    opened.handler(this::hear);
    opened.exceptionHandler(cause -> LOG.debug("redis.subscription failed", cause));
    opened.endHandler(ended -> retry(new IllegalStateException("the connection ended")));
    synchronized (this) {
      connection = opened;
    }
    return opened
        .send(Request.cmd(Command.SUBSCRIBE).arg(channel))
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failed -> opened.endHandler(null))
        .onFailure(failed -> opened.close());
  }

  private synchronized void opened() {
    pause = MIN_PAUSE_MS;
    if (closed && connection != null) {
      connection.close();
    } else {
      heard.accept("");
    }
  }

  private void hear(Response message) {
    if (message.size() == 3 && "message".equals(message.get(0).toString())) {
      heard.accept(message.get(2).toString());
    }
  }

  private synchronized void retry(Throwable cause) {
    connection = null;
    if (!closed) {
      LOG.debug("redis.subscription lost channel={} cause={}", channel, cause.getMessage());
      long wait = pause;
      pause = Math.min(MAX_PAUSE_MS, pause * 2);
      vertx.setTimer(wait, due -> open());
    }
  }

  synchronized void close() {
    closed = true;
    RedisConnection open = connection;
    if (open != null) {
      open.endHandler(null);
      open.close();
    }
  }
}
