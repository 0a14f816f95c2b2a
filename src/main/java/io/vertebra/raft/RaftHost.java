package io.vertebra.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Ratis server of this node: one port, and a member of each group that the node is part of. It
 * runs from the first member that is opened to the last that is closed; each opens and closes by
 * itself, with a folder of its own. Safe for any thread; blocks.
 */
public final class RaftHost {
  private static final Logger LOG = LoggerFactory.getLogger(RaftHost.class);

  private final RaftOptions options;
  private final Peer self;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();
  private final Map<RaftGroupId, ReplicaMachine> machines = new ConcurrentHashMap<>();

  /** Held while a member is opened, or the last one closed. */
  private final Object opening = new Object();

  private final Set<RaftGroupId> members = new HashSet<>();
  private RaftProperties properties = new RaftProperties();
  private @Nullable RaftServer server;

  /**
   * @param options whose port it listens on
   * @param self this node in all groups; its host is listened on
   */
  public RaftHost(RaftOptions options, Peer self) {
    this.options = options;
    this.self = self;
  }

  RaftOptions options() {
    return options;
  }

  Peer self() {
    return self;
  }

  /**
   * Opens the log of a group, and takes part in it from then on.
   *
   * @param folder that holds no other group
   * @param alone whether this is the group's only member, as far as is known
   */
  RaftServer open(Path folder, RaftGroup group, boolean alone, ReplicaMachine machine)
      throws IOException {
    synchronized (opening) {
      RaftServer running = join(group.getGroupId());
      ReplicaMachine unused = machines.put(group.getGroupId(), machine);
      try {
        return running == null ? start(folder, group, alone) : add(running, folder, group);
      } catch (IOException | RuntimeException e) {
        leave(group.getGroupId());
        Throwable cause = Attempts.cause(e);
        throw cause instanceof IOException known ? known : new IOException(cause);
      }
    }
  }

  /** Connections to the other members. */
  RaftClientRpc connect(ClientId client) {
    return new GrpcFactory(RatisSettings.parameters(options))
        .newRaftClientRpc(client, properties());
  }

  private synchronized RaftProperties properties() {
    return properties;
  }

  /** Closes a member. */
  void close(RaftGroupId group) {
    RaftServer running = server();
    if (running != null && !isLast(group)) {
      remove(running, group);
    }
    synchronized (opening) {
      leave(group);
    }
  }

  /** What serves the groups; null if none is open. */
  synchronized @Nullable RaftServer server() {
    return server;
  }

  private synchronized boolean isLast(RaftGroupId group) {
    return members.equals(Set.of(group));
  }

  private synchronized @Nullable RaftServer join(RaftGroupId group) throws IOException {
    RaftServer running = server;
    if (running != null && !running.getLifeCycleState().isRunning()) {
      throw new IOException("the server of the members is being closed");
    }
    boolean unused = members.add(group);
    return running;
  }

  /** Takes a member out of the count; the last one closes the server. */
  private void leave(RaftGroupId group) {
    RaftServer last = null;
    synchronized (this) {
      if (members.remove(group) && members.isEmpty()) {
        last = server;
        server = null;
      }
    }
    ReplicaMachine unused = machines.remove(group);
    if (last != null) {
      close(last);
    }
  }

  private static void close(RaftServer last) {
    try {
      last.close();
    } catch (IOException e) {
      LOG.warn("raft.host unclosed reason=\"{}\"", e.toString());
    }
  }

  private RaftServer start(Path folder, RaftGroup group, boolean alone) throws IOException {
    RaftProperties made = RatisSettings.properties(options, folder, self, alone);
    Parameters parameters = RatisSettings.parameters(options);
    RaftServer started =
        RaftServer.newBuilder()
            .setServerId(id())
            .setGroup(group)
            .setStateMachineRegistry(this::machine)
            .setProperties(made)
            .setParameters(parameters)
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    keepProcess();
    try {
      started.getServerRpc().addRaftPeers(group.getPeers());
      started.start();
    } catch (ExitUtils.ExitException e) {
      close(started);
      throw new IOException("cannot listen on raft.port " + options.port(), e.getCause());
    } catch (IOException | RuntimeException e) {
      close(started);
      throw e;
    }
    synchronized (this) {
      properties = made;
      server = started;
    }
    return started;
  }

  private ReplicaMachine machine(RaftGroupId group) {
    return Objects.requireNonNull(machines.get(group));
  }

  /** Ratis looks into its properties for the folder whenever it opens a log. */
  private RaftServer add(RaftServer running, Path folder, RaftGroup group) throws IOException {
    RaftServerConfigKeys.setStorageDir(running.getProperties(), List.of(folder.toFile()));
    running.getServerRpc().addRaftPeers(group.getPeers());
    GroupManagementRequest request =
        GroupManagementRequest.newAdd(clientId, id(), callIds.incrementAndGet(), group, false);
    RaftClientReply unused = done(running, request);
    return running;
  }

  private void remove(RaftServer running, RaftGroupId group) {
    GroupManagementRequest request =
        GroupManagementRequest.newRemove(
            clientId, id(), callIds.incrementAndGet(), group, false, false);
    try {
      RaftClientReply unused = done(running, request);
    } catch (IOException | RuntimeException e) {
      LOG.warn("raft.host unremoved group={} reason=\"{}\"", group, e.toString());
    }
  }

  private static RaftClientReply done(RaftServer running, GroupManagementRequest request)
      throws IOException {
    try {
      return running.groupManagementAsync(request).join();
    } catch (CompletionException e) {
      throw new IOException(Attempts.cause(e));
    }
  }

  private RaftPeerId id() {
    return Ids.peerId(self.id());
  }

  /** Ratis would end the process if it cannot listen, and at any exception nobody catches. */
  private static void keepProcess() {
    Thread.UncaughtExceptionHandler own = Thread.getDefaultUncaughtExceptionHandler();
    ExitUtils.disableSystemExit();
    Thread.setDefaultUncaughtExceptionHandler(own);
  }
}
