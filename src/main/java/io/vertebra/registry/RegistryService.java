package io.vertebra.registry;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The registry for its callers. Everything may fail with {@code INVALID} or {@code UNAVAILABLE};
 * writes with {@code TIMEOUT} when it is not known whether they were done, with {@code CONFLICT}
 * when others changed the same too often meanwhile, with {@code LIMITED} when there is too much
 * already, and with {@code FENCED} when their fence was overtaken. A read that waits answers when
 * its index is greater than {@link Reading#afterIndex} and the answer changed, or after {@link
 * Reading#patience} as it is then. Safe for any thread; futures complete on the caller's context.
 */
public interface RegistryService {

  /**
   * Registers; what is registered so already is not written again, and its revisions stay.
   *
   * @return {@code NOT_FOUND} if a check is of an instance that is neither there nor told
   */
  Future<Registered> register(Registration registration, Guard guard);

  /** Removes an instance and its checks, if there is one. */
  Future<Registered> deregister(String node, String id, Guard guard);

  /** Removes a check, if there is one. */
  Future<Registered> deregisterCheck(String node, String id, Guard guard);

  /** Removes a node with all that is on it, if there is one. */
  Future<Registered> deregisterNode(String node, Guard guard);

  /**
   * Says how well something is; for a check with a time to live, that starts anew.
   *
   * @return {@code NOT_FOUND} if there is no such check
   */
  Future<Registered> report(ReportCheck report, Guard guard);

  /**
   * Takes out of use or back into it.
   *
   * @return {@code NOT_FOUND} if there is no such instance or node
   */
  Future<Registered> maintain(SetMaintenance request, Guard guard);

  /** All nodes by name. */
  Future<Indexed<List<Entry<Node>>>> nodes(Reading reading);

  /** A node with all that is on it; empty if there is none. */
  Future<Indexed<Optional<NodeHealth>>> node(String name, Reading reading);

  /** The tags of every service by its name, both in order. */
  Future<Indexed<SortedMap<String, List<String>>>> services(Reading reading);

  /** The services by name, with how many instances are there and well. */
  Future<Indexed<List<ServiceSummary>>> summaries(Reading reading);

  /** Instances of a service, by node and id; none if there is no such service. */
  Future<Indexed<List<InstanceHealth>>> instances(InstanceQuery query, Reading reading);

  /** Checks by node and id. */
  Future<Indexed<List<FoundCheck>>> checks(CheckQuery query, Reading reading);
}
