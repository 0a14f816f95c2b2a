package io.vertebra.balancer;

import static io.vertebra.balancer.Balancing.Policy.BOUNDED_LOAD;
import static io.vertebra.balancer.Balancing.Policy.LEAST_CONNECTIONS;
import static io.vertebra.balancer.Balancing.Policy.P2C_EWMA;
import static io.vertebra.balancer.Balancing.Policy.RING_HASH;
import static io.vertebra.balancer.Balancing.Policy.ROUND_ROBIN;
import static io.vertebra.balancer.Balancing.Policy.WEIGHTED_ROUND_ROBIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.balancer.LiveEndpoint.Outcome;
import io.vertebra.ring.Hashing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PickerTest {
  private static final int PICKS = 100_000;

  private final Ticker ticker = new Ticker();

  @ParameterizedTest
  @EnumSource(names = {"WEIGHTED_ROUND_ROBIN", "RANDOM", "MAGLEV", "RENDEZVOUS"})
  void picksByWeightToOnePercent(Balancing.Policy policy) {
    LiveUpstream upstream = live(Upstreams.weighted(policy, 1, 2, 5, 2, 10));
    assertShares(upstream, counts(upstream), 0.01);
  }

  /** The points of a ring lie by chance: a weight is met as well as so many points allow. */
  @Test
  void aRingPicksByWeightToThreePercent() {
    LiveUpstream upstream = live(Upstreams.weighted(RING_HASH, 1, 2, 5, 2, 10));
    assertShares(upstream, counts(upstream), 0.03);
  }

  /** Policies that look at the load follow the weights once there is load. */
  @ParameterizedTest
  @EnumSource(names = {"LEAST_CONNECTIONS", "P2C_EWMA", "BOUNDED_LOAD"})
  void picksByWeightUnderLoad(Balancing.Policy policy) {
    Upstream definition = Upstreams.weighted(policy, 1, 2, 5, 2, 10);
    Balancing tight =
        new Balancing(policy, HashOn.DEFAULT, 1.05, Duration.ZERO, 0.5, Optional.empty());
    LiveUpstream upstream = live(Upstreams.with(definition, tight));
    Deque<LiveEndpoint> running = new ArrayDeque<>();
    int[] counts = new int[5];
    for (int i = 0; i < PICKS; i++) {
      LiveEndpoint picked = upstream.pick(Hashing.of("key" + i), List.of());
      picked.begin();
      running.add(picked);
      counts[upstream.endpoints().indexOf(picked)]++;
      if (running.size() > 2000) {
        ticker.advance(Duration.ofMillis(1));
        running.remove().end(Outcome.SUCCESS, 1_000_000);
      }
    }
    assertShares(upstream, counts, policy == BOUNDED_LOAD ? 0.03 : 0.01);
  }

  @Test
  void weightedRoundRobinGoesAsNginxDoes() {
    LiveUpstream upstream = live(Upstreams.weighted(WEIGHTED_ROUND_ROBIN, 5, 1, 1));
    assertThat(sequence(upstream, 14)).isEqualTo("aabacaaaabacaa");
  }

  @Test
  void weightedRoundRobinSkipsAsNginxDoes() {
    LiveUpstream upstream = live(Upstreams.weighted(WEIGHTED_ROUND_ROBIN, 5, 1, 1));
    LiveEndpoint a = upstream.endpoints().get(0);
    // nginx leaves the credit of a skipped peer as it is.
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      found.append(letter(upstream, upstream.pick(0, List.of(a))));
    }
    assertThat(found.toString()).isEqualTo("bcbc");
    assertThat(sequence(upstream, 7)).isEqualTo("aabacaa");
  }

  @Test
  void roundRobinHasNoBiasAfterMoreThanTwoToThe31Picks() {
    for (long start : new long[] {(1L << 31) - 3, (1L << 32) - 3, Long.MAX_VALUE - 3}) {
      LiveUpstream upstream = live(Upstreams.weighted(ROUND_ROBIN, 1, 1, 1));
      RoundRobin picker = new RoundRobin(start);
      View view = View.of(upstream.definition(), upstream.endpoints(), 0, ticker.getAsLong());
      int[] counts = new int[3];
      for (int i = 0; i < 3000; i++) {
        counts[upstream.endpoints().indexOf(picker.pick(view, 0, 0))]++;
      }
      assertThat(counts).as("from %d", start).containsExactly(1000, 1000, 1000);
    }
  }

  @Test
  void leastConnectionsTakesTurnsAmongEquals() {
    LiveUpstream upstream = live(Upstreams.weighted(LEAST_CONNECTIONS, 1, 1, 1));
    assertThat(sequence(upstream, 6)).isEqualTo("abcabc");
    upstream.endpoints().get(0).begin();
    assertThat(sequence(upstream, 20)).doesNotContain("a");
  }

  @Test
  void p2cLeavesASlowEndpointAloneAndTriesItAgainLater() {
    LiveUpstream upstream = live(Upstreams.weighted(P2C_EWMA, 1, 1));
    finish(upstream.endpoints().get(0), 500_000_000);
    finish(upstream.endpoints().get(1), 1_000_000);
    assertThat(sequence(upstream, 100)).doesNotContain("a");
    ticker.advance(Duration.ofSeconds(70));
    finish(upstream.endpoints().get(1), 1_000_000);
    assertThat(sequence(upstream, 100)).contains("a");
  }

  @Test
  void aQuickFailureDoesNotMakeAnEndpointLookFast() {
    LiveUpstream upstream = live(Upstreams.weighted(P2C_EWMA, 1, 1));
    finish(upstream.endpoints().get(0), 10_000_000);
    finish(upstream.endpoints().get(1), 20_000_000);
    LiveEndpoint failing = upstream.endpoints().get(1);
    for (int i = 0; i < 3; i++) {
      ticker.advance(Duration.ofMillis(500));
      failing.begin();
      failing.end(Outcome.SERVER_ERROR, 1000);
    }
    assertThat(failing.ewmaMillis()).isGreaterThan(15);
    assertThat(sequence(upstream, 100)).doesNotContain("b");
  }

  @Property(tries = 200)
  void boundedLoadIsNeverExceeded(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 100) Integer> weights,
      @ForAll @IntRange(min = 105, max = 300) int percent,
      @ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
    Upstream definition =
        Upstreams.weighted(BOUNDED_LOAD, weights.stream().mapToInt(i -> i).toArray());
    double factor = percent / 100.0;
    LiveUpstream upstream =
        live(
            Upstreams.with(
                definition,
                new Balancing(
                    BOUNDED_LOAD, HashOn.DEFAULT, factor, Duration.ZERO, 0.5, Optional.empty())));
    Random random = new Random(seed);
    int sum = weights.stream().mapToInt(i -> i).sum();
    List<LiveEndpoint> running = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      if (random.nextInt(3) == 0 && !running.isEmpty()) {
        running.remove(random.nextInt(running.size())).end(Outcome.SUCCESS, 1);
      }
      // Few keys, so that the owners would overflow.
      LiveEndpoint picked = upstream.pick(random.nextInt(3), List.of());
      double share = picked.endpoint().weight() / (double) sum;
      double cap = Math.ceil(factor * (running.size() + 1) * share + 1e-9);
      picked.begin();
      running.add(picked);
      assertThat((double) picked.inFlight()).isLessThanOrEqualTo(cap);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPolicyTriesAllEndpointsOnceAndThenHasNone(Balancing.Policy policy) {
    LiveUpstream upstream = live(Upstreams.weighted(policy, 3, 1, 2, 100));
    List<LiveEndpoint> tried = new ArrayList<>();
    for (LiveEndpoint next = upstream.pick(42, tried);
        next != null;
        next = upstream.pick(42, tried)) {
      next.begin();
      tried.add(next);
    }
    assertThat(tried).containsExactlyInAnyOrderElementsOf(upstream.endpoints());
  }

  @ParameterizedTest
  @EnumSource
  void everyPolicyExplainsWhomItPicksNextAndChangesNothing(Balancing.Policy policy) {
    LiveUpstream upstream = live(Upstreams.weighted(policy, 3, 1, 2));
    for (int i = 0; i < 50; i++) {
      String promised = upstream.explain(i).getString("endpoint");
      assertThat(upstream.explain(i).getString("endpoint")).isEqualTo(promised);
      LiveEndpoint picked = upstream.pick(i, List.of());
      if (policy == P2C_EWMA || policy == Balancing.Policy.RANDOM) {
        assertThat(promised).isNull();
      } else {
        assertThat(picked.id()).isEqualTo(promised);
      }
    }
  }

  private LiveUpstream live(Upstream definition) {
    return Upstreams.live(definition, ticker);
  }

  private static void finish(LiveEndpoint endpoint, long latencyNanos) {
    endpoint.begin();
    endpoint.end(Outcome.SUCCESS, latencyNanos);
  }

  private static int[] counts(LiveUpstream upstream) {
    int[] counts = new int[upstream.endpoints().size()];
    for (int i = 0; i < PICKS; i++) {
      counts[upstream.endpoints().indexOf(upstream.pick(Hashing.of("key" + i), List.of()))]++;
    }
    return counts;
  }

  private static void assertShares(LiveUpstream upstream, int[] counts, double tolerance) {
    double sum = upstream.definition().endpoints().stream().mapToInt(Endpoint::weight).sum();
    for (int i = 0; i < counts.length; i++) {
      assertThat(counts[i] / (double) PICKS)
          .as("endpoint %d", i)
          .isCloseTo(upstream.endpoints().get(i).endpoint().weight() / sum, within(tolerance));
    }
  }

  private static String sequence(LiveUpstream upstream, int picks) {
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < picks; i++) {
      found.append(letter(upstream, upstream.pick(i, List.of())));
    }
    return found.toString();
  }

  private static char letter(LiveUpstream upstream, LiveEndpoint endpoint) {
    return (char) ('a' + upstream.endpoints().indexOf(endpoint));
  }
}
