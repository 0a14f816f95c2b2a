package io.vertebra.raft;

import io.vertebra.kv.EngineStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** That of a {@link RaftEngine}. */
record EngineMembership(RaftEngine engine) implements Membership {

  @Override
  public List<Peer> members() {
    return engine.members();
  }

  @Override
  public EngineStatus status() {
    return engine.status();
  }

  @Override
  public CompletionStage<Void> setMembers(List<Peer> expected, List<Peer> next, Duration deadline) {
    return engine.setMembers(next, deadline);
  }

  @Override
  public CompletionStage<Void> transferLead(long memberId, Duration deadline) {
    return engine.transferLead(memberId, deadline);
  }
}
