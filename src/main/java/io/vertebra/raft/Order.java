package io.vertebra.raft;

import io.vertebra.api.FailureCode;
import java.io.IOException;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;

/** Has the leader change the group: its members, or who leads it. */
final class Order extends Attempts<Void> {
  private final BiFunction<Member, RaftPeerId, RaftClientRequest> request;

  /** Whether an attempt may be under way still. */
  private volatile boolean perhapsBegun;

  private Order(Ground ground, BiFunction<Member, RaftPeerId, RaftClientRequest> request) {
    super(ground);
    this.request = request;
  }

  /**
   * @param expected the members that the leader must find; only their ids count
   */
  static Order members(Ground ground, List<Peer> expected, List<Peer> next, long callId) {
    SetConfigurationRequest.Arguments change =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(Ids.raftPeers(expected))
            .setServersInNewConf(Ids.raftPeers(next))
            .build();
    return new Order(
        ground,
        (member, leader) ->
            new SetConfigurationRequest(
                member.clientId(), leader, member.groupId(), callId, change));
  }

  /**
   * @param timeoutMs how long the leader takes no writes, at most, until the next one leads
   */
  static Order lead(Ground ground, long memberId, long timeoutMs, long callId) {
    return new Order(
        ground,
        (member, leader) ->
            new TransferLeadershipRequest(
                member.clientId(),
                leader,
                member.groupId(),
                callId,
                Ids.peerId(memberId),
                timeoutMs));
  }

  @Override
  FailureCode unfinished() {
    return perhapsBegun ? FailureCode.TIMEOUT : FailureCode.UNAVAILABLE;
  }

  @Override
  void attempt(Member member) {
    RaftPeerId leader = member.leads() ? member.self() : member.otherLeader().orElse(member.self());
    if (leader.equals(member.self()) && !member.leads()) {
      later("no leader is known");
      return;
    }
    try {
      onReply(member.order(leader, request.apply(member, leader)));
    } catch (IOException e) {
      onException(e);
    }
  }

  @SuppressWarnings("NullAway") // a stage of nothing completes with null
  private void onReply(RaftClientReply reply) {
    if (reply.isSuccess()) {
      succeed(null);
    } else {
      onException(reply.getException());
    }
  }

  private void onException(Exception exception) {
    String why = String.valueOf(exception.getMessage());
    if (exception instanceof SetConfigurationException && perhapsBegun) {
      fail(FailureCode.TIMEOUT, "the change may have been made before: " + why);
    } else if (exception instanceof SetConfigurationException && why.contains("is different")) {
      fail(FailureCode.CONFLICT, "the members are others by now");
    } else if (exception instanceof ReconfigurationInProgressException && !perhapsBegun) {
      fail(FailureCode.CONFLICT, "another change of the members is under way");
    } else if (exception instanceof ReconfigurationTimeoutException) {
      fail(FailureCode.UNAVAILABLE, "a new member does not answer or does not catch up");
    } else if (exception instanceof SetConfigurationException
        || exception instanceof TransferLeadershipException) {
      fail(FailureCode.UNAVAILABLE, why);
    } else {
      perhapsBegun |=
          !(exception instanceof NotLeaderException
              || exception instanceof LeaderNotReadyException);
      later(why);
    }
  }
}
