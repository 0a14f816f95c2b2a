package io.vertebra.limiter;

import io.vertx.core.json.JsonObject;

/**
 * What was decided for one key.
 *
 * @param limit most permits of the key
 * @param remaining permits that could be taken now
 * @param retryAfterMs when the same could be taken if nobody else takes: 0 if allowed, {@link
 *     #NEVER} if it is more than there ever is
 * @param resetMs after which the key is as good as new if nobody takes
 * @param at when it was decided, in microseconds since 1970 by the clock of whoever decided
 */
public record Decision(
    boolean allowed, long limit, long remaining, long retryAfterMs, long resetMs, long at) {
  /** A time that never comes. */
  public static final long NEVER = -1;

  JsonObject toJson() {
    return new JsonObject()
        .put("allowed", allowed)
        .put("limit", limit)
        .put("remaining", remaining)
        .put("retryAfterMs", retryAfterMs)
        .put("resetMs", resetMs);
  }
}
