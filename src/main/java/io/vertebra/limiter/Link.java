package io.vertebra.limiter;

/**
 * One of the policies that are asked together, made out for one request.
 *
 * @param limit of the tier the request is in
 * @param key of the state
 */
record Link(Policy policy, Limit limit, String key, long cost) {

  Change.Take take(String permit) {
    return new Change.Take(limit, policy.penalty(), cost, permit);
  }
}
