package io.vertebra.raft;

import io.vertebra.api.FailureCode;
import java.net.ConnectException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * A request to the leader, be that this member or another. It is sent again as the same request, so
 * that a leader that did it already, or whose log has it, only answers again.
 */
final class LeaderCall extends Attempts<byte[]> {
  private static final ByteString QUESTION = ByteString.copyFrom(new byte[] {1});

  private final RaftClientRequest.Type type;
  private final Message message;
  private final long callId;
  private final boolean write;

  /** Whether an attempt may have come as far as the log. */
  private volatile boolean perhapsDone;

  private LeaderCall(
      Ground ground, RaftClientRequest.Type type, ByteString content, long callId, boolean write) {
    super(ground);
    this.type = type;
    this.message = Message.valueOf(content);
    this.callId = callId;
    this.write = write;
  }

  static LeaderCall proposing(Ground ground, byte[] entry, long callId) {
    return new LeaderCall(
        ground,
        RaftClientRequest.writeRequestType(),
        UnsafeByteOperations.unsafeWrap(entry),
        callId,
        true);
  }

  static LeaderCall asking(Ground ground, byte[] question, long callId) {
    return new LeaderCall(
        ground,
        RaftClientRequest.readRequestType(),
        QUESTION.concat(UnsafeByteOperations.unsafeWrap(question)),
        callId,
        false);
  }

  @Override
  FailureCode unfinished() {
    return perhapsDone ? FailureCode.TIMEOUT : FailureCode.UNAVAILABLE;
  }

  @Override
  void attempt(Member member) {
    Optional<RaftPeerId> leader = member.otherLeader();
    if (!member.leads() && leader.isEmpty()) {
      later("no leader is known");
      return;
    }
    boolean before = perhapsDone;
    perhapsDone = write;
    if (member.leads()) {
      askSelf(member, before);
    } else {
      leader.ifPresent(to -> askOther(member, to, before));
    }
  }

  private void askSelf(Member member, boolean before) {
    CompletableFuture<RaftClientReply> reply =
        member.askSelf(member.request(member.self(), callId, type, message));
    if (!member.machine().begun(callId)) {
      perhapsDone = before;
    }
    var unused =
        reply.whenCompleteAsync((answer, failure) -> onReply(member, answer, failure), worker());
  }

  private void askOther(Member member, RaftPeerId to, boolean before) {
    var unused =
        member
            .askOther(member.request(to, callId, type, message))
            .whenComplete(
                (reply, failure) -> {
                  if (failure != null) {
                    member.reconnect(to, cause(failure));
                  }
                  if (isBeforeTheLog(reply, failure)) {
                    perhapsDone = before;
                  }
                  onReply(member, reply, failure);
                });
  }

  private void onReply(
      Member member, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
    if (failure != null) {
      later(String.valueOf(cause(failure).getMessage()));
    } else if (reply != null && reply.isSuccess()) {
      onSuccess(member, reply.getMessage().getContent());
    } else if (reply != null) {
      onException(reply.getException());
    }
  }

  private void onSuccess(Member member, ByteString content) {
    if (!write) {
      succeed(content.toByteArray());
      return;
    }
    member.replied(callId);
    DrivenReplica.answer(content)
        .ifPresentOrElse(
            this::succeed, () -> fail(FailureCode.TIMEOUT, "it is done, its answer forgotten"));
  }

  private void onException(Exception exception) {
    if (write && exception instanceof StateMachineException) {
      fail(unfinished(), refusal(exception));
    } else {
      later(String.valueOf(exception.getMessage()));
    }
  }

  /** What the leader said, without what Ratis put before it. */
  private static String refusal(Throwable exception) {
    Throwable last = exception;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  private static boolean isBeforeTheLog(
      @Nullable RaftClientReply reply, @Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ConnectException) {
        return true;
      }
    }
    return reply != null
        && (reply.getException() instanceof StateMachineException
            || reply.getException() instanceof LeaderNotReadyException
            || reply.getException() instanceof LeaderSteppingDownException
            || reply.getException() instanceof ServerNotReadyException);
  }
}
