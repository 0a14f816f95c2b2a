package io.vertebra.consul;

import io.vertx.core.Future;

/** Answers requests of one method and path. */
@FunctionalInterface
interface Endpoint {

  /** Answers; whatever is thrown or fails is told in Consul's way. */
  Future<Reply> answer(Asked asked);
}
