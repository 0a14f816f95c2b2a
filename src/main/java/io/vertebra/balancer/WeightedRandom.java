package io.vertebra.balancer;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** By chance, in proportion to the weights. */
final class WeightedRandom implements Picker {
  private final Supplier<? extends RandomGenerator> random;

  WeightedRandom(Supplier<? extends RandomGenerator> random) {
    this.random = random;
  }

  @Override
  public LiveEndpoint pick(View view, long hash, long now) {
    return view.member(view.positionAt(random.get().nextLong(view.totalWeight())));
  }

  @Override
  public @Nullable LiveEndpoint peek(View view, long hash, long now) {
    return view.size() == 1 ? view.member(0) : null;
  }
}
