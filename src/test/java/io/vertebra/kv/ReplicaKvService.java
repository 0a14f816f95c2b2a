package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** A store of one replica and no engine: what the API is tested on. */
final class ReplicaKvService implements KvService {
  private final Vertx vertx;
  private final AtomicLong nanos = new AtomicLong();
  private final KvReplica replica = new KvReplica(nanos::get);
  private long sequence;

  ReplicaKvService(Vertx vertx) {
    this.vertx = vertx;
    replica.leading(true);
    long unused = vertx.setPeriodic(10, tick -> replica.watches().tellProgress(System.nanoTime()));
  }

  private synchronized <T> Future<T> apply(
      Supplier<Command> command, Function<ByteBuffer, T> read) {
    return attempt(
        () -> {
          byte[] bytes = Codec.encode(command.get());
          byte[] batch = Codec.batch(1, ++sequence, sequence - 1, List.of(bytes));
          return read.apply(Codec.answers(replica.apply(ByteBuffer.wrap(batch))).get(0));
        });
  }

  private static <T> Future<T> attempt(Supplier<T> supplier) {
    return Future.succeededFuture().map(unused -> supplier.get());
  }

  @Override
  public Future<RangeResult> range(RangeRequest request) {
    return attempt(() -> replica.state().range(request));
  }

  @Override
  public Future<TxnResult> txn(Txn txn) {
    return apply(() -> new Command.Transact(txn), Codec::txn);
  }

  @Override
  public Future<Lease> grant(GrantLease request) {
    KvRules.check(request);
    long id = request.id() == 0 ? Long.MAX_VALUE - sequence : request.id();
    return apply(() -> new Command.Grant(id, request.ttl().toMillis()), Codec::revision)
        .compose(revision -> lease(id));
  }

  @Override
  public Future<Lease> keepAlive(long id) {
    return ask(new Question.KeepAlive(id));
  }

  @Override
  public Future<Long> revoke(long id) {
    return apply(() -> new Command.Revoke(id), Codec::revision);
  }

  @Override
  public Future<Lease> lease(long id) {
    return ask(new Question.TimeToLive(id));
  }

  private Future<Lease> ask(Question question) {
    return attempt(
        () -> {
          byte[] answer = replica.answer(ByteBuffer.wrap(Codec.encode(question)));
          LeaseTime time = Codec.leaseTime(answer);
          return new Lease(
              question.id(),
              Duration.ofMillis(time.ttlMs()),
              Duration.ofMillis(time.remainingMs()),
              replica.state().lease(question.id()).map(HeldLease::keys).orElse(List.of()),
              replica.state().revision());
        });
  }

  @Override
  public Future<List<Long>> leases() {
    return Future.succeededFuture(replica.state().leases().ids());
  }

  @Override
  public Future<KvWatch> watch(WatchRequest request) {
    return attempt(() -> new OpenWatch(replica.watches().open(request)));
  }

  @Override
  public Future<Long> compact(long revision) {
    return apply(() -> new Command.Compact(revision), Codec::revision);
  }

  @Override
  public KvStatus status() {
    long revision = replica.state().revision();
    long compacted = replica.state().compactedRevision();
    return new KvStatus(7, -8, -8, 1, revision, compacted, 3, 3, replica.state().keys(), 99);
  }

  int watchers() {
    return replica.watches().watchers();
  }

  private final class OpenWatch implements KvWatch {
    private final Cursor cursor;

    OpenWatch(Cursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public Future<WatchBatch> next() {
      return Future.fromCompletionStage(cursor.next(), vertx.getOrCreateContext())
          .recover(cause -> Future.failedFuture(Failure.of(cause)));
    }

    @Override
    public long fromRevision() {
      return cursor.fromRevision();
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
