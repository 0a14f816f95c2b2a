package io.vertebra.raft;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a node that waits back into its group if it was there before: asks once a second for the
 * place of the member that had its address and answers no more, until it has it. A node without
 * such a predecessor waits for someone to add it.
 */
final class RejoinJob {
  private static final Logger LOG = LoggerFactory.getLogger(RejoinJob.class);
  private static final long PERIOD_MS = 1_000;

  private final Vertx vertx;
  private final RaftService service;
  private final NodeSelector node;
  private final Peer self;
  private String told = "";
  private volatile boolean stopped;

  /**
   * @param node the id of this node
   */
  RejoinJob(Vertx vertx, RaftService service, String node, Peer self) {
    this.vertx = vertx;
    this.service = service;
    this.node = new NodeSelector(NodeSelector.Kind.NODE, node);
    this.self = self;
  }

  /** Goes on until this node is a member. */
  void start() {
    service.group().compose(this::rejoin).otherwise(this::failed).onSuccess(this::again);
  }

  void stop() {
    stopped = true;
  }

  private void again(boolean joined) {
    if (joined) {
      LOG.info("raft.joined member={}", PeerCodec.hex(self.id()));
    } else if (!stopped) {
      vertx.setTimer(PERIOD_MS, unused -> start());
    }
  }

  private Future<Boolean> rejoin(GroupView group) {
    if (group.member(self.id()).isPresent()) {
      return Future.succeededFuture(true);
    }
    Optional<MemberView> predecessor = predecessor(group);
    if (predecessor.isEmpty()) {
      tell("waits to be added, as by: vertebra cluster add " + self.address());
      return Future.succeededFuture(false);
    }
    long lost = predecessor.get().peer().id();
    tell("lost the data of member " + PeerCodec.hex(lost) + " and asks for its place");
    return service
        .replace(new ReplaceMember(lost, node))
        .map(after -> after.member(self.id()).isPresent());
  }

  private Optional<MemberView> predecessor(GroupView group) {
    return group.members().stream()
        .filter(member -> member.isMember() && !member.reachable())
        .filter(member -> member.peer().address().equals(self.address()))
        .findFirst();
  }

  private boolean failed(Throwable cause) {
    tell("does not get its place yet: " + cause.getMessage());
    return false;
  }

  /** Once, until there is something else to tell. */
  private void tell(String what) {
    if (!what.equals(told)) {
      told = what;
      LOG.warn("raft.waiting member={}: {}", PeerCodec.hex(self.id()), what);
    }
  }
}
