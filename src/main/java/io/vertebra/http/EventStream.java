package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feed as server-sent events: one event per batch, its id the batch's revision. The next batch is
 * asked for when the one before has left this node. Silence is broken by comments, so that nobody
 * on the way takes the connection for dead. Used on the response's context.
 *
 * <p>Source: HTML Living Standard, section "Server-sent events".
 */
final class EventStream {
  static final String MEDIA_TYPE = "text/event-stream";
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  private final Vertx vertx;
  private final HttpServerResponse response;
  private final Feed feed;
  private final String name;
  private final String path;
  private final long silenceMillis;
  private long timer = -1;
  private boolean ended;

  private EventStream(
      Vertx vertx,
      HttpServerResponse response,
      Feed feed,
      String name,
      String path,
      Duration silence) {
    this.vertx = vertx;
    this.response = response;
    this.feed = feed;
    this.name = name;
    this.path = path;
    this.silenceMillis = silence.toMillis();
  }

  /**
   * Sends {@code feed} until it fails or the client goes, then closes it.
   *
   * @param name of the events
   * @param path of the request, for the problem document
   * @param silence after how long without an event to send a comment
   */
  static void send(
      Vertx vertx,
      HttpServerResponse response,
      Feed feed,
      String name,
      String path,
      Duration silence) {
    EventStream stream = new EventStream(vertx, response, feed, name, path, silence);
    if (response.closed() || response.ended()) {
      feed.close();
      return;
    }
    response.closeHandler(gone -> stream.close());
    response.exceptionHandler(broken -> stream.close());
    response.putHeader(HttpHeaderNames.CONTENT_TYPE, MEDIA_TYPE).setChunked(true);
    stream.write(": open\n\n");
  }

  private void follow() {
    if (ended) {
      return;
    }
    timer = vertx.setTimer(silenceMillis, silent -> comment());
    feed.next().onSuccess(this::event).onFailure(this::fail);
  }

  private void event(JsonObject batch) {
    if (ended) {
      return;
    }
    Object revision = batch.getValue("revision");
    String id = revision == null ? "" : "id: " + revision + "\n";
    write(id + "event: " + name + "\ndata: " + batch.encode() + "\n\n");
  }

  private void write(String text) {
    vertx.cancelTimer(timer);
    response.write(text).onSuccess(sent -> follow()).onFailure(gone -> close());
  }

  /** Only while a batch is awaited, so at most one is under way. */
  private void comment() {
    response
        .write(":\n\n")
        .onSuccess(
            sent -> {
              if (!ended) {
                timer = vertx.setTimer(silenceMillis, silent -> comment());
              }
            })
        .onFailure(gone -> close());
  }

  private void fail(Throwable cause) {
    if (ended) {
      return;
    }
    Failure failure = Failure.of(cause);
    if (failure.code() == FailureCode.INTERNAL) {
      LOG.error("feed.failed path={}", path, cause);
    }
    close();
    Future<Void> unused =
        response.end("event: error\ndata: " + failure.toProblem(path).encode() + "\n\n");
  }

  private void close() {
    if (!ended) {
      ended = true;
      vertx.cancelTimer(timer);
      feed.close();
    }
  }
}
