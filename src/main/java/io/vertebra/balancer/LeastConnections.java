package io.vertebra.balancer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The least attempts in flight per weight, this one included; those with equally few take turns.
 * Time grows with the number of endpoints, about 4 ns each.
 */
final class LeastConnections implements Picker {
  private final AtomicLong turn = new AtomicLong();

  @Override
  public LiveEndpoint pick(View view, long hash, long now) {
    return least(view, turn.getAndIncrement());
  }

  @Override
  public LiveEndpoint peek(View view, long hash, long now) {
    return least(view, turn.get());
  }

  private static LiveEndpoint least(View view, long turn) {
    int position = (int) Long.remainderUnsigned(turn, view.size());
    int best = position;
    long bestLoad = load(view, best);
    for (int i = 1; i < view.size(); i++) {
      position = position + 1 == view.size() ? 0 : position + 1;
      long load = load(view, position);
      if (load * view.weight(best) < bestLoad * view.weight(position)) {
        best = position;
        bestLoad = load;
      }
    }
    return view.member(best);
  }

  private static long load(View view, int position) {
    return view.member(position).inFlight() + 1L;
  }
}
