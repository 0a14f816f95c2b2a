package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Kernel;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.ClusterService;
import io.vertebra.http.HealthCheck;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows who is in the group: finds this node's seat, answers for it and offers the operations on
 * the members. A node that is none of the core only does the last. Started, the operations can be
 * called; the seat may come later.
 */
public final class RaftVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RaftVerticle.class);

  private final Kernel kernel;
  private final ClusterService cluster;
  private final ClusterOptions clusterOptions;
  private final RaftOptions options;
  private final BusRollCallService rollCall;
  private final LiveRaftService service;
  private final BusRollCallService queueRollCall;
  private final LiveRaftService queues;
  private final Promise<Seat> seat = Promise.promise();

  private volatile @Nullable IdentityStore store;
  private volatile @Nullable FormingJob forming;
  private volatile @Nullable OpenSeat open;
  private volatile @Nullable RejoinJob rejoining;
  private volatile @Nullable FollowJob following;

  /** The engine, and the seat it was opened with, under the address it really listens on. */
  private record OpenSeat(Membership membership, Peer self, Group group) {}

  public RaftVerticle(
      Kernel kernel, ClusterService cluster, ClusterOptions clusterOptions, RaftOptions options) {
    this.kernel = kernel;
    this.cluster = cluster;
    this.clusterOptions = clusterOptions;
    this.options = options;
    this.rollCall = BusRollCallService.main(kernel.vertx(), cluster);
    this.queueRollCall = BusRollCallService.queues(kernel.vertx(), cluster);
    this.queues =
        new LiveRaftService(kernel.vertx(), cluster, queueRollCall, () -> Optional.empty());
    this.service =
        new LiveRaftService(
            kernel.vertx(),
            cluster,
            rollCall,
            () -> Optional.ofNullable(open).map(OpenSeat::membership));
  }

  /** The operations, for callers on this node; usable before the start. */
  public RaftService service() {
    return service;
  }

  /**
   * The seat with which the engine is to be opened. Waits for the other nodes as long as it takes;
   * fails with {@code CONFLICT} if the nodes belong to different groups. Never completes on a node
   * that is none of the core.
   */
  public Future<Seat> seat() {
    return seat.future();
  }

  /** Whether this node, once started, has to look for its group, however long that takes. */
  public boolean searches() {
    FormingJob job = forming;
    return job != null && job.searches();
  }

  /** Whether this node has its seat; if not, whom it waits for. */
  public HealthCheck.Result health() {
    FormingJob job = forming;
    if (job == null || seat.future().succeeded()) {
      return HealthCheck.Result.ofUp();
    }
    List<String> missing = job.missing();
    return HealthCheck.Result.ofDown(
        "waits for " + (missing.isEmpty() ? "the others to agree" : String.join(", ", missing)));
  }

  /** Tells that the engine is open; from now on this node takes part in changes of the members. */
  public void serve(Seat taken, RaftEngine engine) {
    serve(taken, engine, engine.port());
  }

  /**
   * The same for any engine.
   *
   * @param port where it listens
   */
  void serve(Seat taken, Membership membership, int port) {
    Peer self = new Peer(taken.self().id(), address(port));
    open = new OpenSeat(membership, self, taken.group());
    List<Peer> members = membership.members();
    Optional<Peer> known = members.stream().filter(peer -> peer.id() == self.id()).findFirst();
    if (known.isEmpty()) {
      RejoinJob job = new RejoinJob(vertx, service, cluster.self().id(), self);
      rejoining = job;
      context.runOnContext(unused -> job.start());
    } else if (members.size() > 1 && !known.get().equals(self)) {
      LOG.warn(
          "raft.moved member={} from={} to={}: the others look for it where it was; empty its"
              + " folder and replace it",
          PeerCodec.hex(self.id()),
          known.get().address(),
          self.address());
    }
  }

  /**
   * Tells that the engine of the queues is open too: from now on it is shown, and its members
   * follow those of the first; after {@link #serve}.
   *
   * @param group that it was opened with
   */
  public Future<Void> serveQueues(Group group, RaftEngine first, RaftEngine engine) {
    FollowJob job = new FollowJob(vertx, first, engine, queueRollCall);
    following = job;
    context.runOnContext(unused -> job.start());
    Peer self = Objects.requireNonNull(open).self();
    return queueRollCall.answer(() -> introduction(self, group, engine));
  }

  @Override
  public Future<?> start() {
    if (!BusRollCallService.isCore(cluster.self())) {
      return kernel.offer(RaftApi.of(service, queues));
    }
    if (options.port() == 0 && !clusterOptions.members().isEmpty()) {
      return Failure.future(
          FailureCode.INVALID, "raft.port must be given along with cluster.members, and not as 0");
    }
    SecureRandom random = new SecureRandom();
    return blocking(() -> load(random))
        .map(identity -> begin(identity, random))
        .compose(job -> rollCall.answer(() -> introduction(job)).map(job))
        .compose(job -> kernel.offer(RaftApi.of(service, queues)).map(job))
        .onSuccess(job -> job.run().onComplete(seat))
        .recover(this::unlockAndFail);
  }

  @Override
  public Future<?> stop() {
    RejoinJob job = rejoining;
    if (job != null) {
      job.stop();
    }
    FollowJob follower = following;
    if (follower != null) {
      follower.stop();
    }
    seat.tryFail("closed");
    return blocking(this::unlock);
  }

  private Identity load(SecureRandom random) throws IOException {
    IdentityStore opened = IdentityStore.open(options.folder());
    store = opened;
    return opened.load(random::nextLong);
  }

  private Future<FormingJob> unlockAndFail(Throwable cause) {
    return blocking(this::unlock).transform(unused -> Future.failedFuture(cause));
  }

  private boolean unlock() throws IOException {
    IdentityStore opened = store;
    if (opened != null) {
      opened.close();
    }
    return true;
  }

  private FormingJob begin(Identity identity, SecureRandom random) {
    IdentityStore opened = Objects.requireNonNull(store);
    FormingJob.Surroundings around =
        new FormingJob.Surroundings(vertx, clusterOptions, cluster, rollCall);
    FormingJob job =
        new FormingJob(around, opened, identity, address(options.port()), random::nextLong);
    forming = job;
    return job;
  }

  private Introduction introduction(FormingJob job) {
    OpenSeat here = open;
    if (here == null) {
      return job.introduction();
    }
    return introduction(here.self(), here.group(), here.membership());
  }

  private Introduction introduction(Peer self, Group group, Membership membership) {
    return new Introduction(
        cluster.self().id(),
        self,
        group.clusterId(),
        group.peers(),
        membership.members(),
        Optional.of(Introduction.Progress.of(membership.status())));
  }

  private String address(int port) {
    String host = clusterOptions.host();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return vertx.executeBlocking(work);
  }
}
