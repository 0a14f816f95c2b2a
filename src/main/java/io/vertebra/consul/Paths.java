package io.vertebra.consul;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.http.PathRest;
import io.vertebra.http.Patience;
import io.vertebra.kv.KvService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where endpoints are offered: reads requests leniently and writes answers as Consul does. */
final class Paths {
  private static final Logger LOG = LoggerFactory.getLogger(Paths.class);
  private static final String INDEX = "X-Consul-Index";
  private static final String KNOWN_LEADER = "X-Consul-KnownLeader";
  private static final String LAST_CONTACT = "X-Consul-LastContact";

  private final Router router;
  private final KvService kv;
  private final int bodyBytes;
  private final Consumer<HttpServerRequest> released;

  /**
   * @param bodyBytes longest body
   * @param released is told of requests that wait for a change and are bounded by that
   */
  Paths(Router router, KvService kv, int bodyBytes, Consumer<HttpServerRequest> released) {
    this.router = router;
    this.kv = kv;
    this.bodyBytes = bodyBytes;
    this.released = released;
  }

  void get(String path, Endpoint endpoint) {
    offer(HttpMethod.GET, path, endpoint);
  }

  void put(String path, Endpoint endpoint) {
    offer(HttpMethod.PUT, path, endpoint);
  }

  void delete(String path, Endpoint endpoint) {
    offer(HttpMethod.DELETE, path, endpoint);
  }

  /**
   * Offers one method of a path.
   *
   * @param path ends with a slash if more may follow, which is the rest
   */
  void offer(HttpMethod method, String path, Endpoint endpoint) {
    String pattern = path.endsWith("/") ? path + "*" : path;
    router.route(method, pattern).handler(context -> handle(context, path, endpoint));
  }

  private void handle(RoutingContext context, String path, Endpoint endpoint) {
    HttpServerRequest request = context.request();
    Promise<Void> gone = Promise.promise();
    request.response().closeHandler(gone::tryComplete);
    Context here = context.vertx().getOrCreateContext();
    body(request)
        .map(body -> asked(context, path, body, gone.future()))
        .compose(
            asked -> {
              boolean waits = request.method().equals(HttpMethod.GET) && asked.index() > 0;
              return waits ? patiently(request, here, endpoint, asked) : endpoint.answer(asked);
            })
        .recover(cause -> Future.succeededFuture(failed(cause)))
        .onSuccess(reply -> send(request, reply));
  }

  /** While an answer is waited for, the connection may be silent. */
  private Future<Reply> patiently(
      HttpServerRequest request, Context here, Endpoint endpoint, Asked asked) {
    released.accept(request);
    Patience patience = Patience.with(request.connection());
    return Future.succeededFuture(asked)
        .compose(endpoint::answer)
        .onComplete(done -> here.runOnContext(end -> patience.end()));
  }

  private static Asked asked(RoutingContext context, String path, Buffer body, Future<Void> gone) {
    HttpServerRequest request = context.request();
    MultiMap query;
    try {
      query = context.queryParams();
    } catch (HttpException malformed) {
      throw ConsulException.badRequest("the query is malformed");
    }
    Optional<String> fence = Optional.ofNullable(request.getHeader("If-Fence"));
    return new Asked(rest(String.valueOf(request.path()), path), query, body, fence, gone);
  }

  /**
   * What follows the fixed part, in the path as it was sent, for a key may hold dot segments and
   * escapes. The fixed part may not, or what is acted upon is not what was permitted.
   */
  private static String rest(String sent, String path) {
    if (!(sent + "/").startsWith(path)) {
      throw ConsulException.notFound("the path must begin with " + path + " as it is written");
    }
    String rest = sent.length() > path.length() ? sent.substring(path.length()) : "";
    if (PathRest.decode(rest) instanceof String text) {
      return text;
    }
    throw ConsulException.badRequest("the path is not UTF-8");
  }

  private static Reply failed(Throwable cause) {
    ConsulException failure = ConsulException.of(cause);
    if (failure != cause && failure.status() == 500) {
      LOG.warn("consul.request failed: {}", failure.text());
    }
    return Reply.text(failure.status(), failure.text());
  }

  private void send(HttpServerRequest request, Reply reply) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(reply.status())
        .putHeader(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .putHeader(KNOWN_LEADER, Boolean.toString(kv.status().hasLeader()))
        .putHeader(LAST_CONTACT, "0");
    if (reply.index() > 0 || request.method().equals(HttpMethod.GET)) {
      response.putHeader(INDEX, Long.toString(Math.max(1, reply.index())));
    }
    response.end(reply.body()).onFailure(gone -> LOG.debug("consul.answer lost", gone));
  }

  private Future<Buffer> body(HttpServerRequest request) {
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaderNames.EXPECT))) {
      Future<Void> unused = request.response().writeContinue();
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > bodyBytes) {
            whole.tryFail(
                ConsulException.tooLarge("Request body too large, max size: " + bodyBytes));
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(broken -> whole.tryFail(ConsulException.badRequest("unexpected EOF")));
    request.endHandler(end -> whole.tryComplete(body));
    return whole.future();
  }
}
