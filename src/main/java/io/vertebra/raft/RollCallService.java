package io.vertebra.raft;

import io.vertx.core.Future;
import java.util.List;

/** Asks the core nodes who they are. */
@FunctionalInterface
interface RollCallService {

  /** What those say who answer within a second, this node included if it is one of them. */
  Future<List<Introduction>> hear();
}
