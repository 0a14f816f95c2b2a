package io.vertebra.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;

/**
 * Lets Ratis drive the replica. Nothing here throws while an entry is applied, which would end the
 * member, but if it is to be ended as the state cannot be kept.
 */
final class ReplicaMachine extends BaseStateMachine {

  /** Who wants to know. */
  interface Listener {

    /** Why no entry is taken at present; empty if they are. */
    Optional<String> refusal();

    /** Leader or members may have changed. */
    void changed();

    /** These are the members for good, until a later entry says otherwise. */
    void configured(Configured members);

    /** The state cannot be kept any more, until the log is opened again. */
    void stateFailed(RuntimeException cause);

    /** The log cannot be written any more, until it is opened again. */
    void logFailed(Throwable cause);
  }

  private final DrivenReplica replica;
  private final Snapshots snapshots;
  private final ClientId clientId;
  private final Listener listener;
  private final Set<Long> begun = ConcurrentHashMap.newKeySet();

  /** Of the leader that told last who the members are. */
  private volatile long configuredTerm;

  /**
   * @param clientId of this member's own requests
   */
  ReplicaMachine(DrivenReplica replica, Snapshots snapshots, ClientId clientId, Listener listener) {
    this.replica = replica;
    this.snapshots = snapshots;
    this.clientId = clientId;
    this.listener = listener;
    setLastAppliedTermIndex(replica.applied());
  }

  /** Whether a request of this member came as far as the log; to be asked once. */
  boolean begun(long callId) {
    return begun.remove(callId);
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, group, raftStorage);
    getLifeCycle()
        .startAndTransition(
            () -> {
              snapshots.storage().init(raftStorage);
              load();
            },
            IOException.class);
  }

  @Override
  public SimpleStateMachineStorage getStateMachineStorage() {
    return snapshots.storage();
  }

  /** A snapshot is about to be installed; what came of it so far is not on disk for certain. */
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
    Path received = snapshots.storage().getSnapshotFile(0, 0).toPath().resolve("../../tmp");
    try (Stream<Path> files = Files.walk(received.normalize())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Snapshots.force(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void reinitialize() throws IOException {
    load();
    Snapshots.force(
        snapshots.storage().getSnapshotFile(0, 0).toPath().resolve("../..").normalize());
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  private void load() throws IOException {
    SingleFileSnapshotInfo snapshot = snapshots.storage().loadLatestSnapshot();
    if (snapshot != null) {
      replica.load(snapshot.getFile().getPath(), snapshot.getTermIndex());
      snapshots.loaded(snapshot.getTermIndex(), snapshot.getFile().getFileSize());
      setLastAppliedTermIndex(replica.applied());
    }
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
    TransactionContext transaction = super.startTransaction(request);
    Optional<String> refusal = listener.refusal();
    if (refusal.isPresent()) {
      transaction.setException(new IOException(refusal.get()));
    } else if (request.getClientId().equals(clientId)) {
      begun.add(request.getCallId());
    }
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    ByteString data = entry.getStateMachineLogEntry().getLogData();
    ByteString answer = apply(TermIndex.valueOf(entry), data);
    setLastAppliedTermIndex(replica.applied());
    snapshots.appended(data.size());
    if (snapshots.wanted()) {
      snapshots.take(replica);
    }
    return CompletableFuture.completedFuture(Message.valueOf(answer));
  }

  private ByteString apply(TermIndex at, ByteString data) {
    try {
      return replica.apply(at, data.asReadOnlyByteBuffer());
    } catch (RuntimeException e) {
      listener.stateFailed(e);
      throw e;
    }
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    replica.passed(TermIndex.valueOf(term, index));
    setLastAppliedTermIndex(replica.applied());
  }

  /** Called on the thread that applies entries, to learn up to where the log may go. */
  @Override
  public long takeSnapshot() {
    if (snapshots.wanted()) {
      snapshots.take(replica);
    }
    return snapshots.purge();
  }

  /** A barrier asks nothing. */
  @Override
  public CompletableFuture<Message> query(Message question) {
    ByteString content = question.getContent();
    if (content.isEmpty()) {
      return CompletableFuture.completedFuture(Message.EMPTY);
    }
    if (!replica.leads()) {
      return CompletableFuture.failedFuture(new StateMachineException("does not lead"));
    }
    ByteString answer = replica.ask(content.substring(1).asReadOnlyByteBuffer());
    return CompletableFuture.completedFuture(Message.valueOf(answer));
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
    if (!self.getPeerId().equals(leader)) {
      replica.leadsNoMore();
    }
    listener.changed();
  }

  @Override
  public void notifyLeaderReady() {
    replica.leading(configuredTerm);
    listener.changed();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    replica.leadsNoMore();
    listener.changed();
  }

  /** Called just before {@link #notifyLeaderReady} of what a leader begins its term with. */
  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    configuredTerm = term;
    listener.configured(Configured.of(index, configuration));
    listener.changed();
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto failed) {
    listener.logFailed(cause);
  }
}
