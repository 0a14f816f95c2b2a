package io.vertebra.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Engine;
import io.vertebra.kv.EngineStatus;
import io.vertebra.kv.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Agreement by Raft, on Apache Ratis. Safe for any thread. It is opened once and closed once; when
 * its disk is full or fails it refuses entries, and opens its log again by itself once it can.
 */
public final class RaftEngine implements Engine, Membership {
  /** Beyond it members forget what they answered, so that an entry might be applied twice. */
  private static final Duration LONGEST_DEADLINE = Duration.ofSeconds(20);

  /** The group on which all but queues stand. */
  private static final String MAIN = "kv";

  private static final Duration TRANSFER_LIMIT = Duration.ofSeconds(2);
  private static final Duration TRANSFER_DEADLINE = Duration.ofSeconds(3);

  private final Peer self;
  private final Threads threads;
  private final RaftMeters meters;
  private final MemberKeeper keeper;
  private final AtomicLong callIds = new AtomicLong();
  private final AtomicBoolean changing = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param options whose folder nobody else uses, see {@link IdentityStore}
   * @param self this member; its host is listened on, and the port of {@code options}
   * @param nanoTime a clock that only ever goes on, in nanoseconds
   */
  public RaftEngine(
      RaftOptions options, Peer self, Group group, MeterRegistry meters, LongSupplier nanoTime) {
    this(new RaftHost(options, self), MAIN, options.folder(), group, meters, nanoTime);
  }

  /**
   * @param host of all groups of this node
   * @param name of the group, which tags what is measured
   * @param folder of this group alone, which nobody else uses, see {@link IdentityStore}
   * @param nanoTime a clock that only ever goes on, in nanoseconds
   */
  public RaftEngine(
      RaftHost host,
      String name,
      Path folder,
      Group group,
      MeterRegistry meters,
      LongSupplier nanoTime) {
    this.self = host.self();
    this.threads = Threads.start(name.equals(MAIN) ? "raft" : "raft-" + name);
    this.meters = new RaftMeters(meters, name, this::status);
    keeper =
        new MemberKeeper(host, host.options().in(folder), group, nanoTime, threads, this.meters);
  }

  /**
   * {@inheritDoc} Fails with an {@link IOException} whose message names the file if something in
   * the folder is damaged, or {@code raft.port} if that is in use; the engine is of no use then,
   * but to be closed.
   */
  @Override
  public CompletionStage<Void> open(Replica replica) {
    return on(
        threads.keeper(),
        () -> {
          try {
            keeper.open(replica);
            return CompletableFuture.<Void>completedFuture(null);
          } catch (IOException | RuntimeException e) {
            return CompletableFuture.<Void>failedFuture(e);
          }
        });
  }

  /** {@inheritDoc} A deadline of more than 20 s is taken for 20 s. */
  @Override
  public CompletionStage<byte[]> propose(byte[] entry, Duration deadline) {
    if (entry.length > RatisSettings.MAX_ENTRY_BYTES) {
      return CompletableFuture.failedFuture(
          new Failure(
              FailureCode.TOO_LARGE,
              "an entry may have " + RatisSettings.MAX_ENTRY_BYTES + " bytes"));
    }
    return LeaderCall.proposing(keeper, entry, callIds.incrementAndGet()).within(limited(deadline));
  }

  /**
   * {@inheritDoc} Works on every member. The leader is asked for its commit index, and says it only
   * if it still leads: if a majority confirms that, or, with {@code leaderLease}, if a majority
   * answered it a moment ago.
   *
   * <p>That is safe since a member that answers a leader lets {@code electionMin} pass before it
   * elects another, and the leader counts on nine tenths of that only, from before it asked; a
   * member that was started anew waits as long before it takes part. It is assumed that in that
   * time the clocks of two members, which need not be set alike, do not drift apart by a tenth.
   *
   * <p>Source: D. Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 6.4.
   */
  @Override
  public CompletionStage<Void> barrier(Duration deadline) {
    return new BarrierCall(keeper, callIds.incrementAndGet()).within(limited(deadline));
  }

  @Override
  public CompletionStage<byte[]> ask(byte[] question, Duration deadline) {
    return LeaderCall.asking(keeper, question, callIds.incrementAndGet()).within(limited(deadline));
  }

