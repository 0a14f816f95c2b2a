package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Violation;
import io.vertebra.balancer.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of every change. */
final class SnapshotTest {
  private static final Snapshot START =
      Snapshot.of(100, List.of(Definitions.route("a")), List.of(Definitions.upstream("web")));

  @Test
  void givesEveryChangeARevisionOfItsOwn() {
    Snapshot next =
        START
            .withUpstream(Definitions.upstream("api"), Precondition.NONE)
            .withRoute(Definitions.route("b"), Precondition.NONE)
            .withoutRoute("a", Precondition.NONE)
            .withEndpointState(down("web", "127.0.0.1:9000"), Precondition.NONE);
    assertThat(next.revision()).isEqualTo(104);
    assertThat(next.upstream("api").revision()).isEqualTo(101);
    assertThat(next.route("b").revision()).isEqualTo(102);
    assertThat(next.routes()).containsOnlyKeys("b");
    assertThat(next.upstream("web").revision()).isEqualTo(104);
  }

  @Test
  void leavesTheSnapshotBeforeAsItWas() {
    Snapshot unused = START.withoutRoute("a", Precondition.NONE);
    assertThat(START.routes()).containsOnlyKeys("a");
  }

  @Test
  void refusesAChangeThatExpectsAnotherRevision() {
    Route a = Definitions.route("a");
    assertThat(code(() -> START.withRoute(a, Precondition.at(99)))).isEqualTo(FailureCode.STALE);
    assertThat(code(() -> START.withRoute(a, Precondition.ABSENT))).isEqualTo(FailureCode.STALE);
    assertThat(code(() -> START.withRoute(Definitions.route("b"), Precondition.at(100))))
        .isEqualTo(FailureCode.STALE);
    assertThat(code(() -> START.withoutRoute("a", Precondition.at(101))))
        .isEqualTo(FailureCode.STALE);
    assertThat(code(() -> START.withUpstream(Definitions.upstream("web"), Precondition.ABSENT)))
        .isEqualTo(FailureCode.STALE);
    assertThat(code(() -> START.withoutUpstream("web", Precondition.at(1))))
        .isEqualTo(FailureCode.STALE);
    assertThat(
            code(() -> START.withEndpointState(down("web", "127.0.0.1:9000"), Precondition.at(1))))
        .isEqualTo(FailureCode.STALE);
  }

  @Test
  void makesAChangeThatExpectsThePresentRevision() {
    assertThat(START.withRoute(Definitions.route("a"), Precondition.at(100)).revision())
        .isEqualTo(101);
    assertThat(START.withRoute(Definitions.route("b"), Precondition.ABSENT).routes())
        .containsOnlyKeys("a", "b");
    assertThat(START.withoutRoute("a", Precondition.at(100)).routes()).isEmpty();
  }

  @Test
  void refusesARouteToAnUpstreamThatDoesNotExist() {
    Route lost = Route.of("b", RouteMatch.ANY, "nowhere");
    Failure failure = failure(() -> START.withRoute(lost, Precondition.NONE));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure.violations()).extracting(Violation::pointer).containsExactly("/upstream");
  }

  @Test
  void refusesToRemoveAnUpstreamInUseAndNamesTheRoutes() {
    Failure failure = failure(() -> START.withoutUpstream("web", Precondition.NONE));
    assertThat(failure.code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(failure).hasMessage("upstream web is used by routes a");
    Snapshot unused = START.withoutRoute("a", Precondition.NONE);
    assertThat(unused.withoutUpstream("web", Precondition.NONE).upstreams()).isEmpty();
  }

  @Test
  void namesTenOfTheRoutesInTheWay() {
    List<Route> routes =
        IntStream.range(0, 12).mapToObj(i -> Definitions.route("r" + (10 + i))).toList();
    Snapshot many = Snapshot.of(1, routes, List.of(Definitions.upstream("web")));
    assertThat(failure(() -> many.withoutUpstream("web", Precondition.NONE)))
        .hasMessageEndingWith("r18, r19 and 2 more");
  }

  @Test
  void tellsWhatDoesNotExist() {
    assertThat(code(() -> START.withoutRoute("b", Precondition.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(code(() -> START.withoutUpstream("b", Precondition.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(code(() -> START.withEndpointState(down("web", "other:1"), Precondition.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(code(() -> START.withEndpointState(down("api", "other:1"), Precondition.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void setsTheStateOfOneEndpointOnly() {
    Upstream changed =
        START
            .withEndpointState(down("web", "127.0.0.1:9001"), Precondition.NONE)
            .upstream("web")
            .value();
    assertThat(changed.toJson().getJsonArray("endpoints").getJsonObject(0).getString("state"))
        .isEqualTo("up");
    assertThat(changed.toJson().getJsonArray("endpoints").getJsonObject(1).getString("state"))
        .isEqualTo("down");
  }

  @Test
  void refusesMoreThanTenThousandRoutesAndAThousandUpstreams() {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < Snapshot.MAX_ROUTES; i++) {
      routes.add(Definitions.route("r" + i));
    }
    List<Upstream> upstreams = new ArrayList<>(List.of(Definitions.upstream("web")));
    for (int i = 1; i < Snapshot.MAX_UPSTREAMS; i++) {
      upstreams.add(Definitions.upstream("u" + i));
    }
    Snapshot full = Snapshot.of(1, routes, upstreams);
    assertThat(code(() -> full.withRoute(Definitions.route("more"), Precondition.NONE)))
        .isEqualTo(FailureCode.LIMITED);
    assertThat(code(() -> full.withUpstream(Definitions.upstream("more"), Precondition.NONE)))
        .isEqualTo(FailureCode.LIMITED);
    assertThat(full.withRoute(Definitions.route("r0"), Precondition.NONE).revision()).isEqualTo(2);
  }

  @Test
  void buildsTheTableOfItsRoutes() {
    RouteTable.Match match = START.table().match("GET", "h", "/", header -> null);
    assertThat(match.route()).isEqualTo(Definitions.route("a"));
  }

  private static SetEndpointState down(String upstream, String endpoint) {
    return new SetEndpointState(upstream, endpoint, SetEndpointState.State.DOWN);
  }

  private static FailureCode code(Supplier<Snapshot> change) {
    return failure(change).code();
  }

  private static Failure failure(Supplier<Snapshot> change) {
    return catchThrowableOfType(Failure.class, change::get);
  }
}
