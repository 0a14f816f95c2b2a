package io.vertebra.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;

/**
 * What a node gives to its concerns.
 *
 * @param node this node's id, unique in the cluster
 * @param clock the one source of time
 * @param meters where everything is counted
 * @param doors the ways in
 */
public record Kernel(
    Vertx vertx, String node, Clock clock, MeterRegistry meters, List<Door> doors) {

  /** Offers operations through every door; completes when they can be called. */
  public Future<Void> offer(Api api) {
    return Future.all(doors.stream().map(door -> door.open(api)).toList()).mapEmpty();
  }

  /** Offers operations to members of the cluster alone; completes when they can be called. */
  public Future<Void> offerInside(Api api) {
    return Future.all(doors.stream().filter(Door::isInside).map(door -> door.open(api)).toList())
        .mapEmpty();
  }
}
