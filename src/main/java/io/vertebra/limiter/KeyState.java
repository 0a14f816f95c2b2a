package io.vertebra.limiter;

/**
 * All that is kept of one key.
 *
 * @param limit how it stands with its limit
 * @param refusals in a row up to now
 * @param blockedUntil end of a penalty, in microseconds since 1970; 0 for none
 * @param freshAt when it is as good as new if nobody takes: from then on it can be forgotten
 */
record KeyState(LimitState limit, int refusals, long blockedUntil, long freshAt) {}
