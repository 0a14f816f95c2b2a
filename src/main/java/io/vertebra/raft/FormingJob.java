package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds this node's seat: asks around and does what {@link Forming} says until there is one. Runs
 * on one context.
 */
final class FormingJob {
  private static final Logger LOG = LoggerFactory.getLogger(FormingJob.class);
  private static final long PERIOD_MS = 250;
  private static final int ROUNDS_PER_LINE = 20;

  private final Vertx vertx;
  private final ClusterOptions options;
  private final ClusterService cluster;
  private final RollCallService rollCall;
  private final IdentityStore store;
  private final String address;
  private final LongSupplier random;

  /** A promise, since a chain of futures would grow with every round. */
  private final Promise<Seat> seat = Promise.promise();

  private Identity identity;
  private volatile Introduction introduction;
  private volatile List<String> missing = List.of();
  private int rounds;

  /** What this node needs to know of its surroundings. */
  record Surroundings(
      Vertx vertx, ClusterOptions options, ClusterService cluster, RollCallService rollCall) {}

  /**
   * Begins from what the folder says.
   *
   * @param address where the others reach this node's engine
   */
  FormingJob(
      Surroundings around,
      IdentityStore store,
      Identity identity,
      String address,
      LongSupplier random) {
    this.vertx = around.vertx();
    this.options = around.options();
    this.cluster = around.cluster();
    this.rollCall = around.rollCall();
    this.store = store;
    this.identity = identity;
    this.address = address;
    this.random = random;
    this.introduction = introduce(List.of());
  }

  /** What this node says of itself as long as its engine is not open. */
  Introduction introduction() {
    return introduction;
  }

  /** Whom the node waits for; empty for nobody. */
  List<String> missing() {
    return missing;
  }

  /** Whether it has to look for a group, which may take as long as it likes. */
  boolean searches() {
    return identity.group().isEmpty() && !options.members().isEmpty();
  }

  /** Completes, maybe never, with the seat; fails if there must be none. */
  Future<Seat> run() {
    boolean alone = options.members().isEmpty();
    if (identity.group().isPresent()) {
      Future<Void> checked = alone ? Future.succeededFuture() : refuseConflict();
      return checked.map(unused -> new Seat(self(), identity.group().orElseThrow()));
    }
    if (alone) {
      return take(Forming.found(List.of(self()), random), "is alone");
    }
    round();
    return seat.future();
  }

  private Future<Void> refuseConflict() {
    return rollCall.hear().map(Forming::conflict).compose(FormingJob::refuse);
  }

  private static Future<Void> refuse(Optional<String> why) {
    return why.<Future<Void>>map(sentence -> Failure.future(FailureCode.CONFLICT, sentence))
        .orElseGet(Future::succeededFuture);
  }

  private void round() {
    blocking(() -> NamedMembers.resolve(options))
        .compose(named -> rollCall.hear().map(heard -> next(named, others(heard))))
        .compose(this::act)
        .onSuccess(done -> again(done))
        .onFailure(seat::tryFail);
  }

  private void again(boolean done) {
    if (!done) {
      vertx.setTimer(PERIOD_MS, unused -> round());
    }
  }

  private List<Introduction> others(List<Introduction> heard) {
    return heard.stream().filter(each -> each.peer().id() != identity.id()).toList();
  }

  private Forming.Step next(NamedMembers names, List<Introduction> heard) {
    List<Member> present =
        cluster.members().stream().filter(member -> isPresent(member, heard)).toList();
    List<Introduction> named =
        heard.stream()
            .filter(
                each ->
                    present.stream().anyMatch(m -> m.id().equals(each.node()) && names.names(m)))
            .toList();
    missing = names.missing(present);
    introduction = introduce(missing.isEmpty() ? Forming.founders(self(), named) : List.of());
    return Forming.next(self(), heard, named, missing, random);
  }

  /** Whether nothing more is to be heard from a node: it answered or is none of the core. */
  private boolean isPresent(Member member, List<Introduction> heard) {
    return member.equals(cluster.self())
        || !BusRollCallService.isCore(member)
        || heard.stream().anyMatch(each -> each.node().equals(member.id()));
  }

  private Future<Boolean> act(Forming.Step step) {
    if (step instanceof Forming.Step.Refuse refusal) {
      return Failure.future(FailureCode.CONFLICT, refusal.why());
    }
    if (step instanceof Forming.Step.Take take) {
      return take(take.group(), take.why()).onSuccess(seat::tryComplete).map(true);
    }
    if (rounds++ % ROUNDS_PER_LINE == 0) {
      LOG.info("raft.forming waitsFor={}", missing.isEmpty() ? "agreement" : missing);
    }
    return Future.succeededFuture(false);
  }

  private Future<Seat> take(Group group, String why) {
    Identity next = identity.in(group);
    return blocking(() -> saved(next))
        .map(
            unused -> {
              identity = next;
              introduction = introduce(group.peers());
              missing = List.of();
              LOG.info(
                  "raft.seat member={} cluster={} peers={}: {}",
                  PeerCodec.hex(identity.id()),
                  PeerCodec.hex(group.clusterId()),
                  group.peers().size(),
                  why);
              return new Seat(self(), group);
            });
  }

  private Identity saved(Identity next) throws Exception {
    store.save(next);
    return next;
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return vertx.executeBlocking(work);
  }

  private Introduction introduce(List<Peer> founders) {
    return new Introduction(
        cluster.self().id(),
        self(),
        identity.clusterId(),
        identity.group().map(Group::peers).orElse(founders),
        List.of(),
        Optional.empty());
  }

  private Peer self() {
    return new Peer(identity.id(), address);
  }
}
