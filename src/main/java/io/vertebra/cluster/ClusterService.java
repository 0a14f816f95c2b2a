package io.vertebra.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/** Who is in the cluster, as this node sees it. */
public interface ClusterService {

  /** This node. */
  Member self();

  /** All nodes, this one included, the longest in the cluster first. */
  List<Member> members();

  /**
   * Whether all that the nodes hold in memory has its copies on other nodes: if so, any one of them
   * can end and nothing is lost.
   */
  Future<Boolean> isCopied();

  /** Tells every change from now on, on a thread of the cluster's: do not block it. */
  void watch(Consumer<MemberChange> listener);
}
