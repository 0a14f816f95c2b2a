package io.vertebra.etcd;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A response of one line of JSON per result, which begins with the first one. */
final class ResultStream {
  private static final Logger LOG = LoggerFactory.getLogger(ResultStream.class);

  private final HttpServerResponse response;
  private boolean begun;

  ResultStream(HttpServerResponse response) {
    this.response = response;
  }

  /** Completes when the result has left this node, so that whoever waits for it goes no faster. */
  Future<Void> send(JsonObject result) {
    begin();
    return response.write(new JsonObject().put("result", result).toBuffer().appendString("\n"));
  }

  /** Ends with a failure: as the answer if nothing was sent, else as the last line. */
  void fail(Throwable cause) {
    EtcdException failure = EtcdException.of(cause).ofStream();
    if (failure.isFault()) {
      LOG.error("etcd.stream failed", cause);
    }
    if (response.ended() || response.closed()) {
      return;
    }
    if (begun) {
      end(response.end(new JsonObject().put("error", failure.toJson()).toBuffer()));
    } else {
      MethodRoute.send(response, failure);
    }
  }

  void end() {
    if (!response.ended() && !response.closed()) {
      begin();
      end(response.end());
    }
  }

  boolean hasBegun() {
    return begun;
  }

  private void begin() {
    if (!begun) {
      begun = true;
      response.setChunked(true).putHeader(HttpHeaderNames.CONTENT_TYPE, MethodRoute.JSON);
    }
  }

  private static void end(Future<Void> sent) {
    sent.onFailure(gone -> LOG.debug("etcd.stream lost", gone));
  }
}
