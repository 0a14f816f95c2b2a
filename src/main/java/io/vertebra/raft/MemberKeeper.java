package io.vertebra.raft;

import io.vertebra.kv.EngineStatus;
import io.vertebra.kv.Replica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.ClientId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the member open: looks at the disk once a second, and opens the log again once it can be
 * written again. All but what is asked for from outside happens on one thread.
 */
final class MemberKeeper implements ReplicaMachine.Listener, Attempts.Ground {
  private static final Logger LOG = LoggerFactory.getLogger(MemberKeeper.class);
  private static final long TICK_MS = 1_000;
  private static final long LONGEST_PAUSE_NANOS = 10_000_000_000L;

  /** Without some room the log cannot be opened, whatever the options say. */
  private static final long LEAST_FREE_BYTES = 1 << 20;

  private final RaftHost host;
  private final RaftOptions options;
  private final Peer self;
  private final Group group;
  private final LongSupplier nanoTime;
  private final Threads threads;
  private final RaftMeters meters;
  private final GroupFolder folder;
  private final ClientId clientId = ClientId.randomId();
  private final Signal signal = new Signal();
  private final MemberLog memberLog = new MemberLog();
  private @Nullable DrivenReplica replica;
  private @Nullable Snapshots snapshots;
  private long keepUpTo = Long.MAX_VALUE;
  private long nextTry;
  private long pause;
  private volatile @Nullable Member member;
  private volatile EngineStatus lastStatus;
  private volatile List<Peer> lastPeers;
  private volatile String outage = "";
  private volatile boolean logFailed;
  private volatile Configured configured = Configured.NOT_YET;
  private volatile long freeBytes = Long.MAX_VALUE;

  /**
   * @param options whose folder is of this group alone
   */
  MemberKeeper(
      RaftHost host,
      RaftOptions options,
      Group group,
      LongSupplier nanoTime,
      Threads threads,
      RaftMeters meters) {
    this.host = host;
    this.options = options;
    this.self = host.self();
    this.group = group;
    this.nanoTime = nanoTime;
    this.threads = threads;
    this.meters = meters;
    folder = new GroupFolder(options.folder(), Ids.groupId(group.clusterId()));
    lastPeers = group.peers();
    lastStatus = new EngineStatus(group.clusterId(), self.id(), 0, 0, -1, -1, false, "");
  }

