package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.EngineStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A group whose members agree at once, since they are in one process. */
final class InMemoryGroup {
  private final long clusterId;
  private List<Peer> members;
  private long leaderId;

  InMemoryGroup(long clusterId, List<Peer> members) {
    this.clusterId = clusterId;
    this.members = List.copyOf(members);
    this.leaderId = members.get(0).id();
  }

  synchronized List<Peer> members() {
    return members;
  }

  /** The group as one of its members, or a waiting node, sees it. */
  Membership of(long id) {
    return new Membership() {
      @Override
      public List<Peer> members() {
        List<Peer> all = InMemoryGroup.this.members();
        return Introduction.lists(all, id) ? all : List.of();
      }

      @Override
      public EngineStatus status() {
        return InMemoryGroup.this.status(id);
      }

      @Override
      public CompletionStage<Void> setMembers(
          List<Peer> expected, List<Peer> next, Duration deadline) {
        return change(expected, next);
      }

      @Override
      public CompletionStage<Void> transferLead(long memberId, Duration deadline) {
        return lead(memberId);
      }
    };
  }

  private synchronized EngineStatus status(long id) {
    long leader = Introduction.lists(members, id) ? leaderId : 0;
    return new EngineStatus(clusterId, id, leader, 1, 10, 10, leader != 0, "");
  }

  private synchronized CompletionStage<Void> change(List<Peer> expected, List<Peer> next) {
    if (!ids(expected).equals(ids(members))) {
      return CompletableFuture.failedFuture(
          new CompletionException(
              new Failure(FailureCode.CONFLICT, "the members are others by now")));
    }
    members = List.copyOf(next);
    return CompletableFuture.completedFuture(null);
  }

  private synchronized CompletionStage<Void> lead(long memberId) {
    leaderId = memberId;
    return CompletableFuture.completedFuture(null);
  }

  private static List<Long> ids(List<Peer> peers) {
    return peers.stream().map(Peer::id).sorted().toList();
  }
}
