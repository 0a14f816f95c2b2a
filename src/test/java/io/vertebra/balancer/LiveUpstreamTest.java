package io.vertebra.balancer;

import static io.vertebra.balancer.Balancing.Policy.ROUND_ROBIN;
import static io.vertebra.balancer.Balancing.Policy.WEIGHTED_ROUND_ROBIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.balancer.Endpoint.State;
import io.vertebra.balancer.Endpoint.Tier;
import io.vertebra.balancer.LiveEndpoint.Outcome;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class LiveUpstreamTest {
  private final Ticker ticker = new Ticker();

  @Test
  void anEndpointThatIsNotUpIsNeverPickedNotEvenInPanic() {
    Upstream three = Upstreams.weighted(ROUND_ROBIN, 1, 1, 1);
    LiveUpstream upstream = live(withState(withState(three, 0, State.DOWN), 1, State.DRAINING));
    assertThat(picked(upstream)).containsExactly("10.0.0.1:1002");
    fail(upstream.endpoints().get(2), 5);
    assertThat(picked(upstream)).containsExactly("10.0.0.1:1002");
    LiveUpstream none = upstream.updatedTo(withState(upstream.definition(), 2, State.DOWN));
    assertThat(none.pick(0, List.of())).isNull();
    assertThat(none.toJson().getBoolean("panic")).isFalse();
  }

  @Test
  void consecutiveFailuresEjectAndTimeBringsBack() {
    LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1));
    LiveEndpoint first = upstream.endpoints().get(0);
    fail(first, 4);
    assertThat(picked(upstream)).contains(first.id());
    fail(first, 1);
    assertThat(picked(upstream)).doesNotContain(first.id());
    assertThat(first.ejections()).isEqualTo(1);
    assertThat(upstream.find(first.id())).isNull();
    assertThat(first.toJson().getString("ejectedUntil")).isEqualTo("2030-01-01T00:00:10Z");
    ticker.advance(Duration.ofSeconds(10));
    assertThat(picked(upstream)).contains(first.id());
    assertThat(upstream.find(first.id())).isSameAs(first);
  }

  @Test
  void aSuccessBetweenFailuresAndCancellationsDoNotEject() {
    LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1));
    LiveEndpoint first = upstream.endpoints().get(0);
    fail(first, 4);
    attempt(first, Outcome.SUCCESS);
    fail(first, 4);
    for (int i = 0; i < 20; i++) {
      attempt(first, Outcome.CANCELLED);
    }
    assertThat(picked(upstream)).contains(first.id());
    assertThat(first.failures()).isEqualTo(8);
    assertThat(first.requests()).isEqualTo(29);
    assertThat(first.inFlight()).isZero();
  }

  @Property(tries = 100)
  void atMostTheShareIsEjectedAndNeverAll(
      @ForAll @IntRange(min = 1, max = 30) int endpoints,
      @ForAll @DoubleRange(min = 0, max = 1) double share) {
    Upstream definition = Upstreams.weighted(ROUND_ROBIN, ones(endpoints));
    Ejection ejection = new Ejection(5, Duration.ofSeconds(10), Duration.ofSeconds(60), share);
    LiveUpstream upstream =
        live(
            Upstreams.with(
                definition,
                definition.balancing(),
                ejection,
                new Breaker(1, 100_000, Duration.ofSeconds(10), Duration.ofSeconds(5), 3)));
    upstream.endpoints().forEach(endpoint -> fail(endpoint, 10));
    long ejected = upstream.endpoints().stream().filter(e -> e.ejections() > 0).count();
    long most =
        endpoints == 1 ? 0 : Math.min(endpoints - 1, Math.max(1, (int) (share * endpoints)));
    assertThat(ejected).isEqualTo(most);
    assertThat(picked(upstream)).hasSize((int) (endpoints - most));
    assertThat(upstream.panics()).isZero();
  }

  @Test
  void picksAnyThatIsUpWhenAllAreExcludedAndCountsIt() {
    LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1));
    upstream.endpoints().forEach(endpoint -> check(endpoint, false, 3));
    assertThat(upstream.pick(0, List.of())).isNotNull();
    assertThat(upstream.pick(0, List.of())).isNotNull();
    assertThat(upstream.panics()).isEqualTo(2);
    JsonObject explanation = upstream.explain(0);
    assertThat(explanation.getBoolean("panic")).isTrue();
    assertThat(explanation.getJsonArray("excluded")).hasSize(2);
    assertThat(upstream.panics()).isEqualTo(2);
    check(upstream.endpoints().get(0), true, 2);
    assertThat(picked(upstream)).containsExactly("10.0.0.1:1000");
    assertThat(upstream.panics()).isEqualTo(2);
  }

  @Test
  void warmEndpointsJoinOnlyWhileTooFewHotOnesAreHealthy() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      endpoints.add(Upstreams.endpoint(i, 1, Tier.HOT));
    }
    endpoints.add(Upstreams.endpoint(4, 1, Tier.WARM));
    LiveUpstream upstream =
        live(Upstreams.with(Upstream.of("orders", endpoints), Balancing.of(ROUND_ROBIN)));
    String warm = "10.0.0.1:1004";
    assertThat(picked(upstream)).hasSize(4).doesNotContain(warm);
    check(upstream.endpoints().get(0), false, 3);
    check(upstream.endpoints().get(1), false, 3);
    assertThat(picked(upstream)).hasSize(2).doesNotContain(warm);
    check(upstream.endpoints().get(2), false, 3);
    assertThat(picked(upstream)).hasSize(2).contains(warm);
    check(upstream.endpoints().get(3), false, 3);
    assertThat(picked(upstream)).containsExactly(warm);
    assertThat(upstream.panics()).isZero();
    check(upstream.endpoints().get(0), true, 2);
    check(upstream.endpoints().get(1), true, 2);
    assertThat(picked(upstream)).hasSize(2).doesNotContain(warm);
  }

  @Test
  void anOpenBreakerExcludesAndItsTrialsBringBack() {
    Upstream definition = Upstreams.weighted(ROUND_ROBIN, 1, 1);
    Breaker breaker = new Breaker(0.5, 10, Duration.ofSeconds(10), Duration.ofSeconds(5), 2);
    Ejection never = new Ejection(0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
    LiveUpstream upstream =
        live(Upstreams.with(definition, definition.balancing(), never, breaker));
    LiveEndpoint first = upstream.endpoints().get(0);
    fail(first, 10);
    assertThat(picked(upstream)).doesNotContain(first.id());
    assertThat(first.toJson().getString("breaker")).isEqualTo("open");
    ticker.advance(Duration.ofSeconds(5));
    assertThat(picked(upstream)).contains(first.id());
    first.begin();
    first.begin();
    assertThat(picked(upstream)).doesNotContain(first.id());
    assertThat(reasons(upstream))
        .containsExactly("its breaker is half open and its trials are running");
    first.end(Outcome.SUCCESS, 1);
    first.end(Outcome.SUCCESS, 1);
    assertThat(picked(upstream)).contains(first.id());
    assertThat(first.toJson().getString("breaker")).isEqualTo("closed");
  }

  @Test
  void aNewVersionKeepsWhatIsKnownOfTheEndpointsThatStay() {
    LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1, 1));
    LiveEndpoint first = upstream.endpoints().get(0);
    fail(first, 5);
    LiveUpstream updated = upstream.updatedTo(Upstreams.weighted(ROUND_ROBIN, 7, 1));
    assertThat(updated.endpoints()).containsExactlyElementsOf(upstream.endpoints().subList(0, 2));
    assertThat(updated.endpoints().get(0)).isSameAs(first);
    assertThat(first.endpoint().weight()).isEqualTo(7);
    assertThat(first.failures()).isEqualTo(5);
    assertThat(picked(updated)).containsExactly("10.0.0.1:1001");
    assertThat(updated.retryBudget()).isSameAs(upstream.retryBudget());
  }

  @Test
  void aNewVersionThatOnlyChangesAStateDoesNotRestartTheRound() {
    LiveUpstream upstream = live(Upstreams.weighted(WEIGHTED_ROUND_ROBIN, 5, 1, 1));
    assertThat(upstream.pick(0, List.of())).isSameAs(upstream.endpoints().get(0));
    assertThat(upstream.pick(0, List.of())).isSameAs(upstream.endpoints().get(0));
    LiveUpstream updated = upstream.updatedTo(withState(upstream.definition(), 2, State.DRAINING));
    assertThat(updated.pick(0, List.of())).isSameAs(upstream.endpoints().get(1));
  }

  @Test
  void aNewEndpointStartsSlowly() {
    Balancing slow =
        new Balancing(
            WEIGHTED_ROUND_ROBIN,
            HashOn.DEFAULT,
            1.25,
            Duration.ofSeconds(10),
            0.5,
            Optional.empty());
    LiveUpstream one = live(Upstreams.with(Upstreams.weighted(WEIGHTED_ROUND_ROBIN, 1), slow));
    LiveUpstream two =
        one.updatedTo(Upstreams.with(Upstreams.weighted(WEIGHTED_ROUND_ROBIN, 1, 1), slow));
    assertThat(shareOfLast(two)).isCloseTo(0.1 / 1.1, within(0.01));
    ticker.advance(Duration.ofSeconds(5));
    assertThat(shareOfLast(two)).isCloseTo(0.5 / 1.5, within(0.01));
    ticker.advance(Duration.ofSeconds(5));
    assertThat(shareOfLast(two)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void turningTheCheckOffForgetsItsResult() {
    LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1));
    check(upstream.endpoints().get(0), false, 3);
    assertThat(picked(upstream)).hasSize(1);
    assertThat(picked(upstream.updatedTo(upstream.definition()))).hasSize(2);
  }

  @Test
  void aViewIsMadeAnewOnlyWhenSomethingChanged() throws Exception {
    LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1));
    var field = LiveUpstream.class.getDeclaredField("view");
    field.setAccessible(true);
    Object view = field.get(upstream);
    LiveEndpoint picked = upstream.pick(0, List.of());
    attempt(picked, Outcome.SUCCESS);
    attempt(picked, Outcome.TIMEOUT);
    assertThat(upstream.pick(0, List.of())).isNotNull();
    assertThat(field.get(upstream)).isSameAs(view);
    fail(picked, 4);
    assertThat(upstream.pick(0, List.of())).isNotSameAs(picked);
    assertThat(field.get(upstream)).isNotSameAs(view);
  }

  @Test
  void explainsEveryExclusion() {
    LiveUpstream upstream =
        live(withState(Upstreams.weighted(ROUND_ROBIN, 1, 1, 1, 1), 3, State.DRAINING));
    fail(upstream.endpoints().get(0), 5);
    check(upstream.endpoints().get(1), false, 3);
    assertThat(reasons(upstream))
        .containsExactly(
            "it is ejected until 2030-01-01T00:00:10Z",
            "it fails its check: as told",
            "its state is draining");
    assertThat(upstream.explain(0).getString("endpoint")).isEqualTo("10.0.0.1:1002");
  }

  @Test
  void threadsMayPickBeginAndEndAtOnce() {
    LiveUpstream upstream = live(Upstreams.weighted(WEIGHTED_ROUND_ROBIN, 3, 2, 1));
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      threads.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 30_000; i++) {
                  attempt(upstream.pick(i, List.of()), Outcome.SUCCESS);
                }
              }));
    }
    threads.forEach(CompletableFuture::join);
    assertThat(upstream.endpoints()).allSatisfy(e -> assertThat(e.inFlight()).isZero());
    assertThat(upstream.endpoints())
        .extracting(LiveEndpoint::requests)
        .containsExactly(60_000L, 40_000L, 20_000L);
  }

  private static int[] ones(int count) {
    return IntStream.generate(() -> 1).limit(count).toArray();
  }

  private LiveUpstream live(Upstream definition) {
    return Upstreams.live(definition, ticker);
  }

  private static void fail(LiveEndpoint endpoint, int times) {
    for (int i = 0; i < times; i++) {
      attempt(endpoint, Outcome.SERVER_ERROR);
    }
  }

  private static void attempt(LiveEndpoint endpoint, Outcome outcome) {
    endpoint.begin();
    endpoint.end(outcome, 1000);
  }

  private static void check(LiveEndpoint endpoint, boolean passed, int times) {
    for (int i = 0; i < times; i++) {
      endpoint.checked(passed, "as told");
    }
  }

  private static Upstream withState(Upstream upstream, int index, State state) {
    List<Endpoint> endpoints = new ArrayList<>(upstream.endpoints());
    endpoints.set(index, endpoints.get(index).withState(state));
    return upstream.withEndpoints(endpoints);
  }

  private static Set<String> picked(LiveUpstream upstream) {
    Set<String> picked = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      picked.add(upstream.pick(i, List.of()).id());
    }
    return picked;
  }

  private static double shareOfLast(LiveUpstream upstream) {
    LiveEndpoint last = upstream.endpoints().get(upstream.endpoints().size() - 1);
    int count = 0;
    for (int i = 0; i < 1100; i++) {
      count += upstream.pick(0, List.of()) == last ? 1 : 0;
    }
    return count / 1100.0;
  }

  private static List<String> reasons(LiveUpstream upstream) {
    JsonArray excluded = upstream.explain(0).getJsonArray("excluded");
    return excluded.stream().map(e -> ((JsonObject) e).getString("reason")).toList();
  }
}
