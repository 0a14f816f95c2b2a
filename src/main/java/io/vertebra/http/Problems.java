package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Problem documents (RFC 9457), for failures of operations and for what no operation sees. */
final class Problems {
  static final String MEDIA_TYPE = "application/problem+json";
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private Problems() {}

  /**
   * A document for a status that is no operation's failure.
   *
   * @param instance the request's path
   */
  static JsonObject of(int status, String title, String code, String detail, String instance) {
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", title)
        .put("status", status)
        .put("code", code)
        .put("detail", detail)
        .put("instance", instance);
  }

  /** Answers with a failure. */
  static void send(RoutingContext context, Failure failure) {
    FailureCode code = failure.code();
    HttpServerResponse response = context.response();
    boolean isToRetry = code == FailureCode.LIMITED || code == FailureCode.UNAVAILABLE;
    if (isToRetry && !response.headers().contains(HttpHeaderNames.RETRY_AFTER)) {
      response.putHeader(HttpHeaderNames.RETRY_AFTER, "1");
    }
    if (code == FailureCode.UNAUTHENTICATED) {
      response.putHeader(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    send(context, code.httpStatus(), failure.toProblem(context.request().path()));
  }

  /**
   * Makes a router answer with problem documents where no operation does.
   *
   * @param allowed the methods that a request's path has because of its parameters
   */
  static void install(Router router, Function<RoutingContext, Collection<HttpMethod>> allowed) {
    answer(router, 400, FailureCode.INVALID, "the request is malformed");
    answer(router, 404, FailureCode.NOT_FOUND, "nothing is at this path");
    answer(router, 413, FailureCode.TOO_LARGE, "the body is too long");
    answer(router, 415, FailureCode.INVALID, "the body must be application/json");
    answer(router, 417, FailureCode.INVALID, "the only expectation met is 100-continue");
    router.errorHandler(
        405,
        context -> {
          String path = context.normalizedPath();
          String methods =
              Stream.concat(allowed.apply(context).stream(), fixed(router, path))
                  .map(HttpMethod::name)
                  .distinct()
                  .sorted()
                  .collect(Collectors.joining(", "));
          context.response().putHeader(HttpHeaderNames.ALLOW, methods);
          send(context, 405, FailureCode.INVALID, "this path has " + methods);
        });
    router.errorHandler(
        500,
        context -> {
          Failure failure = Failure.of(context.failure());
          if (failure.code() == FailureCode.INTERNAL) {
            LOG.error("request.failed path={}", context.request().path(), context.failure());
          }
          send(context, failure);
        });
  }

  private static Stream<HttpMethod> fixed(Router router, String path) {
    return router.getRoutes().stream()
        .filter(route -> path.equals(route.getPath()) && route.methods() != null)
        .flatMap(route -> route.methods().stream());
  }

  private static void answer(Router router, int status, FailureCode code, String detail) {
    router.errorHandler(status, context -> send(context, status, code, detail));
  }

  private static void send(RoutingContext context, int status, FailureCode code, String detail) {
    String title = HttpResponseStatus.valueOf(status).reasonPhrase();
    send(context, status, of(status, title, code.label(), detail, context.request().path()));
  }

  private static void send(RoutingContext context, int status, JsonObject problem) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    boolean unread = status == 413 && context.request().version() != HttpVersion.HTTP_2;
    if (unread) {
      response.putHeader(HttpHeaderNames.CONNECTION, "close");
    }
    response.setStatusCode(status).putHeader(HttpHeaderNames.CONTENT_TYPE, MEDIA_TYPE);
    Future<Void> sent = response.end(problem.toBuffer());
    if (unread) {
      Future<Void> unused = sent.eventually(() -> context.request().connection().close());
    }
  }
}
