package io.vertebra.route;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.balancer.Upstream;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvRouteStoreTest extends RouteStoreContract {
  private final Vertx vertx = Vertx.vertx();
  private final KvService kv = openKv();

  @Override
  RouteStore open(Snapshot initial) {
    KvRouteStore store = node(RouteOptions.DEFAULTS);
    for (Entry<Upstream> upstream : initial.upstreams().values()) {
      await(store.update(s -> s.withUpstream(upstream.value(), Precondition.NONE)));
    }
    for (Entry<Route> route : initial.routes().values()) {
      await(store.update(s -> s.withRoute(route.value(), Precondition.NONE)));
    }
    return node(RouteOptions.DEFAULTS);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void tellsTheOtherNodesOfAChange() {
    KvRouteStore here = node(RouteOptions.DEFAULTS);
    KvRouteStore there = node(RouteOptions.DEFAULTS);

    await(here.update(s -> s.withRoute(Definitions.route("b"), Precondition.ABSENT)));

    assertThat(await(there.snapshot()).routes()).containsOnlyKeys("a", "b");
  }

  @Test
  void aStoredDefinitionCountsMoreThanOneOfTheOptions() {
    RouteOptions options =
        new RouteOptions(
            Map.of("c", Definitions.route("c")), Map.of("web", Definitions.upstream("web")));
    KvRouteStore store = node(options);
    assertThat(await(store.snapshot()).routes()).containsOnlyKeys("a", "c");

    Throwable refused =
        catchThrowable(() -> await(store.update(s -> s.withoutRoute("c", Precondition.NONE))));
    await(store.update(s -> s.withRoute(Definitions.route("c"), Precondition.NONE)));
    long stored = await(store.snapshot()).route("c").revision();
    await(store.update(s -> s.withoutRoute("c", Precondition.at(stored))));

    assertThat(Failure.of(refused).code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store.snapshot()).route("c").revision()).isLessThan(stored);
  }

  @Test
  void beginsWithTheOptionsBeforeTheStoreAnswers() {
    RouteOptions options =
        new RouteOptions(
            Map.of("c", Definitions.route("c")), Map.of("web", Definitions.upstream("web")));
    KvRouteStore store = new KvRouteStore(vertx, kv, options);
    List<Snapshot> seen = new java.util.concurrent.CopyOnWriteArrayList<>();

    store.watch(seen::add);
    assertThat(seen)
        .singleElement()
        .extracting(s -> s.routes().keySet().toString())
        .isEqualTo("[c]");
    store.start();

    eventually(() -> assertThat(seen.get(seen.size() - 1).routes()).containsOnlyKeys("a", "c"));
  }

  private KvRouteStore node(RouteOptions options) {
    KvRouteStore store = new KvRouteStore(vertx, kv, options);
    store.start();
    Snapshot unused = await(store.snapshot());
    return store;
  }

  private KvService openKv() {
    Kernel kernel =
        new Kernel(vertx, "node", new TestClock(), new SimpleMeterRegistry(), List.of());
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle verticle = new KvVerticle(kernel, options, new InMemoryEngine(), System::nanoTime);
    await(vertx.deployVerticle(verticle));
    return verticle.service();
  }
}
