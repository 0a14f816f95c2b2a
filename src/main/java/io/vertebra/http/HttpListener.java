package io.vertebra.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A port and the requests that come in there. All instances of a verticle share one listener; each
 * calls {@link #listen} and then serves the connections that fall to its event loop. Safe for any
 * thread.
 *
 * <p>Work under way is counted by the response's end handler, so nobody else may set that handler
 * ({@code HttpServerResponse.endHandler}, {@code RoutingContext.addEndHandler}).
 */
public final class HttpListener {
  /** Room for several uploads that have to wait, so that they do not stop the others. */
  private static final int HTTP2_WINDOW_BYTES = 1 << 20;

  private static final AtomicInteger LISTENERS = new AtomicInteger();

  private final Vertx vertx;
  private final ListenerOptions options;
  private final Lifecycle lifecycle;
  private final ListenerLoad load;
  private final @Nullable Certificates certificates;
  private final int port;
  private volatile int actualPort;
  private volatile Duration bodyTime = Duration.ZERO;
  private final Set<String> uploads = ConcurrentHashMap.newKeySet();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final Handler<Void> done = this::end;

  /** What else is to be done when a response has ended. */
  private final Map<HttpServerResponse, Runnable> endings = new ConcurrentHashMap<>();

  /**
   * @param name the label {@code listener} of the metrics
   */
  public HttpListener(
      Vertx vertx,
      ListenerOptions options,
      String name,
      MeterRegistry meters,
      Lifecycle lifecycle) {
    this.vertx = vertx;
    this.options = options;
    this.lifecycle = lifecycle;
    this.load = new ListenerLoad(options, name, meters);
    this.certificates =
        options.tls().map(tls -> new Certificates(vertx, tls, name, meters)).orElse(null);
    // To Vert.x a negative port is any free one, the same for all who ask with the same number.
    this.port = options.port() == 0 ? -LISTENERS.incrementAndGet() : options.port();
  }

  /** Serves with {@code handler} from the current context; yields the port. */
  public Future<Integer> listen(Handler<HttpServerRequest> handler) {
    return listen(handler, request -> false);
  }

  /**
   * Serves with {@code handler} from the current context; yields the port.
   *
   * @param always tells the requests that are answered even while the node drains or has too many
   *     under way, and that a stop does not wait for: probes
   */
  public Future<Integer> listen(
      Handler<HttpServerRequest> handler, Predicate<HttpServerRequest> always) {
    Future<HttpServerOptions> secured =
        certificates == null
            ? Future.succeededFuture(serverOptions())
            : certificates.secure(serverOptions());
    return secured.compose(settings -> listen(settings, handler, always));
  }

  /**
   * Takes bodies of any length at a path, whose handler bounds them. The rest of one that is
   * answered before its end is read for a moment only, so that the client can see the answer.
   */
  void admitUploads(String path) {
    uploads.add(path);
  }

  /**
   * Has bodies take no longer than this from their heads on, but those of uploads. To be called
   * before it listens.
   */
  void limitBodies(Duration time) {
    bodyTime = time;
  }

  /** The port listened at; 0 before that. */
  public int port() {
    return actualPort;
  }

  /** Closes every connection and the port. */
  public Future<Void> close() {
    if (certificates != null) {
      certificates.close();
    }
    return Future.join(servers.stream().map(HttpServer::close).toList()).mapEmpty();
  }

  private Future<Integer> listen(
      HttpServerOptions settings,
      Handler<HttpServerRequest> handler,
      Predicate<HttpServerRequest> always) {
    GatedVertx gated = new GatedVertx(vertx, (socket, next) -> connect(socket, next, settings));
    HttpServer server = new HttpServerImpl(gated, settings);
    Handler<HttpServerRequest> limited = limited(handler);
    server.requestHandler(request -> admit(request, limited, always));
    server.invalidRequestHandler(
        request -> {
          Throwable cause = request.decoderResult().cause();
          refuse(request, Refusal.of(cause), String.valueOf(cause.getMessage()));
        });
    return server.listen().map(listening -> opened(listening));
  }

  private Handler<HttpServerRequest> limited(Handler<HttpServerRequest> handler) {
    if (bodyTime.isZero()) {
      return handler;
    }
    String detail = "the body did not come within " + bodyTime.toMillis() + " ms";
    BodyDeadline deadline =
        new BodyDeadline(vertx, bodyTime, request -> refuse(request, Refusal.BODY_TIMEOUT, detail));
    return request -> {
      if (!uploads.contains(String.valueOf(request.path()))) {
        deadline.watch(request);
      }
      handler.handle(request);
    };
  }

  private int opened(HttpServer server) {
    servers.add(server);
    if (certificates != null) {
      certificates.keep(server);
    }
    actualPort = server.actualPort();
    return actualPort;
  }

  private HttpServerOptions serverOptions() {
    return new HttpServerOptions()
        .setHost(options.host())
        .setPort(port)
        .setMaxInitialLineLength(options.requestLineBytes())
        .setMaxHeaderSize(options.headerBytes())
        .setIdleTimeout(Math.toIntExact(options.idleTimeout().toMillis()))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setUseProxyProtocol(options.proxyProtocol())
        .setHttp2ClearTextEnabled(options.http2())
        .setUseAlpn(options.http2())
        .setHttp2ConnectionWindowSize(HTTP2_WINDOW_BYTES)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setMaxWebSocketMessageSize(SocketStream.MAX_MESSAGE_BYTES)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(256)
                .setMaxHeaderListSize(options.headerBytes()));
  }

  private void connect(
      NetSocketInternal socket, Handler<NetSocket> next, HttpServerOptions settings) {
    Channel channel = socket.channelHandlerContext().channel();
    if (!load.openConnection()) {
      load.refuse(Refusal.CONNECTIONS);
      ChannelFuture unused = channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> load.closeConnection());
    next.handle(socket);
    StrictRequestDecoder.install(channel.pipeline(), settings);
  }

  private void admit(
      HttpServerRequest request,
      Handler<HttpServerRequest> handler,
      Predicate<HttpServerRequest> always) {
    if (!isSound(request)) {
      return;
    }
    if (always.test(request)) {
      handler.handle(request);
    } else if (lifecycle.stage() == Lifecycle.Stage.DRAINING) {
      refuse(request, Refusal.DRAINING, "this node is stopping; another one will answer");
    } else if (!load.beginRequest()) {
      refuse(request, Refusal.IN_FLIGHT, "this node has too many requests under way");
    } else {
      lifecycle.begin();
      if (lifecycle.stage() == Lifecycle.Stage.DRAINING) {
        end(null);
        refuse(request, Refusal.DRAINING, "this node is stopping; another one will answer");
        return;
      }
      watchEnd(request);
      handler.handle(request);
    }
  }

  /** What {@link StrictRequestDecoder} cannot see; refuses the request if it is wrong. */
  private boolean isSound(HttpServerRequest request) {
    boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
    if (isHttp2 && (request.authority() == null || !isTarget(request.uri()))) {
      refuse(request, Refusal.MALFORMED, "the request must name one host and a path");
      return false;
    }
    if (isHttp2 && request.uri().length() > options.requestLineBytes()) {
      refuse(request, Refusal.REQUEST_LINE, "the request target is too long");
      return false;
    }
    if (isHttp2 && hasControlCharacters(request.headers())) {
      refuse(request, Refusal.MALFORMED, "a header field has a control character");
      return false;
    }
    String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
    if (length != null && isTooLong(length) && !uploads.contains(String.valueOf(request.path()))) {
      refuse(request, Refusal.BODY, "the body must have at most " + options.bodyBytes() + " bytes");
      return false;
    }
    return true;
  }

  /** Netty lets them pass over HTTP/2, and over HTTP/1.1 they would change the message. */
  private static boolean hasControlCharacters(MultiMap headers) {
    for (Map.Entry<String, String> header : headers) {
      String value = header.getValue();
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if ((c < ' ' && c != '\t') || c == 0x7f) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isTarget(@Nullable String target) {
    return target != null
        && (target.startsWith("/") || target.equals("*"))
        && StrictRequestDecoder.hasOnlyTargetCharacters(target);
  }

  private boolean isTooLong(String length) {
    try {
      return Long.parseLong(length) > options.bodyBytes();
    } catch (NumberFormatException e) {
      return true;
    }
  }

  private void watchEnd(HttpServerRequest request) {
    request.response().endHandler(done);
    if (uploads.contains(String.valueOf(request.path()))) {
      UploadRest.announce(request);
      request
          .response()
          .endHandler(
              end -> {
                end(null);
                UploadRest.cut(vertx, request);
              });
    } else if (request.headers().contains(HttpHeaderNames.UPGRADE)) {
      // A response that becomes a tunnel has no end of its own, but its connection has.
      AtomicBoolean ended = new AtomicBoolean();
      ChannelFuture close = ((ConnectionBase) request.connection()).channel().closeFuture();
      ChannelFutureListener closed = gone -> endOnce(ended);
      request
          .response()
          .endHandler(
              end -> {
                close.removeListener(closed);
                endOnce(ended);
              });
      close.addListener(closed);
    }
  }

  /**
   * Has something done once when a request has ended, however it ends; at once if it has, or if it
   * is an upload or becomes a tunnel. To be called once at most, on the request's context.
   */
  void whenEnded(HttpServerRequest request, Runnable action) {
    HttpServerResponse response = request.response();
    boolean watched =
        uploads.contains(String.valueOf(request.path()))
            || request.headers().contains(HttpHeaderNames.UPGRADE);
    if (watched || response.ended() || response.closed()) {
      action.run();
      return;
    }
    Runnable unused = endings.put(response, action);
    response.endHandler(
        end -> {
          end(null);
          finish(response);
        });
  }

  private void finish(HttpServerResponse response) {
    Runnable action = endings.remove(response);
    if (action != null) {
      action.run();
    }
  }

  /**
   * From now on a request takes no place among those under way, for it is bounded elsewhere; a stop
   * waits for it as before. To be called once at most, on the request's context.
   */
  void release(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    boolean watched = request.headers().contains(HttpHeaderNames.UPGRADE);
    if (!watched && !response.ended() && !response.closed()) {
      response.endHandler(
          end -> {
            lifecycle.end();
            finish(response);
          });
      load.endRequest();
    }
  }

  private void endOnce(AtomicBoolean ended) {
    if (ended.compareAndSet(false, true)) {
      end(null);
    }
  }

  private void end(@Nullable Void nothing) {
    load.endRequest();
    lifecycle.end();
  }

  private void refuse(HttpServerRequest request, Refusal refusal, String detail) {
    load.refuse(refusal);
    HttpServerResponse response = request.response();
    String path = request.path();
    response.setStatusCode(refusal.status());
    response.putHeader(HttpHeaderNames.CONTENT_TYPE, Problems.MEDIA_TYPE);
    if (refusal.passes()) {
      response.putHeader(HttpHeaderNames.RETRY_AFTER, "1");
    }
    boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
    boolean expects = request.headers().contains(HttpHeaderNames.EXPECT);
    boolean last =
        refusal == Refusal.DRAINING || (!isHttp2 && (refusal != Refusal.IN_FLIGHT || expects));
    if (last && !isHttp2) {
      response.putHeader(HttpHeaderNames.CONNECTION, "close");
    }
    Future<Void> sent =
        response.end(refusal.toProblem(detail, path == null ? "" : path).toBuffer());
    if (last) {
      HttpConnection connection = request.connection();
      Future<Void> unused =
          sent.eventually(() -> isHttp2 ? connection.shutdown() : connection.close());
    }
  }
}
