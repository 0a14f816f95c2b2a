package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The store on this member: its state is read here, and changed through the engine. */
final class StoredKvService implements KvService {
  private static final int ID_ATTEMPTS = 3;

  private final Vertx vertx;
  private final KvOptions options;
  private final Engine engine;
  private final KvReplica replica;
  private final Proposer proposer;
  private final ReadBarrier barrier;
  private final WorkerExecutor scans;
  private final long maxBytes;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param scans where ranges of many keys are read
   * @param maxBytes of data, beyond which only removals are taken
   */
  StoredKvService(
      Vertx vertx,
      KvOptions options,
      Engine engine,
      KvReplica replica,
      Proposer proposer,
      WorkerExecutor scans,
      long maxBytes,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.options = options;
    this.engine = engine;
    this.replica = replica;
    this.proposer = proposer;
    this.barrier = new ReadBarrier(engine, options.readTimeout(), nanoTime);
    this.scans = scans;
    this.maxBytes = maxBytes;
  }

  @Override
  public Future<RangeResult> range(RangeRequest request) {
    return request.serializable() ? read(request) : fresh().compose(unused -> read(request));
  }

  @Override
  public Future<TxnResult> txn(Txn txn) {
    if (writes(txn.then()) || writes(txn.otherwise())) {
      String refusal = refusal();
      if (!refusal.isEmpty()) {
        return Failure.future(FailureCode.UNAVAILABLE, refusal);
      }
    }
    return submit(new Command.Transact(txn), Codec::txn);
  }

  @Override
  public Future<Lease> grant(GrantLease request) {
    String refusal = refusal();
    if (!refusal.isEmpty()) {
      return Failure.future(FailureCode.UNAVAILABLE, refusal);
    }
    return request.id() == 0
        ? grantAny(request.ttl(), ID_ATTEMPTS)
        : grant(request.id(), request.ttl());
  }

  @Override
  public Future<Lease> keepAlive(long id) {
    return ask(new Question.KeepAlive(id)).map(answer -> lease(id, answer, List.of()));
  }

  @Override
  public Future<Long> revoke(long id) {
    return submit(new Command.Revoke(id), Codec::revision);
  }

  @Override
  public Future<Lease> lease(long id) {
    return ask(new Question.TimeToLive(id))
        .compose(answer -> fresh().map(unused -> lease(id, answer, keysOf(id))));
  }

  @Override
  public Future<List<Long>> leases() {
    return fresh().map(unused -> state().leases().ids());
  }

  @Override
  public Future<KvWatch> watch(WatchRequest request) {
    Future<Void> ready = request.fromRevision() == 0 ? fresh() : Future.succeededFuture();
    return ready.map(unused -> new CursorWatch(vertx, replica.watches().open(request), readers()));
  }

  @Override
  public Future<Long> compact(long revision) {
    return submit(new Command.Compact(revision), Codec::revision);
  }

  @Override
  public KvStatus status() {
    EngineStatus group = engine.status();
    KvState state = state();
    return new KvStatus(
        group.clusterId(),
        group.memberId(),
        group.leaderId(),
        group.term(),
        state.revision(),
        state.compactedRevision(),
        group.commitIndex(),
        group.appliedIndex(),
        state.keys(),
        state.bytes());
  }

  private KvState state() {
    return replica.state();
  }

  /** Why writes cannot be taken at present; empty if they can. */
  private String refusal() {
    EngineStatus group = engine.status();
    if (!group.writable()) {
      return group.problem();
    }
    long bytes = state().bytes();
    return bytes < maxBytes
        ? ""
        : "the store is full: its data takes " + bytes + " of " + maxBytes + " bytes of memory";
  }

  /** Whether it takes room; who counts down may remove something in the same transaction. */
  private static boolean writes(List<Op> steps) {
    for (Op step : steps) {
      boolean writes =
          step instanceof Op.Put
              || step instanceof Op.Append
              || (step instanceof Op.Add add && add.step() > 0)
              || step instanceof Op.Grant
              || step instanceof Op.Overtake
              || (step instanceof Op.Choice choice
                  && (writes(choice.then()) || writes(choice.otherwise())));
      if (writes) {
        return true;
      }
    }
    return false;
  }

  /** Who reads what may be in a file. */
  private Optional<WorkerExecutor> readers() {
    return options.spills() ? Optional.of(scans) : Optional.empty();
  }

  private Future<RangeResult> read(RangeRequest request) {
    try {
      boolean one = request.range().isOne();
      if (one && !options.spills()) {
        return Future.succeededFuture(state().range(request));
      }
      Optional<RangeResult> known = one ? state().rangeInMemory(request) : Optional.empty();
      return known
          .map(Future::succeededFuture)
          .orElseGet(() -> scans.executeBlocking(() -> state().range(request), false));
    } catch (Failure failure) {
      return Future.failedFuture(failure);
    }
  }

  private Future<Lease> grantAny(Duration ttl, int attempts) {
    return grant(random.nextLong() >>> 1 | 1, ttl)
        .recover(
            cause ->
                attempts > 1 && Failure.of(cause).code() == FailureCode.CONFLICT
                    ? grantAny(ttl, attempts - 1)
                    : Future.failedFuture(cause));
  }

  private Future<Lease> grant(long id, Duration ttl) {
    return submit(new Command.Grant(id, ttl.toMillis()), Codec::revision)
        .map(revision -> new Lease(id, ttl, ttl, List.of(), revision));
  }

  private Lease lease(long id, LeaseTime answer, List<Bytes> keys) {
    return new Lease(
        id,
        Duration.ofMillis(answer.ttlMs()),
        Duration.ofMillis(answer.remainingMs()),
        keys,
        state().revision());
  }

  private List<Bytes> keysOf(long lease) {
    return state().lease(lease).map(HeldLease::keys).orElse(List.of());
  }

  private Future<Void> fresh() {
    return here(barrier.pass());
  }

  private Future<LeaseTime> ask(Question question) {
    return here(engine.ask(Codec.encode(question), options.readTimeout())).map(Codec::leaseTime);
  }

  private <T> Future<T> submit(Command command, Function<ByteBuffer, T> decoder) {
    return here(proposer.submit(Codec.encode(command))).map(decoder);
  }

  private <T> Future<T> here(CompletionStage<T> stage) {
    Context context = vertx.getOrCreateContext();
    return Future.fromCompletionStage(stage, context).recover(StoredKvService::unwrapped);
  }

  /** A failure of a stage behind another comes wrapped. */
  static <T> Future<T> unwrapped(Throwable cause) {
    Throwable inner = cause instanceof CompletionException ? cause.getCause() : cause;
    return Future.failedFuture(inner == null ? cause : inner);
  }
}
