package io.vertebra.balancer;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The better of two drawn by chance: the one with the lower latency x (in flight + 1) / weight.
 * They are drawn by weight too, else one that should get half of the traffic would not even be
 * drawn as often. An endpoint of which no latency is known yet gets one attempt at once and more
 * when that has ended.
 *
 * <p>Sources: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001;
 * Finagle's "Peak EWMA" balancer for the cost.
 */
final class PeakEwma implements Picker {
  private static final double UNKNOWN_NANOS = 60e9;

  private final Supplier<? extends RandomGenerator> random;

  PeakEwma(Supplier<? extends RandomGenerator> random) {
    this.random = random;
  }

  @Override
  public LiveEndpoint pick(View view, long hash, long now) {
    if (view.size() == 1) {
      return view.member(0);
    }
    RandomGenerator dice = random.get();
    int first = view.positionAt(dice.nextLong(view.totalWeight()));
    int second = other(view, first, dice);
    return view.member(cost(view, first, now) <= cost(view, second, now) ? first : second);
  }

  @Override
  public @Nullable LiveEndpoint peek(View view, long hash, long now) {
    return view.size() == 1 ? view.member(0) : null;
  }

  /** Draws one of the others by weight. */
  private static int other(View view, int first, RandomGenerator dice) {
    long point = dice.nextLong(view.totalWeight() - view.weight(first));
    return view.positionAt(point < view.start(first) ? point : point + view.weight(first));
  }

  private static double cost(View view, int position, long now) {
    LiveEndpoint endpoint = view.member(position);
    int inFlight = endpoint.inFlight();
    double latency = endpoint.latencyNanos(now);
    if (latency == 0 && inFlight > 0) {
      latency = UNKNOWN_NANOS;
    }
    return latency * (inFlight + 1) / view.weight(position);
  }
}