  /** Opens the folder, and the member in it, for the first time. */
  void open(Replica driven) throws IOException {
    DrivenReplica drivenReplica = new DrivenReplica(driven, meters.apply());
    replica = drivenReplica;
    openMember(drivenReplica);
    var unused =
        threads.keeper().scheduleWithFixedDelay(this::tick, 0, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void openMember(DrivenReplica driven) throws IOException {
    long start = nanoTime.getAsLong();
    driven.recover();
    Path unused = Files.createDirectories(options.folder());
    boolean again = folder.exists();
    folder.check(keepUpTo);
    boolean alone =
        folder
            .members()
            .map(count -> count == 1)
            .orElse(group.contains(self.id()) && group.peers().size() == 1);
    if (again && !alone && options.leaderLease()) {
      waitForLeases(start);
    }
    Snapshots written =
        new Snapshots(options, meters, nanoTime, threads.snapshots(), this::requestPurge);
    configured = Configured.NOT_YET;
    ReplicaMachine machine = new ReplicaMachine(driven, written, clientId, this);
    Member opened = Member.open(host, options.folder(), group, alone, machine, clientId, meters);
    snapshots = written;
    keepUpTo = Long.MAX_VALUE;
    logFailed = false;
    outage = "";
    pause = 0;
    member = opened;
    LOG.info(
        "raft.log opened folder={} port={} appliedIndex={}",
        options.folder(),
        opened.port(),
        driven.applied().getIndex());
    changed();
  }

  /**
   * A leader may rely on what this member told it in its last life: that it elects no other for a
   * while. This member has forgotten whom it told, so it lets that while pass.
   */
  private void waitForLeases(long start) {
    long end = start + options.electionMin().toNanos();
    for (long left = end - start; left > 0; left = end - nanoTime.getAsLong()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public Optional<Member> member() {
    return Optional.ofNullable(member);
  }

  /** Nobody else can take over from a member that is alone. */
  @Override
  public Optional<String> hopeless() {
    return lastPeers.size() == 1 && !outage.isEmpty() ? Optional.of(outage) : Optional.empty();
  }

  @Override
  public Signal signal() {
    return signal;
  }

  @Override
  public ScheduledExecutorService timer() {
    return threads.timer();
  }

  @Override
  public Executor worker() {
    return threads.worker();
  }

  List<Peer> peers() {
    return lastPeers;
  }

  EngineStatus status() {
    Member now = member;
    if (now == null) {
      DrivenReplica driven = replica;
      long applied = driven == null ? -1 : driven.applied().getIndex();
      return new EngineStatus(
          group.clusterId(),
          self.id(),
          0,
          lastStatus.term(),
          lastStatus.commitIndex(),
          applied,
          false,
          outage.isEmpty() ? "the log is being opened" : outage);
    }
    String problem = outage.isEmpty() ? problem(now) : outage;
    EngineStatus status = now.status(group.clusterId(), problem);
    lastStatus = status;
    return status;
  }

  private String problem(Member now) {
    if (lastPeers.stream().noneMatch(peer -> peer.id() == self.id())) {
      return "this member is not one of its group, not yet or not any more";
    }
    return now.leads() ? lowDisk().orElse("") : "";
  }

  @Override
  public Optional<String> refusal() {
    if (!outage.isEmpty()) {
      meters.refuse(RaftMeters.Refusal.LOG);
      return Optional.of(outage);
    }
    Optional<String> low = lowDisk();
    low.ifPresent(why -> meters.refuse(RaftMeters.Refusal.DISK));
    return low;
  }

  private Optional<String> lowDisk() {
    return freeBytes < options.minFreeBytes()
        ? Optional.of("the disk of the leader has no more room than " + freeBytes + " bytes")
        : Optional.empty();
  }

  @Override
  public void logFailed(Throwable cause) {
    if (!logFailed) {
      logFailed = true;
      outage = "the log cannot be written: " + cause.getMessage();
      LOG.error("raft.log failed reason=\"{}\"", cause.toString());
      soon(this::tick);
    }
  }

  @Override
  public void configured(Configured members) {
    configured = members;
  }

  /**
   * Whether the log was told who the members are, has forgotten it, and takes others for them.
   * Ratis does when it is sent entries again that come before those that told it; what it wrote
   * down is right.
   */
  private boolean forgotMembers(Member now) {
    Configured told = configured;
    boolean forgot = now.configured().isOutdatedBy(told);
    if (forgot) {
      outage = "the log has forgotten who the members are";
    }
    return forgot;
  }

  @Override
  public void stateFailed(RuntimeException cause) {
    if (outage.isEmpty()) {
      outage = "the state cannot be kept: " + cause.getMessage();
      LOG.error("raft.state failed reason=\"{}\"", cause.toString());
      soon(this::tick);
    }
  }

  @Override
  public void changed() {
    Member now = member;
    if (now != null) {
      lastPeers = now.peers();
      memberLog.changed(status(), lastPeers);
    }
    signal.changed();
  }

  private void requestPurge() {
    Member now = member;
    if (now != null) {
      now.purge();
    }
  }

  private void soon(Runnable task) {
    try {
      threads.keeper().execute(task);
    } catch (RejectedExecutionException closing) {
      LOG.trace("raft.keeper is closing");
    }
  }

  private void tick() {
    try {
      measureRoom();
      Member now = member;
      if (now == null) {
        reopen();
      } else if (logFailed || stateFailed() || !now.alive() || forgotMembers(now)) {
        retire(now);
      } else {
        look(now);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("raft.keeper failed reason=\"{}\"", e.toString());
    }
  }

  private void measureRoom() throws IOException {
    boolean before = lowDisk().isPresent();
    freeBytes = Files.getFileStore(options.folder()).getUsableSpace();
    boolean now = lowDisk().isPresent();
    if (now != before) {
      LOG.warn("raft.disk {} freeBytes={}", now ? "low" : "recovered", freeBytes);
    }
  }

  private void look(Member now) throws IOException {
    DrivenReplica driven = replica;
    if (driven != null && driven.leads() && !now.leads()) {
      driven.leadsNoMore();
    }
    changed();
    meters.logBytes(folder.log().size());
    if (snapshots != null && (snapshots.wanted() || snapshots.unpurged())) {
      now.purge();
    }
    if (lowDisk().isEmpty()) {
      mark(now);
    }
  }

  /** Whether the state cannot be kept, as whoever reads it may find too. */
  private boolean stateFailed() {
    Optional<String> fault = Optional.ofNullable(replica).flatMap(DrivenReplica::fault);
    fault.ifPresent(why -> outage = outage.isEmpty() ? "the state cannot be kept: " + why : outage);
    return fault.isPresent();
  }

  private void mark(Member now) {
    try {
      folder.mark().write(now.durableIndex());
    } catch (IOException e) {
      LOG.warn("raft.mark failed reason=\"{}\"", e.toString());
    }
  }

  /** Closes a member that is of no use any more. */
  private void retire(Member broken) {
    keepUpTo = logFailed ? Math.min(keepUpTo, broken.flushedIndex()) : keepUpTo;
    outage = outage.isEmpty() ? "the log was closed" : outage;
    LOG.warn("raft.log closed reason=\"{}\"", outage);
    closeMember(broken);
    pause = Math.max(TICK_MS * 1_000_000, 2 * options.electionMax().toNanos());
    nextTry = nanoTime.getAsLong() + pause;
  }

  private void closeMember(Member closing) {
    lastStatus = closing.status(group.clusterId(), outage);
    if (!logFailed) {
      mark(closing);
    }
    member = null;
    if (snapshots != null) {
      snapshots.close();
    }
    closing.close();
    threads.settleSnapshots();
    if (replica != null) {
      replica.leadsNoMore();
    }
    signal.changed();
  }

  private void reopen() {
    boolean room = freeBytes >= Math.max(options.minFreeBytes(), LEAST_FREE_BYTES);
    if (replica == null || !room || nanoTime.getAsLong() - nextTry < 0) {
      return;
    }
    try {
      openMember(replica);
    } catch (IOException | RuntimeException e) {
      outage = "the log cannot be opened: " + e.getMessage();
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      nextTry = nanoTime.getAsLong() + pause;
      LOG.error("raft.log unopened reason=\"{}\"", e.toString());
    }
  }

  /** Closes for good. */
  void close() {
    outage = "is closed";
    Member now = member;
    if (now != null) {
      closeMember(now);
    }
    LOG.info("raft.log closed folder={}", options.folder());
  }
}
