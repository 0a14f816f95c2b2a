package io.vertebra.raft;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/**
 * Lets one request with entries of a group at a time through, whichever leader and stream it came
 * by. Ratis judges a request and appends its entries in two steps that nothing holds together:
 * those of an older leader could cut off what a newer one appended in between, and two at once stop
 * each other. Heartbeats pass beside, for they append nothing, and so do the entries of another
 * group.
 */
final class AppendInterceptor implements ServerInterceptor {
  /** Groups that are told apart; many more than there are. */
  private static final int MOST_GROUPS = 16;

  private final Map<ByteString, Lock> locks = new ConcurrentHashMap<>();
  private final Lock ofOthers = new ReentrantLock(true);

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(A message) {
        if (message instanceof AppendEntriesRequestProto append && append.getEntriesCount() > 0) {
          Lock lock = lock(append.getServerRequest().getRaftGroupId().getId());
          lock.lock();
          try {
            super.onMessage(message);
          } finally {
            lock.unlock();
          }
        } else {
          super.onMessage(message);
        }
      }
    };
  }

  private Lock lock(ByteString group) {
    Lock known = locks.get(group);
    if (known != null) {
      return known;
    }
    return locks.size() < MOST_GROUPS
        ? locks.computeIfAbsent(group, unused -> new ReentrantLock(true))
        : ofOthers;
  }
}
