package io.vertebra.route;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Fence;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The typed client, and what a node lets others know. */
@ExtendWith(VertxExtension.class)
final class BusRouteServiceTest {
  private final TestClock clock = new TestClock();
  private RouteVerticle verticle;
  private RouteService bus;

  @BeforeEach
  void deploy(Vertx vertx) {
    BusDoor door = new BusDoor(vertx, "n1", Interceptor.chain(List.of()));
    Kernel kernel = new Kernel(vertx, "n1", clock, new SimpleMeterRegistry(), List.of(door));
    RouteOptions options = new RouteOptions(Map.of(), Map.of("web", Definitions.upstream("web")));
    verticle = RouteVerticle.inMemory(kernel, options);
    await(vertx.deployVerticle(verticle));
    bus = BusRouteService.on(vertx, "n1");
  }

  @Test
  void doesOverTheBusWhatTheServiceDoes() {
    Entry<Route> written = await(bus.putRoute(Definitions.route("a"), Precondition.ABSENT));
    assertThat(written.value()).isEqualTo(Definitions.route("a"));
    assertThat(await(bus.route("a"))).isEqualTo(written);
    assertThat(await(bus.routes(PageRequest.first(10))).items()).containsExactly(written);
    SetEndpointState drain =
        new SetEndpointState("web", "127.0.0.1:9000", SetEndpointState.State.DRAINING);
    Entry<?> drained = await(bus.setEndpointState(drain, Precondition.NONE));
    assertThat(await(bus.upstream("web"))).isEqualTo(drained);
    assertThat(await(bus.upstreams(PageRequest.first(10))).items()).isEqualTo(List.of(drained));
    long removal = await(bus.deleteRoute("a", Precondition.at(written.revision())));
    assertThat(removal).isEqualTo(written.revision() + 2);
    assertThat(await(bus.deleteUpstream("web", Precondition.NONE))).isEqualTo(removal + 1);
    assertThat(await(bus.putUpstream(Definitions.upstream("web"), Precondition.ABSENT)).value())
        .isEqualTo(Definitions.upstream("web"));
    assertThat(await(verticle.snapshots().snapshot()).upstreams()).containsOnlyKeys("web");
  }

  @Test
  void followsCursorsToTheEnd() {
    for (int i = 0; i < 5; i++) {
      Entry<Route> written = await(bus.putRoute(Definitions.route("r" + i), Precondition.NONE));
      assertThat(written.name()).isEqualTo("r" + i);
    }
    List<String> names = new ArrayList<>();
    Page<Route> page = await(bus.routes(PageRequest.first(2)));
    page.items().forEach(entry -> names.add(entry.name()));
    while (page.cursor().isPresent()) {
      page = await(bus.routes(new PageRequest(page.cursor(), 2)));
      page.items().forEach(entry -> names.add(entry.name()));
    }
    assertThat(names).containsExactly("r0", "r1", "r2", "r3", "r4");
  }

  @Test
  void tellsTheSameFailures(Vertx vertx) {
    Throwable stale =
        catchThrowable(() -> await(bus.putRoute(Definitions.route("a"), Precondition.at(3))));
    assertThat(Failure.of(stale).code()).isEqualTo(FailureCode.STALE);
    Precondition holder = Precondition.NONE.under(new Fence("~jobs", 9));
    Precondition late = Precondition.NONE.under(new Fence("~jobs", 8));
    Entry<Route> written = await(bus.putRoute(Definitions.route("a"), holder));
    Throwable fenced = catchThrowable(() -> await(bus.deleteRoute("a", late)));
    assertThat(Failure.of(fenced).code()).isEqualTo(FailureCode.FENCED);
    assertThat(await(bus.route("a"))).isEqualTo(written);
    Throwable nobody = catchThrowable(() -> await(BusRouteService.on(vertx, "n2").route("a")));
    assertThat(Failure.of(nobody).code()).isEqualTo(FailureCode.UNAVAILABLE);
    Throwable missing = catchThrowable(() -> await(BusRouteService.local(vertx).route("b")));
    assertThat(Failure.of(missing).code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void announcesChangesThatWereMadeAndNoOthers(Vertx vertx) throws Exception {
    BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
    await(
        vertx
            .eventBus()
            .<JsonObject>consumer("vertebra.route.events", event -> events.add(event.body()))
            .completion());
    long start = clock.millis();
    Entry<Route> first = await(bus.putRoute(Definitions.route("a"), Precondition.NONE));
    Throwable refused =
        catchThrowable(() -> await(bus.putRoute(Definitions.route("a"), Precondition.ABSENT)));
    long removal = await(bus.deleteRoute("a", Precondition.NONE));
    long upstream = await(bus.deleteUpstream("web", Precondition.NONE));
    assertThat(refused).isNotNull();
    assertThat(List.of(first.revision(), removal, upstream))
        .containsExactly(start + 1, start + 2, start + 3);
    assertThat(next(events)).isEqualTo(event("route", "a", start + 1, "put"));
    assertThat(next(events)).isEqualTo(event("route", "a", start + 2, "delete"));
    assertThat(next(events)).isEqualTo(event("upstream", "web", start + 3, "delete"));
  }

  private static JsonObject next(BlockingQueue<JsonObject> events) throws InterruptedException {
    return events.poll(5, TimeUnit.SECONDS);
  }

  private static JsonObject event(String kind, String name, long revision, String change) {
    return new JsonObject()
        .put("kind", kind)
        .put("name", name)
        .put("revision", revision)
        .put("change", change);
  }
}
