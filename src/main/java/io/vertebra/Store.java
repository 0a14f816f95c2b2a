package io.vertebra;

import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.cluster.ClusterService;
import io.vertebra.consul.ConsulPeer;
import io.vertebra.consul.ConsulVerticle;
import io.vertebra.etcd.EtcdMember;
import io.vertebra.etcd.EtcdVerticle;
import io.vertebra.http.ApiServer;
import io.vertebra.http.HealthCheck;
import io.vertebra.http.HealthCheck.Probe;
import io.vertebra.http.HealthCheck.Result;
import io.vertebra.http.HealthRoutes;
import io.vertebra.http.ListenerOptions;
import io.vertebra.kv.BusKvService;
import io.vertebra.kv.KvGroup;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.kv.LateEngine;
import io.vertebra.kv.Leadership;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.raft.Peer;
import io.vertebra.raft.RaftEngine;
import io.vertebra.raft.RaftHost;
import io.vertebra.raft.RaftOptions;
import io.vertebra.raft.RaftVerticle;
import io.vertebra.raft.Seat;
import io.vertebra.registry.RegistryVerticle;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
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
  private final QueueStore queues;
  private volatile @Nullable RaftEngine opened;
  private volatile String failure = "";
  private volatile Optional<String> address = Optional.empty();

  Store(Kernel kernel, ClusterService cluster, VertebraOptions options) {
    this.kernel = kernel;
    this.options = options;
    this.raft = new RaftVerticle(kernel, cluster, options.cluster(), options.raft());
    this.queues = new QueueStore(kernel, options, raft);
    if (options.node().runs("core")) {
      KvGroup main = KvGroup.main(options.raft().folder().resolve("values"));
      KvVerticle member = new KvVerticle(kernel, options.kv(), main, late, System::nanoTime);
      this.kv = member.checking(QueueVerticle::checkLetter);
      this.service = member.service();
    } else {
      this.kv = null;
      this.service = BusKvService.whole(kernel.vertx());
    }
  }

  KvService service() {
    return service;
  }

  /** The store of the queues, a group of its own. */
  KvService queues() {
    return queues.service();
  }

  /** Whether this node leads the group of the queues. */
  Leadership queueLeadership() {
    return queues.leadership();
  }

  /** Where the other members reach this one, once that is known. */
  Optional<String> address() {
    return address;
  }

  /** Makes readiness depend on whether there are leaders. */
  void joinHealth(HealthRoutes health) {
    if (kv != null) {
      health.add(Probe.READY, "kv", this::check);
    }
    queues.joinHealth(health);
  }

  /**
   * Opens it. A member that knows its group, or is alone, is open then; one that has to find it
   * opens later.
   */
  Future<Void> open(Function<VerticleBase, Future<Void>> deploy) {
    if (kv == null) {
      return deploy.apply(raft);
    }
    return requireFreePort()
        .compose(unused -> deploy.apply(raft))
        .compose(unused -> deploy.apply(kv))
        .compose(unused -> queues.prepare(deploy))
        .compose(
            unused -> {
              Future<Void> opened = raft.seat().compose(this::take);
              return raft.searches() ? later(opened) : opened;
            });
  }

  /** The paths of etcd over this store, on a listener that need not listen yet. */
  VerticleBase etcd(ApiServer api, Lifecycle lifecycle) {
    return new EtcdVerticle(
        api.router(),
        lifecycle,
        KvVerticle.ofUsers(service),
        options.etcd(),
        () -> etcdMembers(api.port()),
        options.api().listener().bodyBytes());
  }

  /** The paths of Consul over this member's store; nothing on a node that has none. */
  Optional<VerticleBase> consul(
      ApiServer api, Lifecycle lifecycle, RegistryVerticle registry, ClusterService cluster) {
    return Optional.ofNullable(kv)
        .map(
            member ->
                new ConsulVerticle(
                    kernel,
                    new ConsulVerticle.Listener(
                        api.router(), api::release, options.api().listener().bodyBytes()),
                    lifecycle,
                    new ConsulVerticle.Parts(
                        member.service(),
                        registry.service(),
                        registry.drafts(),
                        cluster,
                        this::consulPeers),
                    options.consul()));
  }

  private List<ConsulPeer> consulPeers() {
    RaftEngine engine = opened;
    return engine == null
        ? List.of()
        : engine.members().stream().map(peer -> new ConsulPeer(peer.id(), peer.address())).toList();
  }

  /**
   * Fails if the port of the members is taken, before anything is opened, even where the store
   * opens later.
   */
  private Future<Void> requireFreePort() {
    String host = options.cluster().host();
    int port = options.raft().port();
    return kernel
        .vertx()
        .createNetServer()
        .connectHandler(NetSocket::close)
        .listen(port, host)
        .compose(NetServer::close)
        .recover(cause -> StartFailure.listening("raft", "cluster.host", host, port, cause));
  }

  /** Backups of this member's stores, as far as it has any. */
  List<VerticleBase> backups(Router router) {
    RaftOptions raft = options.raft();
    return Stream.of(
            backups(kv, router, raft, raft.folder()),
            backups(queues.member(), router, raft, queues.folder()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<VerticleBase> backups(
      @Nullable KvVerticle member, Router router, RaftOptions options, Path folder) {
    return Optional.ofNullable(member)
        .map(kv -> kv.backups(router, folder.resolve("transfer"), options.minFreeBytes()));
  }

  private Future<Void> take(Seat seat) {
    RaftHost host = new RaftHost(options.raft(), seat.self());
    RaftEngine engine =
        new RaftEngine(
            host, "kv", options.raft().folder(), seat.group(), kernel.meters(), System::nanoTime);
    return Future.fromCompletionStage(late.become(engine), kernel.vertx().getOrCreateContext())
        .onSuccess(
            unused -> {
              raft.serve(seat, engine);
              opened = engine;
              address = Optional.of(seat.self().address());
              queues.open(host, seat, engine);
            });
  }

  private List<EtcdMember> etcdMembers(int apiPort) {
    RaftEngine engine = opened;
    return engine == null
        ? List.of()
        : engine.members().stream()
            .map(peer -> etcdMember(peer, peer.id() == engine.self().id() ? apiPort : 0))
            .toList();
  }

  /**
   * Only this node's own API is known here; the others are listed without one.
   *
   * @param apiPort 0 if not known
   */
  private EtcdMember etcdMember(Peer peer, int apiPort) {
    ListenerOptions listener = options.api().listener();
    List<String> clientUrls =
        apiPort == 0
            ? List.of()
            : List.of(Vertebra.address(listener, apiPort, options.cluster().host()));
    return new EtcdMember(
        peer.id(), peer.address(), List.of("http://" + peer.address()), clientUrls);
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
