package io.vertebra;

import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.cluster.ClusterService;
import io.vertebra.etcd.EtcdMember;
import io.vertebra.etcd.EtcdVerticle;
import io.vertebra.http.HealthCheck;
import io.vertebra.http.HealthCheck.Probe;
import io.vertebra.http.HealthCheck.Result;
import io.vertebra.http.HealthRoutes;
import io.vertebra.kv.BusKvService;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.kv.LateEngine;
import io.vertebra.raft.Peer;
import io.vertebra.raft.RaftEngine;
import io.vertebra.raft.RaftVerticle;
import io.vertebra.raft.Seat;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of a node: on one of the core a member of the group, which opens as soon as this node
 * knows its place in it; on any other a way to those.
 */
final class Store {
  private static final Logger LOG = LoggerFactory.getLogger(Store.class);

  private final Kernel kernel;
  private final VertebraOptions options;
  private final RaftVerticle raft;
  private final LateEngine late = new LateEngine(this::problem);
  private final @Nullable KvVerticle kv;
  private final KvService service;
  private volatile Supplier<List<EtcdMember>> members = List::of;
  private volatile String failure = "";
  private volatile Optional<String> address = Optional.empty();

  Store(Kernel kernel, ClusterService cluster, VertebraOptions options) {
    this.kernel = kernel;
    this.options = options;
    this.raft = new RaftVerticle(kernel, cluster, options.cluster(), options.raft());
    if (options.node().runs("core")) {
      KvVerticle member = new KvVerticle(kernel, options.kv(), late, System::nanoTime);
      this.kv = member;
      this.service = member.service();
    } else {
      this.kv = null;
      this.service = BusKvService.any(kernel.vertx());
    }
  }

  KvService service() {
    return service;
  }

  /** Where the other members reach this one, once that is known. */
  Optional<String> address() {
    return address;
  }

  /** Makes readiness depend on whether there is a leader. */
  void joinHealth(HealthRoutes health) {
    if (kv != null) {
      health.add(Probe.READY, "kv", this::check);
    }
  }

  /**
   * Opens it. A member that knows its group, or is alone, is open then; one that has to find it
   * opens later.
   */
  Future<Void> open(Function<VerticleBase, Future<Void>> deploy) {
    if (kv == null) {
      return deploy.apply(raft);
    }
    return deploy
        .apply(raft)
        .compose(unused -> deploy.apply(kv))
        .compose(
            unused -> {
              Future<Void> opened = raft.seat().compose(this::take);
              return raft.searches() ? later(opened) : opened;
            });
  }

  /** The paths of etcd over this store. */
  VerticleBase etcd(Router router, Lifecycle lifecycle, long bodyBytes) {
    return new EtcdVerticle(
        router, lifecycle, userService(), options.etcd(), () -> members.get(), bodyBytes);
  }

  private KvService userService() {
    return kv == null ? service : kv.userService();
  }

  private Future<Void> take(Seat seat) {
    RaftEngine engine =
        new RaftEngine(
            options.raft(), seat.self(), seat.group(), kernel.meters(), System::nanoTime);
    return Future.fromCompletionStage(late.become(engine), kernel.vertx().getOrCreateContext())
        .onSuccess(
            unused -> {
              raft.serve(seat, engine);
              members = () -> engine.members().stream().map(Store::etcdMember).toList();
              address = Optional.of(seat.self().address());
            });
  }

  private static EtcdMember etcdMember(Peer peer) {
    return new EtcdMember(
        peer.id(), peer.address(), List.of("http://" + peer.address()), List.of());
  }

  private Future<Void> later(Future<Void> opened) {
    opened.onFailure(
        cause -> {
          failure = "the store is not open: " + StartFailure.sentence(cause);
          LOG.error("kv.store failed", cause);
        });
    return Future.succeededFuture();
  }

  private String problem() {
    return failure.isEmpty()
        ? "the store is not open: " + raft.health().data().getString("reason", "it starts")
        : failure;
  }

  private Future<HealthCheck.Result> check() {
    boolean up = service.status().hasLeader();
    Result result =
        up
            ? Result.ofUp()
            : Result.ofDown(
                service.status().memberId() == 0 ? problem() : "the group has no leader");
    return Future.succeededFuture(result);
  }
}
