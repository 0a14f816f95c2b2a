package io.vertebra.balancer;

import java.util.concurrent.atomic.AtomicLong;

/** One after the other, whatever their weights. */
final class RoundRobin implements Picker {
  private final AtomicLong next;

  /**
   * @param start how many picks there were before; 64 bits, so that they do not run out
   */
  RoundRobin(long start) {
    next = new AtomicLong(start);
  }

  @Override
  public LiveEndpoint pick(View view, long hash, long now) {
    return at(view, next.getAndIncrement());
  }

  @Override
  public LiveEndpoint peek(View view, long hash, long now) {
    return at(view, next.get());
  }

  private static LiveEndpoint at(View view, long turn) {
    return view.member((int) Long.remainderUnsigned(turn, view.size()));
  }
}