  @Override
  public EngineStatus status() {
    return keeper.status();
  }

  /** The members that this one heard from within some time, if it leads; itself at least. */
  Set<Long> heard(Duration within) {
    return keeper.member().map(member -> member.heard(within)).orElse(Set.of(self.id()));
  }

  /** Where it listens; 0 while it is not open. */
  public int port() {
    return keeper.member().map(Member::port).orElse(0);
  }

  /** The members as of the last change known here, in the order of their ids. */
  @Override
  public List<Peer> members() {
    return keeper.peers().stream().sorted(Comparator.comparingLong(Peer::id)).toList();
  }

  /**
   * Agrees on other members, in one step. Any member may be asked. New ones must run already, with
   * a group they are not among. Fewer new ones than make a majority of {@code next} can be added at
   * once, so that one grows to two, then to three. The address of a member changes only together
   * with the set of members. Fails with {@code CONFLICT} while another change is under way, {@code
   * UNAVAILABLE} if nothing changed, {@code TIMEOUT} if that is not known.
   */
  public CompletionStage<Void> setMembers(List<Peer> next, Duration deadline) {
    return setMembers(members(), next, deadline);
  }

  @Override
  public CompletionStage<Void> setMembers(List<Peer> expected, List<Peer> next, Duration deadline) {
    List<Peer> wanted = new Group(keeper.status().clusterId(), next).peers();
    if (wanted.isEmpty()) {
      return CompletableFuture.failedFuture(
          new Failure(FailureCode.CONFLICT, "a group needs a member"));
    }
    if (!changing.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          new Failure(FailureCode.CONFLICT, "another change of the members is under way"));
    }
    return on(
            threads.orders(),
            () ->
                Order.members(keeper, expected, wanted, callIds.incrementAndGet()).within(deadline))
        .whenComplete((done, failure) -> changing.set(false));
  }

  /**
   * Lets another member lead. Any member may be asked. Fails with {@code UNAVAILABLE} if the leader
   * says that this did not come about.
   */
  @Override
  public CompletionStage<Void> transferLead(long memberId, Duration deadline) {
    Duration limit = deadline.compareTo(TRANSFER_LIMIT) < 0 ? deadline : TRANSFER_LIMIT;
    return on(
        threads.orders(),
        () ->
            Order.lead(keeper, memberId, limit.toMillis(), callIds.incrementAndGet())
                .within(deadline));
  }

  @Override
  public CompletionStage<Void> close() {
    if (!closed.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(null);
    }
    return handOver()
        .exceptionally(failed -> null)
        .thenCompose(
            unused ->
                on(
                    threads.keeper(),
                    () -> {
                      keeper.close();
                      return CompletableFuture.<Void>completedFuture(null);
                    }))
        .whenComplete(
            (done, failure) -> {
              threads.stop();
              meters.close();
            });
  }

  /**
   * Gives up the lead, if it has it, to the member that is least behind; but does not wait behind
   * another order for long.
   */
  private CompletableFuture<Void> handOver() {
    Optional<Member> leading = keeper.member().filter(Member::leads);
    return leading
        .flatMap(Member::closestFollower)
        .map(id -> transferLead(id, TRANSFER_DEADLINE).toCompletableFuture())
        .orElseGet(() -> CompletableFuture.completedFuture(null))
        .orTimeout(2 * TRANSFER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Who this member is. */
  public Peer self() {
    return self;
  }

  private static Duration limited(Duration deadline) {
    return deadline.compareTo(LONGEST_DEADLINE) < 0 ? deadline : LONGEST_DEADLINE;
  }

  private static CompletionStage<Void> on(
      Executor executor, Supplier<CompletableFuture<Void>> task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      executor.execute(() -> settle(done, task));
      return done;
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new Failure(FailureCode.UNAVAILABLE, "the engine is closed"));
    }
  }

  @SuppressWarnings("NullAway") // a stage of nothing completes with null
  private static void settle(CompletableFuture<Void> done, Supplier<CompletableFuture<Void>> task) {
    var unused =
        task.get()
            .whenComplete(
                (nothing, failure) -> {
                  if (failure == null) {
                    done.complete(null);
                  } else {
                    done.completeExceptionally(Attempts.cause(failure));
                  }
                });
  }
}
