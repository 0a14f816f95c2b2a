package io.vertebra.registry;

import java.util.List;
import java.util.Map;

/**
 * Which instances of a service are wanted.
 *
 * @param tags that it must have, all of them
 * @param passingOnly without those of which some check does not pass
 * @param zone that it must be in; empty for any
 * @param meta that it must have
 * @param checks whether the checks are wanted; without, a changed status is no change, and {@code
 *     passingOnly} is not looked at
 */
public record InstanceQuery(
    String service,
    List<String> tags,
    boolean passingOnly,
    String zone,
    Map<String, String> meta,
    boolean checks) {

  public InstanceQuery {
    tags = List.copyOf(tags);
    meta = Map.copyOf(meta);
    new Violations().name(service, "/service").throwIfAny();
  }

  /** All instances and their checks. */
  public static InstanceQuery of(String service) {
    return new InstanceQuery(service, List.of(), false, "", Map.of(), true);
  }

  /** The same without those of which some check does not pass. */
  public InstanceQuery passing() {
    return new InstanceQuery(service, tags, true, zone, meta, checks);
  }

  /** The same with those that have all these tags. */
  public InstanceQuery tagged(List<String> all) {
    return new InstanceQuery(service, all, passingOnly, zone, meta, checks);
  }

  /** All instances; of their checks nothing is told. */
  public InstanceQuery withoutChecks() {
    return new InstanceQuery(service, tags, false, zone, meta, false);
  }

  boolean wants(Instance instance) {
    return instance.service().equals(service)
        && instance.tags().containsAll(tags)
        && (zone.isEmpty() || instance.zone().equals(zone))
        && instance.meta().entrySet().containsAll(meta.entrySet());
  }
}
