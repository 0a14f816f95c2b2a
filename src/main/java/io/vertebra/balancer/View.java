package io.vertebra.balancer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may be picked, from one change to the next. Immutable, so that picking needs no lock;
 * positions count those who may be picked, indexes count all as they are defined.
 */
final class View {
  /** Weights are in hundredths, so that slow start has steps of a weight of 1 too. */
  static final int WEIGHT_UNIT = 100;

  private static final long HORIZON_NANOS = 3_600_000_000_000L;

  /** Why an endpoint may not be picked. */
  enum Exclusion {
    STATE,
    UNHEALTHY,
    EJECTED,
    BREAKER,
    WARM
  }

  private final LiveEndpoint[] members;
  private final int[] indexes;
  private final long[] cumulative;
  private final int[] positions;
  private final boolean panic;
  private final long version;
  private final long validUntil;

  private View(
      List<LiveEndpoint> all, long[] weights, boolean panic, long version, long validUntil) {
    this.positions = new int[weights.length];
    this.indexes = new int[(int) Arrays.stream(weights).filter(weight -> weight > 0).count()];
    this.members = new LiveEndpoint[indexes.length];
    this.cumulative = new long[indexes.length];
    int size = 0;
    long total = 0;
    for (int index = 0; index < weights.length; index++) {
      positions[index] = weights[index] > 0 ? size : -1;
      if (weights[index] > 0) {
        total += weights[index];
        members[size] = all.get(index);
        indexes[size] = index;
        cumulative[size++] = total;
      }
    }
    this.panic = panic;
    this.version = version;
    this.validUntil = validUntil;
  }

  /**
   * The view at {@code now}.
   *
   * @param all the endpoints of {@code definition}, in its order
   */
  static View of(Upstream definition, List<LiveEndpoint> all, long version, long now) {
    @Nullable Exclusion[] exclusions = exclusions(definition, all, now);
    long[] weights = new long[all.size()];
    boolean panic = true;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = exclusions[i] == null ? weight(definition, i, all.get(i), now) : 0;
      panic &= weights[i] == 0;
    }
    if (panic) {
      for (int i = 0; i < weights.length; i++) {
        Endpoint endpoint = definition.endpoints().get(i);
        boolean up = endpoint.state() == Endpoint.State.UP;
        weights[i] = up ? (long) endpoint.weight() * WEIGHT_UNIT : 0;
      }
    }
    return new View(all, weights, panic, version, validUntil(definition, all, now));
  }

  /** Why each endpoint may not be picked, null for those who may; in the definition's order. */
  static @Nullable Exclusion[] exclusions(Upstream definition, List<LiveEndpoint> all, long now) {
    @Nullable Exclusion[] exclusions = new @Nullable Exclusion[all.size()];
    int hot = 0;
    int healthyHot = 0;
    for (int i = 0; i < exclusions.length; i++) {
      Endpoint endpoint = definition.endpoints().get(i);
      exclusions[i] = exclusion(endpoint, all.get(i), now);
      if (endpoint.tier() == Endpoint.Tier.HOT) {
        hot++;
        healthyHot += exclusions[i] == null ? 1 : 0;
      }
    }
    double needed = definition.balancing().minHealthyHot() * hot;
    if (healthyHot > 0 && healthyHot >= needed) {
      excludeWarm(definition, exclusions);
    }
    return exclusions;
  }

  private static void excludeWarm(Upstream definition, @Nullable Exclusion[] exclusions) {
    for (int i = 0; i < exclusions.length; i++) {
      boolean warm = definition.endpoints().get(i).tier() == Endpoint.Tier.WARM;
      if (warm && exclusions[i] == null) {
        exclusions[i] = Exclusion.WARM;
      }
    }
  }

  private static @Nullable Exclusion exclusion(Endpoint endpoint, LiveEndpoint live, long now) {
    if (endpoint.state() != Endpoint.State.UP) {
      return Exclusion.STATE;
    }
    if (!live.healthy()) {
      return Exclusion.UNHEALTHY;
    }
    if (live.isEjected(now)) {
      return Exclusion.EJECTED;
    }
    return live.isAdmitted(now) ? null : Exclusion.BREAKER;
  }

  private static long weight(Upstream definition, int index, LiveEndpoint live, long now) {
    double factor =
        SlowStart.factor(now - live.availableSince(), definition.balancing().slowStart());
    return Math.max(
        1, Math.round(definition.endpoints().get(index).weight() * WEIGHT_UNIT * factor));
  }

  /** When time alone changes the view: an ejection or a breaker's rest ends, a slow start steps. */
  private static long validUntil(Upstream definition, List<LiveEndpoint> all, long now) {
    long slowStart = definition.balancing().slowStart().toNanos();
    long wait = HORIZON_NANOS;
    for (LiveEndpoint live : all) {
      if (live.isEjected(now)) {
        wait = Math.min(wait, live.ejectedUntil() - now);
      }
      if (live.breakerState(now) == CircuitBreaker.State.OPEN) {
        wait = Math.min(wait, live.breakerOpenUntil() - now);
      }
      if (now - live.availableSince() < slowStart) {
        wait = Math.min(wait, SlowStart.STEP.toNanos());
      }
    }
    return now + wait;
  }

  /** The same without those tried already, in panic or not as before. */
  View without(List<LiveEndpoint> tried, List<LiveEndpoint> all) {
    long[] weights = new long[positions.length];
    for (int position = 0; position < members.length; position++) {
      if (!tried.contains(members[position])) {
        weights[indexes[position]] = weight(position);
      }
    }
    return new View(all, weights, panic, version, validUntil);
  }

  boolean isCurrent(long newestVersion, long now) {
    return version == newestVersion && now - validUntil < 0;
  }

  /** Whether nobody should be picked and everybody who is up may be. */
  boolean panic() {
    return panic;
  }

  int size() {
    return members.length;
  }

  LiveEndpoint member(int position) {
    return members[position];
  }

  int index(int position) {
    return indexes[position];
  }

  /** Where the endpoint of that index is, or -1 when it may not be picked. */
  int position(int index) {
    return positions[index];
  }

  long weight(int position) {
    return cumulative[position] - start(position);
  }

  /** The sum of the weights before it. */
  long start(int position) {
    return position == 0 ? 0 : cumulative[position - 1];
  }

  long totalWeight() {
    return cumulative[cumulative.length - 1];
  }

  /** The position in whose share of the weights {@code point} falls, 0 to the total exclusive. */
  int positionAt(long point) {
    int found = Arrays.binarySearch(cumulative, point);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
