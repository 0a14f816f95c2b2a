package io.vertebra.raft;

import io.vertebra.api.FailureCode;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.jspecify.annotations.Nullable;

/**
 * Waits until this member has applied what the leader knows to be committed.
 *
 * <p>Ratis answers at once where a member is the only one, even before it has applied what it knew
 * to be committed in its last life; so a member that begins to lead meanwhile asks again.
 */
final class BarrierCall extends Attempts<Void> {
  private final long callId;

  BarrierCall(Ground ground, long callId) {
    super(ground);
    this.callId = callId;
  }

  @Override
  FailureCode unfinished() {
    return FailureCode.UNAVAILABLE;
  }

  @Override
  void attempt(Member member) {
    boolean leads = member.leads();
    if (!leads && member.otherLeader().isEmpty()) {
      later("no leader is known");
      return;
    }
    RaftClientRequest request =
        member.request(member.self(), callId, RaftClientRequest.readRequestType(), Message.EMPTY);
    var unused =
        member
            .askSelf(request)
            .whenCompleteAsync(
                (reply, failure) -> onReply(member, leads, reply, failure), worker());
  }

  @SuppressWarnings("NullAway") // a stage of nothing completes with null
  private void onReply(
      Member member, boolean led, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
    if (failure != null) {
      later(String.valueOf(cause(failure).getMessage()));
    } else if (reply == null || !reply.isSuccess()) {
      later(reply == null ? "no answer" : String.valueOf(reply.getException().getMessage()));
    } else if (!led && member.otherLeader().isEmpty()) {
      later("the leader changed meanwhile");
    } else {
      succeed(null);
    }
  }
}
