package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.cluster.OwnedMap;
import io.vertx.core.Future;

/** States at the nodes that own their keys, in memory, with one copy each. */
final class HazelcastLimitStore implements LimitStore {
  private final OwnedMap map;

  HazelcastLimitStore(OwnedMap map) {
    this.map = map;
  }

  @Override
  public Future<Decision> change(String key, Change change) {
    return map.ask(key, StateCodec.encode(change))
        .compose(
            answer ->
                answer.length == 0
                    ? Failure.future(FailureCode.UNAVAILABLE, "there is no room for another key")
                    : Future.succeededFuture(StateCodec.decision(answer)));
  }
}
