package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.GrantLease;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvStatus;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.Lease;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose transactions fail on cue. */
final class FailingKvService implements KvService {
  private final KvService real;
  private volatile Mode mode = Mode.WELL;
  private volatile FailureCode code = FailureCode.UNAVAILABLE;
  private volatile Promise<Void> held = Promise.promise();
  private volatile Promise<Void> reading = Promise.promise();
  private volatile boolean leading = true;
  private final AtomicInteger txns = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  private enum Mode {
    WELL,
    REFUSING,
    FULL,
    LOSING,
    HOLDING
  }

  FailingKvService(KvService real) {
    this.real = real;
    this.reading.complete();
  }

  /** Nothing is done. */
  void refuse(FailureCode why) {
    code = why;
    end(Mode.REFUSING);
  }

  /** Nothing that takes room is done. */
  void refuseWrites() {
    mode = Mode.FULL;
  }

  /** Everything is done, and nobody is told. */
  void loseAnswers() {
    mode = Mode.LOSING;
  }

  /** Nothing is done until {@link #heal} or {@link #refuse}. */
  void hold() {
    mode = Mode.HOLDING;
  }

  /** Nothing is read. */
  void refuseReads() {
    holdReads();
    reading.fail(new Failure(FailureCode.UNAVAILABLE, "not read on cue"));
  }

  /** Nothing is read until {@link #heal}. */
  void holdReads() {
    reading = Promise.promise();
  }

  /** This node leads no more. */
  void resign() {
    leading = false;
  }

  void heal() {
    Promise<Void> before = reading;
    reading = Promise.promise();
    reading.complete();
    before.tryComplete();
    end(Mode.WELL);
  }

  private void end(Mode next) {
    mode = next;
    Promise<Void> ended = held;
    held = Promise.promise();
    ended.complete();
  }

  /** How many reads were asked for. */
  int reads() {
    return reads.get();
  }

  /** How many transactions were asked for. */
  int txns() {
    return txns.get();
  }

  @Override
  public Future<TxnResult> txn(Txn txn) {
    txns.incrementAndGet();
    return end(txn);
  }

  /** How many transactions were held. */
  int held() {
    return waiting.get();
  }

  private Future<TxnResult> end(Txn txn) {
    return switch (mode) {
      case WELL -> real.txn(txn);
      case REFUSING -> Failure.future(code, "refused on cue");
      case FULL ->
          txn.then().stream().anyMatch(Op.Put.class::isInstance)
              ? Failure.future(FailureCode.UNAVAILABLE, "full on cue")
              : real.txn(txn);
      case LOSING ->
          real.txn(txn).compose(done -> Failure.future(FailureCode.TIMEOUT, "lost on cue"));
      case HOLDING -> {
        waiting.incrementAndGet();
        yield held.future().compose(ended -> end(txn));
      }
    };
  }

  @Override
  public Future<RangeResult> range(RangeRequest request) {
    reads.incrementAndGet();
    return reading.future().compose(healed -> real.range(request));
  }

  @Override
  public Future<Lease> grant(GrantLease request) {
    return real.grant(request);
  }

  @Override
  public Future<Lease> keepAlive(long id) {
    return real.keepAlive(id);
  }

  @Override
  public Future<Long> revoke(long id) {
    return real.revoke(id);
  }

  @Override
  public Future<Lease> lease(long id) {
    return real.lease(id);
  }

  @Override
  public Future<List<Long>> leases() {
    return real.leases();
  }

  @Override
  public Future<KvWatch> watch(WatchRequest request) {
    return real.watch(request);
  }

  @Override
  public Future<Long> compact(long revision) {
    return real.compact(revision);
  }

  @Override
  public KvStatus status() {
    return leading ? real.status() : new KvStatus(1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
