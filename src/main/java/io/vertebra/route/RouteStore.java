package io.vertebra.route;

import io.vertebra.kv.Fence;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a backend must do for definitions. {@code RouteStoreContract} says the rest. */
interface RouteStore extends SnapshotService {

  /**
   * Puts what {@code change} makes of the snapshot now in force in its place, as one atomic step.
   * Fails with {@code FENCED} when the holding was overtaken, and changes nothing.
   *
   * @param fence the holding under which this is done
   * @param change without side effects, since it may be run more than once; a failure it throws
   *     leaves everything as it is
   * @return the snapshot as this change left it
   */
  Future<Snapshot> update(Optional<Fence> fence, UnaryOperator<Snapshot> change);
}
