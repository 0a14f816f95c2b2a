package io.vertebra.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.balancer.HashOn;
import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.balancer.LiveUpstream;
import io.vertebra.balancer.StickyCookie;
import io.vertebra.balancer.Upstream;
import io.vertebra.gateway.token.TokenVerifiers;
import io.vertebra.limiter.RequestLimitService;
import io.vertebra.ring.Hashing;
import io.vertebra.route.Route;
import io.vertebra.route.RouteTable;
import io.vertebra.route.Snapshot;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all event loops of the gateway share: the routing in force, and rules without state. */
final class Gateway {
  private final GatewayOptions options;
  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final int eventLoops;
  private final UpstreamMonitor monitor;
  private final TokenVerifiers tokens;
  private final Gates gates;
  private final ForwardedHeaders forwarded;
  private final AccessLog accessLog;
  private final byte[] stickyKey;
  private final Counter unrouted;
  private final Map<String, RouteMeters> routeMeters = new HashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final String via1;
  private final String via2;
  private volatile Routing routing = Routing.EMPTY;

  Gateway(
      GatewayOptions options,
      MeterRegistry meters,
      LongSupplier nanoTime,
      Clock clock,
      int eventLoops,
      UpstreamMonitor monitor,
      OnceGate once,
      RequestLimitService limiter,
      TokenVerifiers tokens) {
    this.options = options;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.eventLoops = eventLoops;
    this.monitor = monitor;
    this.tokens = tokens;
    this.gates =
        new Gates(
            new BrowserGate(this), new AuthGate(this, meters), new LimitGate(limiter, this), once);
    this.forwarded =
        new ForwardedHeaders(options.trustedProxies(), options.forwardClientCertificate());
    this.accessLog =
        new AccessLog(
            options.accessLogRatio(), forwarded, () -> ThreadLocalRandom.current().nextDouble());
    this.stickyKey = stickyKey(options.stickySecret());
    this.via1 = "1.1 " + options.via();
    this.via2 = "2.0 " + options.via();
    this.unrouted =
        Counter.builder("vertebra.gateway.unrouted")
            .description("Requests that no route matched")
            .register(meters);
  }

  /** Puts a new state of routes and upstreams in force; requests under way keep the old one. */
  synchronized void update(Snapshot snapshot) {
    Routing old = routing;
    if (snapshot.revision() < old.revision()) {
      return;
    }
    Map<String, LiveUpstream> upstreams = new HashMap<>();
    snapshot
        .upstreams()
        .forEach(
            (name, entry) -> upstreams.put(name, live(old.upstreams().get(name), entry.value())));
    Map<String, Target> targets = new HashMap<>();
    snapshot
        .routes()
        .forEach(
            (name, entry) -> {
              Route route = entry.value();
              LiveUpstream upstream = upstreams.get(route.upstream());
              if (upstream != null) {
                targets.put(name, Target.of(route, upstream, metersOf(name), stickyKey, tokens));
              }
            });
    RouteTable table = snapshot.routes().equals(old.routes()) ? old.table() : snapshot.table();
    routing = new Routing(snapshot.revision(), snapshot.routes(), table, targets, upstreams);
    forgetMeters(targets);
    tokens.keepOnly(
        targets.values().stream().flatMap(each -> each.route().guards().auth().stream()).toList());
    monitor.watch(upstreams);
    listeners.forEach(Runnable::run);
  }

  /** Tells {@code listener} of every change of the routing, on the thread that made it. */
  void onUpdate(Runnable listener) {
    listeners.add(listener);
  }

  Routing routing() {
    return routing;
  }

  GatewayOptions options() {
    return options;
  }

  ForwardedHeaders forwarded() {
    return forwarded;
  }

  AccessLog accessLog() {
    return accessLog;
  }

  Gates gates() {
    return gates;
  }

  PoolLoad poolLoad(String upstream) {
    return monitor.poolLoad(upstream);
  }

