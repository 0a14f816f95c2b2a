package io.vertebra.raft;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one group have the members of another: where that one's leader is, looks once in a while who
 * they are, and takes the next of {@link MemberSteps}. Runs on one context.
 */
final class FollowJob {
  private static final Logger LOG = LoggerFactory.getLogger(FollowJob.class);
  private static final long PERIOD_MS = 500;
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration HEARD_WITHIN = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final RaftEngine first;
  private final RaftEngine second;
  private final RollCallService rollCall;
  private long timer;
  private boolean busy;
  private String told = "";

  /**
   * @param second that is to have the members of {@code first}
   * @param rollCall of those whose engine of the second group is open; no other is added
   */
  FollowJob(Vertx vertx, RaftEngine first, RaftEngine second, RollCallService rollCall) {
    this.vertx = vertx;
    this.first = first;
    this.second = second;
    this.rollCall = rollCall;
  }

  void start() {
    timer = vertx.setPeriodic(PERIOD_MS, unused -> look());
  }

  void stop() {
    boolean unused = vertx.cancelTimer(timer);
  }

  private void look() {
    boolean leads = second.status().leaderId() == second.self().id();
    if (busy || !leads || ids(first.members()).equals(ids(second.members()))) {
      return;
    }
    busy = true;
    Future.fromCompletionStage(first.barrier(FRESH), vertx.getOrCreateContext())
        .compose(unused -> rollCall.hear())
        .compose(this::step)
        .onFailure(cause -> tell("does not follow: " + cause.getMessage()))
        .onComplete(unused -> busy = false);
  }

  private Future<Void> step(List<Introduction> heard) {
    List<Peer> own = second.members();
    List<Peer> wanted =
        first.members().stream()
            .filter(peer -> Introduction.lists(own, peer.id()) || isOpen(heard, peer.id()))
            .toList();
    Optional<List<Peer>> next = MemberSteps.next(own, wanted, second.heard(HEARD_WITHIN));
    if (next.isEmpty()) {
      return Future.succeededFuture();
    }
    LOG.info("raft.follow changing from={} to={}", ids(own), ids(next.get()));
    return Future.fromCompletionStage(
            second.setMembers(own, next.get(), LiveRaftService.DEADLINE),
            vertx.getOrCreateContext())
        .onSuccess(unused -> tell("follows"));
  }

  private static boolean isOpen(List<Introduction> heard, long id) {
    return heard.stream().anyMatch(each -> each.peer().id() == id && each.progress().isPresent());
  }

  private static List<String> ids(List<Peer> peers) {
    return peers.stream().map(peer -> PeerCodec.hex(peer.id())).sorted().toList();
  }

  /** Once, until there is something else to tell. */
  private void tell(String what) {
    if (!what.equals(told)) {
      told = what;
      LOG.info("raft.follow {}", what);
    }
  }
}
