package io.vertebra.raft;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all core nodes anew each time. A member makes changes itself, by its engine; any other node
 * passes them on to a member.
 */
final class LiveRaftService implements RaftService {
  static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int LOOKS = 20;
  private static final long LOOK_MS = 100;
  private static final Logger LOG = LoggerFactory.getLogger(LiveRaftService.class);

  private final Vertx vertx;
  private final ClusterService cluster;
  private final RollCallService rollCall;
  private final Supplier<Optional<Membership>> own;

  /**
   * @param own this node's engine, once it is open
   */
  LiveRaftService(
      Vertx vertx,
      ClusterService cluster,
      RollCallService rollCall,
      Supplier<Optional<Membership>> own) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.rollCall = rollCall;
    this.own = own;
  }

  @Override
  public Future<GroupView> group() {
    return rollCall.hear().map(this::view);
  }

  @Override
  public Future<GroupView> add(NodeSelector node) {
    return change(group -> MemberRules.adding(group, node), service -> service.add(node));
  }

  @Override
  public Future<GroupView> remove(long id) {
    return change(group -> MemberRules.removing(group, id), service -> service.remove(id));
  }

  @Override
  public Future<GroupView> replace(ReplaceMember change) {
    return change(
        group -> MemberRules.replacing(group, change), service -> service.replace(change));
  }

  @Override
  public Future<GroupView> transfer(Optional<Long> to) {
    return atMember(
        (membership, group) -> {
          long wanted = MemberRules.successor(group, to).peer().id();
          LOG.info("raft.transfer to={}", PeerCodec.hex(wanted));
          return done(membership.transferLead(wanted, DEADLINE)).compose(unused -> group());
        },
        service -> service.transfer(to));
  }

  private Future<GroupView> change(
      Function<GroupView, List<Peer>> rule, Function<RaftService, Future<GroupView>> elsewhere) {
    return atMember(
        (membership, group) -> {
          List<Peer> next = rule.apply(group);
          LOG.info("raft.members changing from={} to={}", told(group.peers()), told(next));
          return done(membership.setMembers(group.peers(), next, DEADLINE))
              .compose(unused -> seen(next, LOOKS));
        },
        elsewhere);
  }

  private Future<GroupView> atMember(
      BiFunction<Membership, GroupView, Future<GroupView>> here,
      Function<RaftService, Future<GroupView>> elsewhere) {
    return rollCall
        .hear()
        .compose(
            heard -> {
              Optional<Membership> mine = own.get().filter(LiveRaftService::isMember);
              return mine.isPresent()
                  ? here.apply(mine.get(), view(heard))
                  : elsewhere.apply(member(heard));
            });
  }

  /** A member that was removed knows of members still, but is none of them. */
  private static boolean isMember(Membership membership) {
    return Introduction.lists(membership.members(), membership.status().memberId());
  }

  private Future<Void> done(CompletionStage<Void> change) {
    return Future.fromCompletionStage(change, vertx.getOrCreateContext())
        .recover(cause -> Future.failedFuture(unwrapped(cause)));
  }

  /** The group with the members that it has now; who tells of it may be a moment behind. */
  private Future<GroupView> seen(List<Peer> wanted, int looks) {
    return group()
        .compose(
            view ->
                looks == 0 || ids(view.peers()).equals(ids(wanted))
                    ? Future.succeededFuture(view)
                    : vertx.timer(LOOK_MS).compose(unused -> seen(wanted, looks - 1)));
  }

  private static Set<Long> ids(List<Peer> peers) {
    return peers.stream().map(Peer::id).collect(Collectors.toSet());
  }

  /** A stage that depends on another one wraps its failure. */
  private static Throwable unwrapped(Throwable cause) {
    Throwable wrapped = cause.getCause();
    return cause instanceof CompletionException && wrapped != null ? wrapped : cause;
  }

  private RaftService member(List<Introduction> heard) {
    return heard.stream()
        .filter(each -> each.isMember() && !each.node().equals(cluster.self().id()))
        .findFirst()
        .map(each -> BusRaftService.on(vertx, each.node()))
        .orElseThrow(() -> new Failure(UNAVAILABLE, "no member of the store answers"));
  }

  private GroupView view(List<Introduction> heard) {
    return GroupView.of(
        heard,
        cluster.members().stream()
            .collect(Collectors.toMap(Member::id, member -> member.facts().name())));
  }

  private static List<String> told(List<Peer> peers) {
    return peers.stream().map(peer -> PeerCodec.hex(peer.id())).toList();
  }
}
