package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Door;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertebra.api.Operation;
import io.vertebra.api.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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
  private static final Duration MAX_SILENCE = Duration.ofSeconds(15);

  /** After who may ask, before paths that have to be looked for one by one. */
  private static final int RESTS = -1;

  private final Vertx vertx;
  private final Router router;
  private final String node;
  private final Function<Call, Future<JsonObject>> chain;
  private final long bodyBytes;
  private final Duration streamSilence;
  private final Listener listener;
  private final List<Api> apis = new CopyOnWriteArrayList<>();
  private final List<Mounted> rests = new CopyOnWriteArrayList<>();
  private final PathTable table = new PathTable();

  /**
   * What the listener does for the door.
   *
   * @param released is told of requests that wait for news and are bounded by that
   * @param trusted whether pages of an origin may send what changes something
   */
  record Listener(Consumer<HttpServerRequest> released, Predicate<String> trusted) {}

  /**
   * Opens onto {@code router}.
   *
   * @param node the id of this node
   * @param chain what answers a call
   * @param options of the api listener
   */
  HttpDoor(
      Vertx vertx,
      Router router,
      String node,
      Function<Call, Future<JsonObject>> chain,
      ListenerOptions options,
      Listener listener) {
    this.vertx = vertx;
    this.router = router;
    this.node = node;
    this.chain = chain;
    this.bodyBytes = options.bodyBytes();
    this.streamSilence = silence(options.idleTimeout());
    this.listener = listener;
    Problems.install(router, this::allowed);
    router.route().order(RESTS).handler(this::handleKnown);
  }

  private static Duration silence(Duration idleTimeout) {
    Duration half = idleTimeout.dividedBy(2);
    boolean never = half.isZero() || half.compareTo(MAX_SILENCE) > 0;
    return never ? MAX_SILENCE : half;
  }

  @Override
  public Future<Void> open(Api api) {
    apis.add(api);
    // A fixed segment goes before a parameter at the same place, in whatever order they are listed.
    api.operations().stream()
        .sorted(Comparator.comparing(operation -> operation.path().replace(':', '\uffff')))
        .forEach(operation -> mount(Mounted.of(api, operation)));
    return Future.succeededFuture();
  }

  /** What was opened so far. */
  public List<Api> apis() {
    return List.copyOf(apis);
  }

  private void mount(Mounted mounted) {
    if (mounted.takesRest()) {
      rests.add(mounted);
      return;
    }
    table.add(mounted);
    String path = mounted.operation().path();
    Route route =
        mounted.hasPlainColon() ? router.routeWithRegex(mounted.pattern()) : router.route(path);
    route.method(mounted.operation().method());
    if (mounted.operation().method().equals(HttpMethod.GET) && !mounted.operation().takes()) {
      route.method(HttpMethod.HEAD);
    }
    route.handler(context -> handle(mounted, context));
  }

  private void handle(Mounted mounted, RoutingContext context) {
    RequestBody.read(
        context,
        bodyBytes,
        body -> {
          String type = context.request().getHeader(HttpHeaderNames.CONTENT_TYPE);
          if (body.length() > 0 && !RequestReader.takes(mounted.operation(), type)) {
            context.fail(415);
          } else {
            answer(mounted, context, body);
          }
        });
  }

  private void answer(Mounted mounted, RoutingContext context, Buffer body) {
    TraceContext trace = TraceContext.from(context.request().headers()).child();
    context.response().putHeader(TraceContext.HEADER, trace.traceparent());
    RequestReader.Asked asked;
    Future<JsonObject> answer;
    try {
      requireSound(mounted.operation(), context.request());
      boolean choosesNode = mounted.api().scope() == Api.Scope.NODE;
      asked = RequestReader.read(context, mounted, body, choosesNode ? NODE : "");
      answer = ask(mounted, context, asked, trace);
    } catch (RuntimeException cause) {
      fail(mounted, context, trace, cause);
      return;
    }
    boolean streams = streams(mounted, context.request());
    answer
        .onSuccess(
            done -> {
              if (!streams) {
                HttpAnswer.send(context.request(), mounted.operation(), asked.json(), done);
              }
            })
        .onFailure(cause -> fail(mounted, context, trace, cause));
  }

  /** Throws if what takes something away is asked by a page of others, or not as it must be. */
  private void requireSound(Operation<?> operation, HttpServerRequest request) {
    if (operation.takes() && CrossSite.isForeign(request, listener.trusted())) {
      throw new Failure(FailureCode.FORBIDDEN, "pages of another origin may not take this");
    }
    if (operation.isDoneBy(Operation.Manner.SOCKET)) {
      SocketStream.require(request);
    }
  }

  private static void fail(
      Mounted mounted, RoutingContext context, TraceContext trace, Throwable cause) {
    Failure failure = Failure.of(cause);
    if (failure.code() == FailureCode.INTERNAL) {
      LOG.error(
          "operation.failed concern={} action={} trace={}",
          mounted.api().concern(),
          mounted.operation().action(),
          trace.traceId(),
          cause);
    }
    Problems.send(context, failure);
  }

  private Future<JsonObject> ask(
      Mounted mounted, RoutingContext context, RequestReader.Asked asked, TraceContext trace) {
    Api api = mounted.api();
    HttpServerRequest request = context.request();
    trace.writeTo(request.headers());
    ClientCertificate.mark(request);
    boolean choosesNode = api.scope() == Api.Scope.NODE;
    String wanted = choosesNode ? context.queryParams().get(NODE) : null;
    if (wanted != null && !wanted.equals(node)) {
      return forward(mounted, request, asked, trace, wanted);
    }
    Call call =
        new Call(
            api.concern(),
            mounted.operation(),
            asked.json(),
            asked.textual()::contains,
            request.headers(),
            Call.Transport.HTTP,
            Access.address(request));
    if (!call.waits()) {
      return chain.apply(call);
    }
    listener.released().accept(request);
    return chain.apply(
        streams(mounted, request)
            ? call.streamingTo(feed -> stream(mounted, request, feed))
            : call.until(leaving(request)));
  }

  private static Future<Void> leaving(HttpServerRequest request) {
    Promise<Void> gone = Promise.promise();
    request.response().closeHandler(gone::tryComplete);
    return gone.future();
  }

  private static boolean streams(Mounted mounted, HttpServerRequest request) {
    String accept = request.getHeader(HttpHeaderNames.ACCEPT);
    boolean tells =
        mounted.operation().feed().isPresent()
            && request.method().equals(HttpMethod.GET)
            && Accepted.prefers(accept, EventStream.MEDIA_TYPE, "application/json");
    return tells || mounted.operation().takes();
  }

  private void stream(Mounted mounted, HttpServerRequest request, Feed feed) {
    if (mounted.operation().isDoneBy(Operation.Manner.SOCKET)) {
      SocketStream.open(vertx, request, feed, streamSilence);
      return;
    }
    EventStream.send(
        vertx,
        request.response(),
        feed,
        mounted.operation().action(),
        request.path(),
        streamSilence);
  }

  private Future<JsonObject> forward(
      Mounted mounted,
      HttpServerRequest request,
      RequestReader.Asked asked,
      TraceContext trace,
      String wanted) {
    Api api = mounted.api();
    DeliveryOptions options =
        new DeliveryOptions().addHeader("action", mounted.operation().action());
    options.addHeader(BusDoor.TEXTUAL, String.join(",", asked.textual()));
    // Empty for nobody, so that the message does not count as the node's own.
    String credential = request.getHeader(HttpHeaderNames.AUTHORIZATION);
    options.addHeader(BusDoor.AUTHORIZATION, credential == null ? "" : credential);
    options.addHeader(BusDoor.FROM, Access.address(request));
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

  /** Finds most operations without asking their routes, of which there are hundreds. */
  private void handleKnown(RoutingContext context) {
    String path = String.valueOf(context.request().path());
    table
        .find(context.request().method(), path)
        .ifPresentOrElse(
            found -> {
              context.pathParams().putAll(found.parameters());
              handle(found.mounted(), context);
            },
            () -> handleRest(context, path));
  }

  /** Offers the request to the operations that take the rest of its path. */
  private void handleRest(RoutingContext context, String path) {
    boolean found = false;
    for (Mounted mounted : rests) {
      if (mounted.parameters(path).isPresent()) {
        if (PathTable.serves(mounted.operation(), context.request().method())) {
          handle(mounted, context);
          return;
        }
        found = true;
      }
    }
    if (found) {
      context.fail(405);
    } else {
      context.next();
    }
  }

  private Set<HttpMethod> allowed(RoutingContext context) {
    Set<HttpMethod> methods = new LinkedHashSet<>();
    String raw = String.valueOf(context.request().path());
    for (Mounted mounted : rests) {
      if (mounted.parameters(raw).isPresent()) {
        methods.add(mounted.operation().method());
      }
    }
    String path = methods.isEmpty() ? context.normalizedPath() : raw;
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
