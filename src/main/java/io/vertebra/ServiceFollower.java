package io.vertebra;

import io.vertebra.api.Failure;
import io.vertebra.balancer.Endpoint;
import io.vertebra.balancer.FollowedService;
import io.vertebra.balancer.Upstream;
import io.vertebra.registry.Indexed;
import io.vertebra.registry.InstanceHealth;
import io.vertebra.registry.InstanceQuery;
import io.vertebra.registry.Reading;
import io.vertebra.registry.RegistryService;
import io.vertebra.route.Entry;
import io.vertebra.route.Snapshot;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the upstreams that follow a service its instances, as this node knows them. While the
 * registry cannot be read, what was read last stays; before that, the endpoints of the definition.
 */
final class ServiceFollower {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceFollower.class);
  private static final Duration ROUND = Duration.ofMinutes(5);
  private static final long RETRY_MS = 500;
  private static final int MAX_ENDPOINTS = 1_000;
  private static final int MAX_WEIGHT = 100;

  private final Vertx vertx;
  private final RegistryService registry;
  private final Consumer<Snapshot> gateway;
  private final Map<FollowedService, Following> followed = new HashMap<>();
  private Optional<Snapshot> definitions = Optional.empty();
  private boolean closed;

  /** A service that some upstream follows. */
  private static final class Following {
    private final FollowedService service;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Optional<List<Endpoint>> endpoints = Optional.empty();

    Following(FollowedService service) {
      this.service = service;
    }

    InstanceQuery query() {
      List<String> tags = service.tag().isEmpty() ? List.of() : List.of(service.tag());
      return new InstanceQuery(
          service.name(), tags, service.passingOnly(), service.zone(), Map.of(), true);
    }
  }

  /**
   * @param gateway where definitions are sent, their endpoints filled in
   */
  ServiceFollower(Vertx vertx, RegistryService registry, Consumer<Snapshot> gateway) {
    this.vertx = vertx;
    this.registry = registry;
    this.gateway = gateway;
  }

  /** Takes a new state of the definitions. */
  synchronized void update(Snapshot snapshot) {
    definitions = Optional.of(snapshot);
    Set<FollowedService> wanted =
        snapshot.upstreams().values().stream()
            .map(Entry::value)
            .map(Upstream::service)
            .filter(service -> !service.isNone())
            .collect(Collectors.toSet());
    followed.values().removeIf(each -> !wanted.contains(each.service) && each.ended.complete(null));
    wanted.stream().filter(service -> !followed.containsKey(service)).forEach(this::begin);
    send();
  }

  /** Follows nothing any more. */
  synchronized void close() {
    closed = true;
    followed.values().forEach(each -> each.ended.complete(null));
  }

  private void begin(FollowedService service) {
    Following following = new Following(service);
    followed.put(service, following);
    follow(following, 0);
  }

  private void follow(Following following, long index) {
    registry
        .instances(following.query(), Reading.after(index, ROUND).locally().until(following.ended))
        .onSuccess(
            answer ->
                vertx
                    .executeBlocking(() -> take(following, answer))
                    .onComplete(
                        done -> goOn(following, answer.index()),
                        cause -> {
                          LOG.error("gateway.service failed", cause);
                          goOn(following, answer.index());
                        }))
        .onFailure(cause -> vertx.setTimer(RETRY_MS, timer -> goOn(following, index)));
  }

  private void goOn(Following following, long index) {
    if (!following.ended.isDone()) {
      follow(following, index);
    }
  }

  private synchronized boolean take(Following following, Indexed<List<InstanceHealth>> answer) {
    Optional<List<Endpoint>> endpoints =
        Optional.of(endpoints(following.service.name(), answer.value()));
    boolean news = !following.ended.isDone() && !endpoints.equals(following.endpoints);
    if (news) {
      following.endpoints = endpoints;
      send();
    }
    return news;
  }

  private void send() {
    if (!closed) {
      definitions.ifPresent(snapshot -> gateway.accept(snapshot.resolved(this::resolve)));
    }
  }

  private Upstream resolve(Upstream upstream) {
    return Optional.ofNullable(followed.get(upstream.service()))
        .flatMap(following -> following.endpoints)
        .map(upstream::withEndpoints)
        .orElse(upstream);
  }

  /** The instances that can be called; weights are brought into the balancer's range. */
  static List<Endpoint> endpoints(String service, List<InstanceHealth> instances) {
    int greatest = instances.stream().mapToInt(InstanceHealth::weight).max().orElse(1);
    Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    for (InstanceHealth each : instances) {
      if (each.weight() > 0 && endpoints.size() < MAX_ENDPOINTS) {
        endpoint(each, greatest).ifPresent(found -> endpoints.putIfAbsent(found.id(), found));
      }
    }
    if (endpoints.size() == MAX_ENDPOINTS) {
      LOG.warn("gateway.service full service={} instances={}", service, instances.size());
    }
    return List.copyOf(endpoints.values());
  }

  private static Optional<Endpoint> endpoint(InstanceHealth health, int greatest) {
    long weight = health.weight();
    long scaled = greatest <= MAX_WEIGHT ? weight : Math.max(1, weight * MAX_WEIGHT / greatest);
    String zone = health.instance().value().zone();
    String told = zone.substring(0, Math.min(zone.length(), 100));
    try {
      return Optional.of(
          new Endpoint(
              health.address(),
              health.instance().value().port(),
              (int) scaled,
              Endpoint.Tier.HOT,
              told,
              Endpoint.State.UP));
    } catch (Failure cannotBeCalled) {
      LOG.debug("gateway.service skipped instance={}", health.instance().value().id());
      return Optional.empty();
    }
  }
}
