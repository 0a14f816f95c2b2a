package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Door;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Operation;
import io.vertebra.api.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for HTTP clients. The request is read as {@link Operation} says; {@code HEAD} works
 * where {@code GET} does. Every response carries {@code traceparent}: the trace the request came
 * with, or one begun here, and the span under which it was answered. An operation of scope {@code
 * NODE} takes a query parameter {@code node}: the one who answers.
 */
public final class HttpDoor implements Door {
  private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
  private static final String NODE = "node";
  private static final String JSON = "application/json";

  private final Vertx vertx;
  private final Router router;
  private final String node;
  private final Function<Call, Future<JsonObject>> chain;
  private final BodyHandler bodies;
  private final List<Api> apis = new CopyOnWriteArrayList<>();

  /**
   * Opens onto {@code router}.
   *
   * @param node the id of this node
   * @param chain what answers a call
   * @param bodyBytes longest body
   */
  public HttpDoor(
      Vertx vertx,
      Router router,
      String node,
      Function<Call, Future<JsonObject>> chain,
      long bodyBytes) {
    this.vertx = vertx;
    this.router = router;
    this.node = node;
    this.chain = chain;
    this.bodies = BodyHandler.create(false).setBodyLimit(bodyBytes);
    Problems.install(router, this::allowed);
  }

  @Override
  public Future<Void> open(Api api) {
    apis.add(api);
    // A fixed segment goes before a parameter at the same place, in whatever order they are listed.
    api.operations().stream()
        .sorted(Comparator.comparing(operation -> operation.path().replace(':', '\uffff')))
        .forEach(operation -> mount(api, operation));
    return Future.succeededFuture();
  }

  /** What was opened so far. */
  public List<Api> apis() {
    return List.copyOf(apis);
  }

  private void mount(Api api, Operation<?> operation) {
    Route route = router.route(operation.path()).method(operation.method());
    if (operation.method().equals(HttpMethod.GET)) {
      route.method(HttpMethod.HEAD);
    }
    route.handler(this::readBody).handler(context -> answer(api, operation, context));
  }

  private void readBody(RoutingContext context) {
    HttpServerRequest request = context.request();
    String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
    boolean chunked = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
    boolean hasBody = chunked || (length != null && !length.equals("0"));
    String type = request.getHeader(HttpHeaderNames.CONTENT_TYPE);
    if ((hasBody || type != null) && !isJson(type == null ? "" : type)) {
      context.fail(415);
    } else {
      bodies.handle(context);
    }
  }

  private static boolean isJson(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().equalsIgnoreCase(JSON);
  }

  private void answer(Api api, Operation<?> operation, RoutingContext context) {
    TraceContext trace = TraceContext.from(context.request().headers()).child();
    context.response().putHeader(TraceContext.HEADER, trace.traceparent());
    Future.succeededFuture(context)
        .compose(asked -> ask(api, operation, asked, trace))
        .onSuccess(answer -> send(context, answer))
        .onFailure(
            cause -> {
              Failure failure = Failure.of(cause);
              if (failure.code() == FailureCode.INTERNAL) {
                LOG.error(
                    "operation.failed concern={} action={} trace={}",
                    api.concern(),
                    operation.action(),
                    trace.traceId(),
                    cause);
              }
              Problems.send(context, failure);
            });
  }

  private Future<JsonObject> ask(
      Api api, Operation<?> operation, RoutingContext context, TraceContext trace) {
    boolean choosesNode = api.scope() == Api.Scope.NODE;
    RequestReader.Asked asked = RequestReader.read(context, choosesNode ? NODE : "");
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(context.request().headers());
    trace.writeTo(headers);
    String wanted = choosesNode ? context.queryParams().get(NODE) : null;
    if (wanted != null && !wanted.equals(node)) {
      return forward(api, operation, asked, trace, wanted);
    }
    return chain.apply(
        new Call(
            api.concern(),
            operation,
            asked.json(),
            asked.textual()::contains,
            headers,
            Call.Transport.HTTP));
  }

  private Future<JsonObject> forward(
      Api api,
      Operation<?> operation,
      RequestReader.Asked asked,
      TraceContext trace,
      String wanted) {
    DeliveryOptions options = new DeliveryOptions().addHeader("action", operation.action());
    options.addHeader(BusDoor.TEXTUAL, String.join(",", asked.textual()));
    trace.writeTo(options.getHeaders());
    return vertx
        .eventBus()
        .<JsonObject>request(api.addressOn(wanted), asked.json(), options)
        .map(Message::body)
        .recover(
            cause ->
                isAbsent(cause)
                    ? Failure.future(
                        FailureCode.UNAVAILABLE,
                        "no node " + wanted + " answers for " + api.concern() + " at present")
                    : Future.failedFuture(cause));
  }

  private static boolean isAbsent(Throwable cause) {
    return cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
  }

  private static void send(RoutingContext context, JsonObject answer) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (answer.getValue("revision") instanceof Number revision) {
      String tag = "\"" + revision.longValue() + "\"";
      response.putHeader(HttpHeaderNames.ETAG, tag);
      if (isKnown(context.request(), tag)) {
        Future<Void> unused = response.setStatusCode(304).end();
        return;
      }
    }
    response.putHeader(HttpHeaderNames.CONTENT_TYPE, JSON);
    Future<Void> unused = response.end(answer.toBuffer());
  }

  /** Whether a reader has this revision already (RFC 9110 section 13.1.2). */
  private static boolean isKnown(HttpServerRequest request, String tag) {
    boolean reads = RequestReader.isRead(request.method());
    String known = request.getHeader(HttpHeaderNames.IF_NONE_MATCH);
    if (!reads || known == null) {
      return false;
    }
    for (String each : known.split(",", -1)) {
      String candidate = each.strip();
      if (candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private Set<HttpMethod> allowed(String path) {
    Set<HttpMethod> methods = new LinkedHashSet<>();
    for (Api api : apis) {
      for (Operation<?> operation : api.operations()) {
        if (matches(operation.path().split("/", -1), path.split("/", -1))) {
          methods.add(operation.method());
        }
      }
    }
    if (methods.contains(HttpMethod.GET)) {
      methods.add(HttpMethod.HEAD);
    }
    return methods;
  }

  private static boolean matches(String[] pattern, String[] path) {
    if (pattern.length != path.length) {
      return false;
    }
    for (int i = 0; i < pattern.length; i++) {
      if (!pattern[i].startsWith(":") && !pattern[i].equals(path[i])) {
        return false;
      }
    }
    return true;
  }
}
