package io.vertebra.latch;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Latches in the kv store: one key for the count, one for each participant that is done. */
final class KvLatchService implements LatchService {
  private final KvService kv;

  KvLatchService(KvService kv) {
    this.kv = kv;
  }

  @Override
  public Future<LatchState> create(CreateLatch request, Guard guard) {
    Bytes key = key(request.name());
    Bytes count = Bytes.utf8(Integer.toString(request.count()));
    Txn txn = Txn.when(Compare.absent(key), Op.put(key, count));
    Txn look = txn.otherwise(Op.get(key), counted(request.name()));
    return kv.txn(guard.on(look))
        .compose(
            result -> {
              if (result.succeeded()) {
                return Future.succeededFuture(
                    new LatchState(request.name(), request.count(), request.count()));
              }
              LatchState present = state(request.name(), result.results());
              return present.count() == request.count()
                  ? Future.succeededFuture(present)
                  : Failure.future(
                      FailureCode.CONFLICT, request.name() + " has a count of " + present.count());
            });
  }

  @Override
  public Future<LatchState> countDown(CountDown request, Guard guard) {
    Bytes key = key(request.name());
    Bytes done = Bytes.utf8("\0latch/" + request.name() + "\0d" + request.participant());
    Txn txn =
        Txn.when(
            Compare.exists(key), Op.put(done, Bytes.EMPTY), Op.get(key), counted(request.name()));
    return kv.txn(guard.on(txn))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(state(request.name(), result.results().subList(1, 3)))
                    : none(request.name()));
  }

  @Override
  public Future<LatchState> await(AwaitLatch request, Future<Void> gone) {
    if (request.patience().isZero()) {
      return read(request.name());
    }
    return kv.watch(new WatchRequest(range(request.name()), 0, false, Duration.ZERO))
        .compose(
            watch ->
                Call.unless(gone, untilOpen(request.name(), watch))
                    .timeout(request.patience().toMillis(), TimeUnit.MILLISECONDS)
                    .onComplete(done -> watch.close()))
        .recover(
            cause ->
                cause instanceof TimeoutException
                    ? read(request.name())
                    : Future.failedFuture(cause));
  }

  private Future<LatchState> untilOpen(String name, KvWatch watch) {
    return read(name)
        .compose(
            state ->
                state.isOpen()
                    ? Future.succeededFuture(state)
                    : watch.next().compose(batch -> untilOpen(name, watch)));
  }

  @Override
  public Future<Boolean> remove(String name, Guard guard) {
    return kv.txn(guard.on(Txn.of(new Op.Delete(range(name), false))))
        .map(result -> ((OpResult.Delete) result.results().get(0)).deleted() > 0);
  }

  private Future<LatchState> read(String name) {
    Txn look = Txn.when(Compare.exists(key(name)), Op.get(key(name)), counted(name));
    return kv.txn(look)
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(state(name, result.results()))
                    : none(name));
  }

  private static <T> Future<T> none(String name) {
    return Failure.future(FailureCode.NOT_FOUND, "there is no latch " + name);
  }

  private static LatchState state(String name, List<OpResult> results) {
    Optional<Bytes> value = ((OpResult.Get) results.get(0)).result().first().map(e -> e.value());
    int count = Integer.parseInt(value.flatMap(Bytes::asText).orElse("0"));
    long done = ((OpResult.Get) results.get(1)).result().count();
    return new LatchState(name, count, (int) Math.max(0, count - done));
  }

  private static Op counted(String name) {
    KeyRange done = KeyRange.prefix(Bytes.utf8("\0latch/" + name + "\0d"));
    return new Op.Get(new RangeRequest(done, 0, 0, true, true, true, false));
  }

  private static Bytes key(String name) {
    return Bytes.utf8("\0latch/" + name + "\0c");
  }

  private static KeyRange range(String name) {
    return KeyRange.prefix(Bytes.utf8("\0latch/" + name + "\0"));
  }
}
