package io.vertebra.raft;

import io.vertebra.kv.EngineStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a member, from opening the log to closing it, and its connections to the other
 * members.
 */
final class Member implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Member.class);
  private static final int REPLIED_AT_ONCE = 256;
  private static final long SNAPSHOT_TIMEOUT_MS = 30_000;
  private static final long EVICTION_MS = 5_000;

  private final RaftHost host;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftClientRpc rpc;
  private final ClientId clientId;
  private final RaftPeerId self;
  private final RaftGroupId groupId;
  private final ReplicaMachine machine;
  private final AtomicLong snapshotCalls = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> replied = new ConcurrentLinkedQueue<>();

  private Member(
      RaftHost host,
      RaftServer server,
      RaftGroupId groupId,
      RaftClientRpc rpc,
      ClientId clientId,
      ReplicaMachine machine)
      throws IOException {
    this.host = host;
    this.server = server;
    this.rpc = rpc;
    this.clientId = clientId;
    this.groupId = groupId;
    this.machine = machine;
    self = server.getId();
    division = server.getDivision(groupId);
  }

  /**
   * Opens the log and takes part from then on.
   *
   * @param folder of the group alone
   * @param alone whether this is the only member, as far as is known
   */
  static Member open(
      RaftHost host,
      Path folder,
      Group group,
      boolean alone,
      ReplicaMachine machine,
      ClientId clientId,
      RaftMeters meters)
      throws IOException {
    RaftGroupId groupId = Ids.groupId(group.clusterId());
    List<RaftPeer> peers = Ids.raftPeers(group.peers());
    RatisMetrics.listen(
        RaftGroupMemberId.valueOf(Ids.peerId(host.self().id()), groupId),
        meters.flush(),
        meters.elections());
    RaftServer server =
        host.open(
            folder,
            group.contains(host.self().id())
                ? RaftGroup.valueOf(groupId, peers)
                : RaftGroup.valueOf(groupId),
            alone,
            machine);
    try {
      server.getServerRpc().addRaftPeers(peers);
      RaftClientRpc rpc = host.connect(clientId);
      rpc.addRaftPeers(peers);
      return new Member(host, server, groupId, rpc, clientId, machine);
    } catch (IOException | RuntimeException e) {
      host.close(groupId);
      throw e;
    }
  }

  /** Whether it leads and has applied all that went before. */
  boolean leads() {
    return info().isLeaderReady();
  }

  /** The leader, if another is known. */
  Optional<RaftPeerId> otherLeader() {
    return Optional.ofNullable(info().getLeaderId()).filter(leader -> !leader.equals(self));
  }

  /** The other member that this one, which leads, heard from last. */
  Optional<Long> closestFollower() {
    return info().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
        .min(Comparator.comparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
        .map(follower -> Ids.id(RaftPeerId.valueOf(follower.getId().getId())));
  }

  /** The members that it, which leads, heard from within some time; and itself. */
  Set<Long> heard(Duration within) {
    Set<Long> ids = new HashSet<>(Set.of(Ids.id(self)));
    info().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
        .filter(follower -> follower.getLastRpcElapsedTimeMs() <= within.toMillis())
        .forEach(follower -> ids.add(Ids.id(RaftPeerId.valueOf(follower.getId().getId()))));
    return ids;
  }

  long term() {
    return info().getCurrentTerm();
  }

  boolean alive() {
    return info().isAlive() && server.getLifeCycleState() == LifeCycle.State.RUNNING;
  }

  int port() {
    return server.getServerRpc().getInetSocketAddress().getPort();
  }

  /** Who the members are as far as the log knows. */
  Configured configured() {
    return Configured.of(division.getRaftConf());
  }

  List<Peer> peers() {
    return configured().peers();
  }

  /** Greatest index that is applied, and on this member's disk. */
  long durableIndex() {
    return Math.min(info().getLastAppliedIndex(), flushedIndex());
  }

  /** Greatest index that is on this member's disk. */
  long flushedIndex() {
    return division.getRaftLog().getFlushIndex();
  }

  EngineStatus status(long clusterId, String problem) {
    RaftPeerId leader = info().getLeaderId();
    boolean hasLeader = leader != null && (!leader.equals(self) || leads());
    String trouble = problem.isEmpty() && !hasLeader ? "no leader is known" : problem;
    return new EngineStatus(
        clusterId,
        Ids.id(self),
        hasLeader ? Ids.id(leader) : 0,
        term(),
        division.getRaftLog().getLastCommittedIndex(),
        info().getLastAppliedIndex(),
        trouble.isEmpty(),
        trouble);
  }

  /** A request to {@code to}, to be sent again with the same {@code callId}. */
  RaftClientRequest request(
      RaftPeerId to, long callId, RaftClientRequest.Type type, Message message) {
    RaftClientRequest.Builder builder =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(to)
            .setGroupId(groupId)
            .setCallId(callId)
            .setType(type)
            .setMessage(message);
    if (type.is(RaftClientRequestProto.TypeCase.WRITE)) {
      builder.setRepliedCallIds(takeReplied());
    }
    return builder.build();
  }

  /** Its answer need not be remembered any more. */
  void replied(long callId) {
    replied.add(callId);
  }

  private List<Long> takeReplied() {
    List<Long> ids = new ArrayList<>();
    for (Long id = replied.poll(); id != null; id = replied.poll()) {
      ids.add(id);
      if (ids.size() == REPLIED_AT_ONCE) {
        break;
      }
    }
    return ids;
  }

  /** Asks this member itself; may block while the log is busy. */
  CompletableFuture<RaftClientReply> askSelf(RaftClientRequest request) {
    try {
      return server.submitClientRequestAsync(request);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  CompletableFuture<RaftClientReply> askOther(RaftClientRequest request) {
    try {
      rpc.addRaftPeers(division.getRaftConf().getAllPeers());
      return rpc.sendRequestAsyncUnordered(request);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Sends an order about the group itself to whoever leads; blocks. */
  RaftClientReply order(RaftPeerId to, RaftClientRequest request) throws IOException {
    if (!to.equals(self)) {
      rpc.addRaftPeers(division.getRaftConf().getAllPeers());
      return rpc.sendRequest(request);
    }
    return request instanceof SetConfigurationRequest change
        ? server.setConfiguration(change)
        : server.transferLeadership((TransferLeadershipRequest) request);
  }

  /** A connection failed; the next request makes a new one. */
  void reconnect(RaftPeerId to, Throwable cause) {
    rpc.handleException(to, cause, true);
  }

  ReplicaMachine machine() {
    return machine;
  }

  ClientId clientId() {
    return clientId;
  }

  RaftGroupId groupId() {
    return groupId;
  }

  RaftPeerId self() {
    return self;
  }

  /** Has {@link ReplicaMachine#takeSnapshot} called, and the log purged as that says. */
  void purge() {
    SnapshotManagementRequest request =
        SnapshotManagementRequest.newCreate(
            clientId, self, groupId, snapshotCalls.incrementAndGet(), SNAPSHOT_TIMEOUT_MS, 1);
    var unused =
        server
            .snapshotManagementAsync(request)
            .whenComplete(
                (reply, failure) -> LOG.debug("raft.log purged reply={}", reply, failure));
  }

  @Override
  public void close() {
    endEviction();
    host.close(groupId);
    try {
      rpc.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DivisionInfo info() {
    return division.getInfo();
  }

  /**
   * Ends the thread that drops old entries from memory. Ratis 3.3 waits for it when it closes the
   * log, holding the lock that the thread may be about to take: both would wait for ever.
   */
  private void endEviction() {
    String name = division.getMemberId() + "-cacheEviction-AwaitToRun";
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(name)) {
        thread.interrupt();
        try {
          thread.join(EVICTION_MS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
