package io.vertebra.etcd;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;

/**
 * Hands the messages of a body to a session as they come, one after another, and reads no further
 * while one is being answered. What is wrong ends the response if it has not begun; afterwards it
 * only ends the reading, as with etcd.
 */
final class StreamRoute implements Handler<RoutingContext> {

  /** One request of a method that has many messages each way. */
  interface Session {

    /** Completes when the message is done with and the next one may come. */
    Future<Void> receive(Message message);

    /** No more messages will come. */
    void complete();

    /** The client is gone or the response over. */
    void close();
  }

  private final Function<ResultStream, Session> sessions;
  private final int messageBytes;

  /**
   * @param messageBytes longest message
   */
  StreamRoute(Function<ResultStream, Session> sessions, int messageBytes) {
    this.sessions = sessions;
    this.messageBytes = messageBytes;
  }

  @Override
  public void handle(RoutingContext context) {
    ResultStream results = new ResultStream(context.response());
    Session session;
    try {
      session = sessions.apply(results);
    } catch (EtcdException refusal) {
      MethodRoute.send(context.response(), refusal);
      return;
    }
    context.response().closeHandler(gone -> session.close());
    context.response().exceptionHandler(broken -> session.close());
    new Reading(context.request(), results, session).begin();
  }

  /** The way of one body. */
  private final class Reading {
    private final HttpServerRequest request;
    private final ResultStream results;
    private final Session session;
    private final JsonSplitter splitter = new JsonSplitter(messageBytes);
    private boolean over;

    private Reading(HttpServerRequest request, ResultStream results, Session session) {
      this.request = request;
      this.results = results;
      this.session = session;
    }

    private void begin() {
      request.exceptionHandler(broken -> session.close());
      request.endHandler(end -> end());
      request.handler(this::read);
    }

    private void read(Buffer chunk) {
      if (over) {
        return;
      }
      request.pause();
      Future.succeededFuture(chunk.getBytes())
          .map(splitter::feed)
          .compose(pieces -> receive(pieces, 0))
          .onFailure(this::fail)
          .onComplete(done -> request.resume());
    }

    private Future<Void> receive(List<byte[]> pieces, int next) {
      return next == pieces.size()
          ? Future.succeededFuture()
          : session
              .receive(Message.parse(pieces.get(next)))
              .compose(done -> receive(pieces, next + 1));
    }

    private void end() {
      if (over) {
        return;
      }
      Future.succeededFuture(splitter.rest())
          .compose(
              rest ->
                  rest.length == 0
                      ? Future.<Void>succeededFuture()
                      : session.receive(Message.parse(rest)))
          .onSuccess(done -> session.complete())
          .onFailure(this::fail);
    }

    private void fail(Throwable cause) {
      over = true;
      if (results.hasBegun()) {
        session.complete();
      } else {
        session.close();
        results.fail(cause);
      }
    }
  }
}
