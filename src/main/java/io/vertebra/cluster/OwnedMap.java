package io.vertebra.cluster;

import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Small values of which each is changed, as one atomic step, at the node that owns its key, and
 * copied to one other node before the answer. What is kept is lost only when both are.
 */
public interface OwnedMap {

  /** What an owner does with a value. The same on every node; pure but for the time. */
  @FunctionalInterface
  interface Rule {

    /**
     * Says what comes of a request.
     *
     * @param value what is kept of the key; null for nothing
     * @param request as it was asked
     */
    Step apply(byte @Nullable [] value, byte[] request);
  }

  /**
   * What comes of a request.
   *
   * @param value to be kept; null to forget the key
   * @param changes whether it differs from what was kept
   * @param keep after how long the value may be forgotten; it is kept some seconds longer
   * @param answer for whoever asked
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Step(byte @Nullable [] value, boolean changes, Duration keep, byte[] answer) {}

  /**
   * Has the owner apply the map's rule; completes on the caller's context. A request may be applied
   * twice when the owner dies, and may be applied although the future failed.
   */
  Future<byte[]> ask(String key, byte[] request);

  /** How many keys this node owns at present. */
  Future<Long> owned();
}
