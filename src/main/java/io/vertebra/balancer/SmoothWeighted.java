package io.vertebra.balancer;

/**
 * Weighted round robin that spreads the turns of heavy endpoints evenly: with 5, 1 and 1 it goes a
 * a b a c a a. Time grows with the number of endpoints, about 4 ns each.
 *
 * <p>Source: nginx, upstream round robin: each turn every endpoint gains its weight, the greatest
 * is picked and pays the sum of all.
 */
final class SmoothWeighted implements Picker {
  private final long[] credits;

  /**
   * @param endpoints how many are defined
   */
  SmoothWeighted(int endpoints) {
    credits = new long[endpoints];
  }

  @Override
  public synchronized LiveEndpoint pick(View view, long hash, long now) {
    return turn(view, credits);
  }

  @Override
  public synchronized LiveEndpoint peek(View view, long hash, long now) {
    return turn(view, credits.clone());
  }

  private static LiveEndpoint turn(View view, long[] credits) {
    int best = 0;
    for (int position = 0; position < view.size(); position++) {
      int index = view.index(position);
      credits[index] += view.weight(position);
      if (credits[index] > credits[view.index(best)]) {
        best = position;
      }
    }
    credits[view.index(best)] -= view.totalWeight();
    return view.member(best);
  }
}
