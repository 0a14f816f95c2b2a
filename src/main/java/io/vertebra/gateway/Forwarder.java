package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.balancer.LiveUpstream;
import io.vertebra.balancer.Upstream;
import io.vertebra.http.RequestPath;
import io.vertebra.route.RouteTable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards the requests of one event loop, with connections of its own, so that a request and its
 * answer never change the thread. A tick looks after deadlines and idle connections, which is
 * cheaper than a timer for each request.
 */
final class Forwarder {
  static final long TICK_MS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  private final Gateway gateway;
  private final Vertx vertx;
  private final Context context;
  private final OutgoingRequest outgoing;
  private final Map<String, UpstreamClient> clients = new HashMap<>();
  private final List<UpstreamClient> retired = new ArrayList<>();
  private final List<Exchange> active = new ArrayList<>();

  Forwarder(Gateway gateway, Vertx vertx, Context context) {
    this.gateway = gateway;
    this.vertx = vertx;
    this.context = context;
    this.outgoing = new OutgoingRequest(gateway.forwarded(), gateway.options().via());
  }

  /** Takes a request that the listener let pass. */
  void handle(HttpServerRequest request) {
    Routing routing = gateway.routing();
    HttpMethod method = request.method();
    String path;
    try {
      path = RequestPath.normalise(request.path());
    } catch (Failure badPath) {
      refuse(request, badPath);
      return;
    }
    if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
      refuse(request, new Failure(FailureCode.NOT_FOUND, method + " is not forwarded"));
      return;
    }
    RouteTable.Match match =
        routing.table().match(method.name(), Hosts.of(request), path, request.headers()::get);
    Target target = match == null ? null : routing.targets().get(match.route().name());
    if (match == null || target == null) {
      gateway.unrouted();
      refuse(request, new Failure(FailureCode.NOT_FOUND, "no route for this request"));
      return;
    }
    RequestBody body = new RequestBody(request, gateway.options().listener().bodyBytes());
    Exchange exchange = new Exchange(this, request, target, match, path, body);
    exchange.index = active.size();
    active.add(exchange);
    exchange.upstream().retryBudget().deposit();
    exchange.open();
  }

  long now() {
    return gateway.nanoTime();
  }

  Gateway gateway() {
    return gateway;
  }

  EndpointPool pool(LiveUpstream upstream, LiveEndpoint endpoint) {
    String name = upstream.definition().name();
    UpstreamClient client = clients.get(name);
    if (client == null) {
      // A request of an older routing connects as the present one says, if there is one.
      client = newClient(gateway.routing().upstreams().getOrDefault(name, upstream));
      clients.put(name, client);
    }
    return client.pool(endpoint);
  }

  /** Writes the head of the request; true if the connection is to become a tunnel. */
  boolean prepare(Exchange exchange, LiveEndpoint endpoint, HttpClientRequest request) {
    boolean tunnel =
        Tunnel.isAskedBy(exchange.request())
            && request.version() != HttpVersion.HTTP_2
            && exchange.body().isEmpty();
    exchange.forwarded();
    outgoing.write(exchange, endpoint, request, tunnel);
    if (exchange.request().version() != HttpVersion.HTTP_1_0) {
      request.earlyHintsHandler(hints -> Answer.hint(exchange, hints));
    }
    return tunnel;
  }

  /** Passes an endpoint's answer on. */
  void answer(Exchange exchange, Attempt attempt, HttpClientResponse answer) {
    String sticky = gateway.stickyCookie(exchange, attempt.endpoint());
    try {
      if (answer.statusCode() == 101) {
        Answer.copyHead(exchange, answer, gateway.via(answer), sticky);
        openTunnel(exchange, attempt, answer);
      } else {
        Answer.send(exchange, attempt, answer, gateway.via(answer), sticky, context);
      }
    } catch (IllegalArgumentException refusedByHttp) {
      attempt.abort(LiveEndpoint.Outcome.RESET);
      exchange.request().response().headers().clear();
      exchange.refuse(
          new Failure(
              FailureCode.BAD_GATEWAY, "the endpoint's answer has a malformed header field"));
    }
  }

  private static void openTunnel(Exchange exchange, Attempt attempt, HttpClientResponse answer) {
    Tunnel.open(exchange, answer)
        .onSuccess(
            closed -> {
              attempt.tunnelEnded();
              exchange.complete();
            })
        .onFailure(
            notOpened -> {
              attempt.abort(LiveEndpoint.Outcome.CANCELLED);
              exchange.brokeOff();
            });
  }

  private void refuse(HttpServerRequest request, Failure failure) {
    boolean unread = !request.isEnded() && request.headers().contains("expect");
    refuse(request, failure, unread);
  }

  /**
   * Answers with a problem document.
   *
   * @param unread whether the client holds its body back until told to send it; what it sends next
   *     over HTTP/1.1 could be the body or another request, so the connection is closed
   */
  void refuse(HttpServerRequest request, Failure failure, boolean unread) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.headWritten()) {
      return;
    }
    String path = request.path();
    response
        .setStatusCode(failure.code().httpStatus())
        .putHeader("content-type", "application/problem+json");
    boolean isToRetry =
        failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.CONFLICT;
    if (isToRetry && !response.headers().contains("retry-after")) {
      response.putHeader("retry-after", "1");
    }
    boolean close = unread && request.version() != HttpVersion.HTTP_2;
    if (close) {
      response.putHeader("connection", "close");
    }
    Future<Void> sent = response.end(failure.toProblem(path == null ? "" : path).toBuffer());
    if (close) {
      sent.onComplete(done -> request.connection().close());
    }
  }

  void ended(Exchange exchange, Exchange.Ending ending) {
    Exchange last = active.remove(active.size() - 1);
    if (last != exchange) {
      active.set(exchange.index, last);
      last.index = exchange.index;
    }
    exchange.target().meters().end(ending.status(), ending.nanos());
    gateway.accessLog().record(exchange, ending);
  }

  /** Called every {@value #TICK_MS} ms. */
  void tick() {
    long now = now();
    for (int i = active.size() - 1; i >= 0; i--) {
      if (i < active.size()) {
        checkDeadlines(active.get(i), now);
      }
    }
    clients.values().forEach(client -> client.closeIdle(now));
    retired.forEach(client -> client.closeIdle(now));
    retired.removeIf(Forwarder::closeIfDrained);
  }

  /** One request that goes wrong here must not keep the others from being looked after. */
  private static void checkDeadlines(Exchange exchange, long now) {
    try {
      exchange.checkDeadlines(now);
    } catch (RuntimeException unexpected) {
      LOG.error("gateway.deadline failed trace={}", exchange.trace().traceId(), unexpected);
      exchange.brokeOff();
    }
  }

  /** Lets go of connections that the present routing has no use for. */
  void reconcile() {
    Routing routing = gateway.routing();
    clients
        .entrySet()
        .removeIf(
            entry -> {
              LiveUpstream upstream = routing.upstreams().get(entry.getKey());
              UpstreamClient client = entry.getValue();
              if (upstream == null
                  || !upstream.definition().connection().equals(client.options())) {
                client.retire();
                retired.add(client);
                return true;
              }
              client.keepOnly(ids(upstream));
              return false;
            });
  }

  private static boolean closeIfDrained(UpstreamClient client) {
    if (client.isDrained()) {
      client.close();
      return true;
    }
    return false;
  }

  private static Set<String> ids(LiveUpstream upstream) {
    return upstream.endpoints().stream().map(LiveEndpoint::id).collect(Collectors.toSet());
  }

  private UpstreamClient newClient(LiveUpstream upstream) {
    Upstream definition = upstream.definition();
    return new UpstreamClient(
        vertx,
        definition.connection(),
        gateway.eventLoops(),
        gateway.poolLoad(definition.name()),
        gateway::nanoTime);
  }
}
