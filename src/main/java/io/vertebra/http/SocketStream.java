package io.vertebra.http;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feed as a WebSocket: each batch is a frame of text, and what the reader says is one, each a
 * JSON object; an {@code id} in it comes again in the answer. The next batch is asked for when the
 * one before has left this node. A client that answers no ping is gone. Used on the socket's
 * context.
 *
 * <p>Source: RFC 6455.
 */
final class SocketStream {
  /** Longest message of a client. */
  static final int MAX_MESSAGE_BYTES = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(SocketStream.class);

  /** Most messages of a client that are not answered yet. */
  private static final int MAX_UNANSWERED = 100;

  private static final short UNSUPPORTED = 1003;
  private static final short POLICY = 1008;
  private static final short TOO_LONG = 1009;
  private static final short INTERNAL = 1011;
  private static final short TRY_AGAIN_LATER = 1013;

  private final Vertx vertx;
  private final ServerWebSocket socket;
  private final Feed feed;
  private final String path;
  private final long timer;
  private int unanswered;
  private boolean heard = true;
  private boolean ended;

  private SocketStream(
      Vertx vertx, ServerWebSocket socket, Feed feed, String path, Duration silence) {
    this.vertx = vertx;
    this.socket = socket;
    this.feed = feed;
    this.path = path;
    this.timer = vertx.setPeriodic(silence.toMillis(), due -> ping());
  }

  /** Throws unless a request asks for a WebSocket; holds it until the answer is known. */
  static void require(HttpServerRequest request) {
    String upgrade = request.getHeader("upgrade");
    boolean asks =
        request.version() == HttpVersion.HTTP_1_1 && "websocket".equalsIgnoreCase(upgrade);
    if (!asks) {
      throw Failure.invalid("", "this needs a WebSocket: HTTP/1.1 with Upgrade: websocket");
    }
    request.pause();
  }

  /**
   * Answers with a WebSocket for {@code feed} until it fails or the client goes, then closes it.
   *
   * @param silence after how long to ping
   */
  static void open(Vertx vertx, HttpServerRequest request, Feed feed, Duration silence) {
    String path = String.valueOf(request.path());
    request
        .toWebSocket()
        .onSuccess(socket -> new SocketStream(vertx, socket, feed, path, silence).start())
        .onFailure(cause -> feed.close());
  }

  private void start() {
    socket.closeHandler(gone -> close());
    // What is too long comes here, and so does a connection that breaks.
    socket.exceptionHandler(broken -> end(TOO_LONG, "too long, or broken"));
    socket.pongHandler(pong -> heard = true);
    socket.textMessageHandler(this::hear);
    socket.binaryMessageHandler(bytes -> end(UNSUPPORTED, "text only"));
    follow();
  }

  private void ping() {
    if (!heard) {
      end(POLICY, "no answer to a ping");
      return;
    }
    heard = false;
    socket.writePing(Buffer.buffer()).onFailure(gone -> close());
  }

  private void follow() {
    if (!ended) {
      feed.next()
          .onSuccess(batch -> write(batch).onSuccess(sent -> follow()))
          .onFailure(this::fail);
    }
  }

  private Future<Void> write(JsonObject frame) {
    return ended
        ? Future.failedFuture("the socket is closed")
        : socket.writeTextMessage(frame.encode()).onFailure(gone -> close());
  }

  private void hear(String text) {
    heard = true;
    if (ended) {
      return;
    }
    if (++unanswered >= MAX_UNANSWERED) {
      socket.pause();
    }
    JsonObject said;
    try {
      said = new JsonObject(text);
    } catch (DecodeException malformed) {
      answer(new JsonObject(), Failure.invalid("", "must be a JSON object"));
      return;
    }
    feed.hear(said)
        .onSuccess(answer -> answer(said, answer))
        .onFailure(cause -> answer(said, cause));
  }

  private void answer(JsonObject said, Throwable cause) {
    Failure failure = Failure.of(cause);
    if (failure.code() == FailureCode.INTERNAL) {
      LOG.error("socket.failed path={}", path, cause);
    }
    answer(said, error(failure));
  }

  private void answer(JsonObject said, JsonObject answer) {
    if (said.containsKey("id")) {
      answer.put("id", said.getValue("id"));
    }
    Future<Void> written = answer.isEmpty() ? Future.succeededFuture() : write(answer);
    written.onComplete(
        done -> {
          if (--unanswered == MAX_UNANSWERED - 1) {
            socket.resume();
          }
        });
  }

  private JsonObject error(Failure failure) {
    JsonObject problem = failure.toProblem(path);
    return problem.put("type", "error");
  }

  private void fail(Throwable cause) {
    if (ended) {
      return;
    }
    Failure failure = Failure.of(cause);
    if (failure.code() == FailureCode.INTERNAL) {
      LOG.error("feed.failed path={}", path, cause);
    }
    write(error(failure)).onComplete(told -> end(closing(failure), failure.code().label()));
  }

  private static short closing(Failure failure) {
    return switch (failure.code()) {
      case UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID -> POLICY;
      case UNAVAILABLE, TIMEOUT -> TRY_AGAIN_LATER;
      default -> INTERNAL;
    };
  }

  private void end(short code, String reason) {
    if (socket.isClosed()) {
      close();
      return;
    }
    close();
    socket.close(code, reason).onFailure(gone -> LOG.debug("socket.gone path={}", path));
  }

  private void close() {
    if (!ended) {
      ended = true;
      boolean unused = vertx.cancelTimer(timer);
      feed.close();
    }
  }
}
