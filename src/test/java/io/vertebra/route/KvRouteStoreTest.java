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
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KvRouteStoreTest extends RouteStoreContract {
  private final Vertx vertx = Vertx.vertx();
  private final KvVerticle verticle = openKv();
  private final KvService kv = verticle.service();

  @TempDir Path folder;

  @Override
  RouteStore open(Snapshot initial) {
    KvRouteStore store = node(RouteOptions.DEFAULTS);
    for (Entry<Upstream> upstream : initial.upstreams().values()) {
      await(store.update(UNFENCED, s -> s.withUpstream(upstream.value(), Precondition.NONE)));
    }
    for (Entry<Route> route : initial.routes().values()) {
      await(store.update(UNFENCED, s -> s.withRoute(route.value(), Precondition.NONE)));
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

    await(here.update(UNFENCED, s -> s.withRoute(Definitions.route("b"), Precondition.ABSENT)));

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
        catchThrowable(
            () -> await(store.update(UNFENCED, s -> s.withoutRoute("c", Precondition.NONE))));
    await(store.update(UNFENCED, s -> s.withRoute(Definitions.route("c"), Precondition.NONE)));
    long stored = await(store.snapshot()).route("c").revision();
    await(store.update(UNFENCED, s -> s.withoutRoute("c", Precondition.at(stored))));

    assertThat(Failure.of(refused).code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store.snapshot()).route("c").revision()).isLessThan(stored);
  }

  @Test
  void beginsWithTheOptionsBeforeTheStoreAnswers() {
    RouteOptions options =
        new RouteOptions(
            Map.of("c", Definitions.route("c")), Map.of("web", Definitions.upstream("web")));
    KvRouteStore store = new KvRouteStore(vertx, kv, options);
    List<Snapshot> seen = new CopyOnWriteArrayList<>();

    store.watch(seen::add);
    assertThat(seen)
        .singleElement()
        .extracting(s -> s.routes().keySet().toString())
        .isEqualTo("[c]");
    store.start();

    eventually(() -> assertThat(seen.get(seen.size() - 1).routes()).containsOnlyKeys("a", "c"));
  }

  @Test
  void takesARestoreOfABackupWithoutRoutesForTheNewest() {
    int port = offerBackups(verticle, "mine");
    int empty = offerBackups(openKv(), "empty");
    WebClient client = WebClient.create(vertx);
    Buffer without = await(client.get(empty, "127.0.0.1", "/api/v1/kv:backup").send()).body();
    List<Snapshot> seen = new CopyOnWriteArrayList<>();
    KvRouteStore store = node(RouteOptions.DEFAULTS);
    store.watch(seen::add);

    await(client.post(port, "127.0.0.1", "/api/v1/kv:restore?force=true").sendBuffer(without));

    eventually(() -> assertThat(seen.get(seen.size() - 1).routes()).isEmpty());
    assertThat(seen).extracting(Snapshot::revision).isSorted();
    await(
        store.update(
            UNFENCED, s -> s.withUpstream(Definitions.upstream("web"), Precondition.ABSENT)));
    await(store.update(UNFENCED, s -> s.withRoute(Definitions.route("b"), Precondition.ABSENT)));
    assertThat(await(store.snapshot()).routes()).containsOnlyKeys("b");
    assertThat(seen).extracting(Snapshot::revision).isSorted();
  }

  private int offerBackups(KvVerticle of, String name) {
    Router router = Router.router(vertx);
    await(vertx.deployVerticle(of.backups(router, folder.resolve(name), 0)));
    return await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
        .actualPort();
  }

  private KvRouteStore node(RouteOptions options) {
    KvRouteStore store = new KvRouteStore(vertx, kv, options);
    store.start();
    Snapshot unused = await(store.snapshot());
    return store;
  }

  private KvVerticle openKv() {
    Kernel kernel =
        new Kernel(vertx, "node", new TestClock(), new SimpleMeterRegistry(), List.of());
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle opened = new KvVerticle(kernel, options, new InMemoryEngine(), System::nanoTime);
    await(vertx.deployVerticle(opened));
    return opened;
  }
}
