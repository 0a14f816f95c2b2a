package io.vertebra.balancer;

import org.jspecify.annotations.Nullable;

/** One policy. Safe for any thread; picking from a view allocates nothing unless it says so. */
interface Picker {

  /**
   * Picks from a view that has someone to pick.
   *
   * @param now by the monotonic clock
   */
  LiveEndpoint pick(View view, long hash, long now);

  /** What {@link #pick} would answer, without leaving a trace; null when chance decides. */
  @Nullable LiveEndpoint peek(View view, long hash, long now);
}