  int eventLoops() {
    return eventLoops;
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  long tunnelIdleNanos() {
    return options.tunnelIdle().toNanos();
  }

  void unrouted() {
    unrouted.increment();
  }

  /** The value to add to {@code Via} of an answer. */
  String via(HttpClientResponse answer) {
    return answer.version() == HttpVersion.HTTP_2 ? via2 : via1;
  }

  /** What the hashing policies choose by; 0 for the others. */
  long hash(HttpServerRequest request, String path, LiveUpstream upstream) {
    if (!upstream.definition().balancing().policy().hashes()) {
      return 0;
    }
    HashOn on = upstream.definition().balancing().hashOn();
    String key =
        switch (on.source()) {
          case HOST -> Hosts.of(request);
          case PATH -> path;
          case HEADER -> request.getHeader(on.name());
          case COOKIE -> cookie(request, on.name());
          case CLIENT -> forwarded.client(request);
        };
    return Hashing.of(key == null ? forwarded.client(request) : key);
  }

  /** What they would choose by for a request that is only asked about. */
  long hash(ExplainRequest request, LiveUpstream upstream) {
    HashOn on = upstream.definition().balancing().hashOn();
    String key =
        switch (on.source()) {
          case HOST -> request.host();
          case PATH -> request.path();
          case HEADER -> request.headers().get(on.name().toLowerCase(Locale.ROOT));
          case COOKIE -> request.cookie(on.name());
          case CLIENT -> request.client();
        };
    return Hashing.of(key == null ? request.client() : key);
  }

  /** The endpoint to which the client's cookie binds it, if it is in service. */
  @Nullable LiveEndpoint stickyEndpoint(Exchange exchange) {
    if (exchange.target().sticky().isEmpty()) {
      return null;
    }
    StickyCookie sticky = exchange.target().sticky().get();
    String value = cookie(exchange.request(), sticky.name());
    return value == null
        ? null
        : sticky.endpointOf(value).map(exchange.upstream()::find).orElse(null);
  }

  /** The same for a request that is only asked about. */
  @Nullable LiveEndpoint stickyEndpoint(ExplainRequest request, Target target) {
    if (target.sticky().isEmpty()) {
      return null;
    }
    String value = request.cookie(target.sticky().get().name());
    return value == null
        ? null
        : target.sticky().get().endpointOf(value).map(target.upstream()::find).orElse(null);
  }

  /** How often an endpoint of the route's upstream was put aside. */
  double ejections(String route) {
    Target target = routing.targets().get(route);
    return target == null
        ? 0
        : target.upstream().endpoints().stream().mapToLong(LiveEndpoint::ejections).sum();
  }

  /** The cookie to set, unless none is wanted or the client has it already. */
  @Nullable String stickyCookie(Exchange exchange, LiveEndpoint endpoint) {
    if (exchange.target().sticky().isEmpty() || endpoint == stickyEndpoint(exchange)) {
      return null;
    }
    return exchange.target().sticky().get().setCookie(endpoint.id());
  }

  private static byte[] stickyKey(String secret) {
    if (!secret.isEmpty()) {
      return secret.getBytes(StandardCharsets.UTF_8);
    }
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return random;
  }

  private LiveUpstream live(@Nullable LiveUpstream before, Upstream definition) {
    if (before == null) {
      return new LiveUpstream(definition, nanoTime, clock);
    }
    return before.definition().equals(definition) ? before : before.updatedTo(definition);
  }

  private RouteMeters metersOf(String route) {
    return routeMeters.computeIfAbsent(route, name -> new RouteMeters(meters, name, this));
  }

  private void forgetMeters(Map<String, Target> targets) {
    routeMeters
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !targets.containsKey(entry.getKey());
              if (gone) {
                entry.getValue().removeFrom(meters);
              }
              return gone;
            });
  }

  static @Nullable String cookie(HttpServerRequest request, String name) {
    Cookie cookie = request.getCookie(name);
    return cookie == null ? null : cookie.getValue();
  }
}
