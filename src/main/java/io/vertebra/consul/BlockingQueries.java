package io.vertebra.consul;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Lifecycle;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The queries that wait for a change: a bounded number of them, each no longer than it asked for,
 * none beyond the drain of the node or the stay of its client. Safe for any thread.
 */
final class BlockingQueries {
  private static final int JITTER = 16;

  private final Vertx vertx;
  private final KvService kv;
  private final Lifecycle lifecycle;
  private final int most;
  private final Set<Promise<Void>> waiting = ConcurrentHashMap.newKeySet();

  /** Counts as {@code vertebra_consul_waiting}. */
  BlockingQueries(Vertx vertx, KvService kv, Lifecycle lifecycle, MeterRegistry meters, int most) {
    this.vertx = vertx;
    this.kv = kv;
    this.lifecycle = lifecycle;
    this.most = most;
    Gauge.builder("vertebra.consul.waiting", waiting, Set::size)
        .description("Queries of Consul's API that wait for a change")
        .register(meters);
    lifecycle.onDrain(() -> waiting.forEach(Promise::tryComplete));
  }

  /** Reads what was asked for; how often need be. */
  interface Read<T> extends Supplier<Future<Found<T>>> {}

  /** The time to wait at most, with a random share added so that not all who wait ask at once. */
  Duration patience(Asked asked) {
    Duration wait = asked.waitTime();
    long share = Math.max(1, wait.toMillis() / JITTER);
    return wait.plusMillis(ThreadLocalRandom.current().nextLong(share));
  }

  /**
   * Answers what is found; if the request asks for a later index than it has, once it changed, or
   * as it was if it does not in time.
   *
   * @param range whose writes and removals are the changes
   */
  <T> Future<Found<T>> answer(Asked asked, KeyRange range, Read<T> read) {
    long index = asked.index();
    return index == 0
        ? read.get()
        : read.get().compose(now -> later(asked, index, range, read, now));
  }

  /**
   * Has a query answered that counts as one that waits if the request asks for a later index.
   *
   * @param query is told when it need not wait any more
   */
  <T> Future<T> counted(Asked asked, Function<Future<Void>, Future<T>> query) {
    return asked.index() == 0
        ? query.apply(asked.gone())
        : enter(asked)
            .compose(over -> query.apply(over.future()).onComplete(done -> waiting.remove(over)));
  }

  private Future<Promise<Void>> enter(Asked asked) {
    if (waiting.size() >= most) {
      return Failure.future(FailureCode.LIMITED, "too many queries wait for a change here");
    }
    Promise<Void> over = Promise.promise();
    waiting.add(over);
    asked.gone().onComplete(left -> over.tryComplete());
    if (lifecycle.stage() == Lifecycle.Stage.DRAINING) {
      over.tryComplete();
    }
    return Future.succeededFuture(over);
  }

  /**
   * What was written later than the index is known from what is there; a removal may be another.
   */
  private <T> Future<Found<T>> later(
      Asked asked, long index, KeyRange range, Read<T> read, Found<T> now) {
    if (now.written() > index) {
      return Future.succeededFuture(now);
    }
    long from = now.index() > index ? index + 1 : now.revision() + 1;
    Found<T> unchanged =
        index <= now.revision()
            ? new Found<>(
                now.value(), now.revision(), index, now.removed() > index ? 0 : now.removed())
            : now;
    return enter(asked)
        .compose(
            over ->
                kv.watch(new WatchRequest(range, from, false, Duration.ZERO))
                    .compose(watch -> changed(watch, over.future(), patience(asked)))
                    .recover(BlockingQueries::unlessForgotten)
                    .onComplete(done -> waiting.remove(over)))
        .compose(changed -> changed ? read.get() : Future.succeededFuture(unchanged));
  }

  /** What is forgotten may be a change. */
  private static Future<Boolean> unlessForgotten(Throwable cause) {
    return cause instanceof Failure failure && failure.code() == FailureCode.COMPACTED
        ? Future.succeededFuture(true)
        : Future.failedFuture(cause);
  }

  private Future<Boolean> changed(KvWatch watch, Future<Void> over, Duration patience) {
    Promise<Boolean> changed = Promise.promise();
    long timer =
        vertx.setTimer(Math.max(1, patience.toMillis()), late -> changed.tryComplete(false));
    over.onComplete(left -> changed.tryComplete(false));
    watch.next().onSuccess(batch -> changed.tryComplete(true)).onFailure(changed::tryFail);
    return changed
        .future()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              watch.close();
            });
  }
}
