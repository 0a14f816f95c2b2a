package io.vertebra;

import io.vertebra.api.Kernel;
import io.vertebra.http.HealthCheck;
import io.vertebra.http.HealthCheck.Probe;
import io.vertebra.http.HealthCheck.Result;
import io.vertebra.http.HealthRoutes;
import io.vertebra.kv.BusKvService;
import io.vertebra.kv.KvGroup;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.kv.LateEngine;
import io.vertebra.kv.Leadership;
import io.vertebra.queue.QueueBackend;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.raft.Group;
import io.vertebra.raft.RaftEngine;
import io.vertebra.raft.RaftHost;
import io.vertebra.raft.RaftVerticle;
import io.vertebra.raft.Seat;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of the queues: on a node of the core that keeps queues a member of their group, which
 * opens after the main one and beside it; on any other a way to those.
 */
final class QueueStore {
  private static final Logger LOG = LoggerFactory.getLogger(QueueStore.class);
  private static final String NAME = "queue";

  private final Kernel kernel;
  private final RaftVerticle raft;
  private final Path folder;
  private final LateEngine late = new LateEngine(this::problem);
  private final @Nullable KvVerticle kv;
  private final KvService service;
  private volatile String failure = "";

  QueueStore(Kernel kernel, VertebraOptions options, RaftVerticle raft) {
    this.kernel = kernel;
    this.raft = raft;
    this.folder = options.raft().folder().resolve(NAME);
    boolean kept = options.queue().enabled() && options.queue().backend() == QueueBackend.KV;
    if (options.node().runs("core") && kept) {
      KvGroup group = KvGroup.queue(folder.resolve("values"), QueueVerticle.definitions());
      KvVerticle member =
          new KvVerticle(kernel, options.queue().store(), group, late, System::nanoTime);
      this.kv = member;
      this.service = member.service();
    } else {
      this.kv = null;
      this.service = BusKvService.queues(kernel.vertx());
    }
  }

  KvService service() {
    return service;
  }

  /** This node's member of the group; null if it has none. */
  @Nullable KvVerticle member() {
    return kv;
  }

  /** Of this member's data. */
  Path folder() {
    return folder;
  }

  /** Whether this node leads the group. */
  Leadership leadership() {
    return kv == null ? Leadership.never() : kv.leadership();
  }

  void joinHealth(HealthRoutes health) {
    if (kv != null) {
      health.add(Probe.READY, NAME, this::check);
    }
  }

  /** Answers from then on; but is not open as yet. */
  Future<Void> prepare(Function<VerticleBase, Future<Void>> deploy) {
    return kv == null ? Future.succeededFuture() : deploy.apply(kv);
  }

  /** Opens it on the server of the first group, and lets its members follow those of that one. */
  void open(RaftHost host, Seat seat, RaftEngine first) {
    if (kv == null) {
      return;
    }
    Group group = seat.group().queues();
    RaftEngine engine =
        new RaftEngine(host, NAME, folder, group, kernel.meters(), System::nanoTime);
    Future.fromCompletionStage(late.become(engine), kernel.vertx().getOrCreateContext())
        .compose(unused -> raft.serveQueues(group, first, engine))
        .onFailure(
            cause -> {
              failure = "the store of the queues is not open: " + StartFailure.sentence(cause);
              LOG.error("queue.store failed", cause);
            });
  }

  private String problem() {
    return failure.isEmpty() ? "the store of the queues is not open yet" : failure;
  }

  private Future<HealthCheck.Result> check() {
    boolean up = service.status().hasLeader();
    String reason =
        service.status().memberId() == 0 ? problem() : "the group of the queues has no leader";
    return Future.succeededFuture(up ? Result.ofUp() : Result.ofDown(reason));
  }
}
