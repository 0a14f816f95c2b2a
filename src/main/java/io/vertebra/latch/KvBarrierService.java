package io.vertebra.latch;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Barriers in the kv store: one key for the phase, one on a lease of its own for each party that is
 * there. Whoever sees that all are there ends the phase, if they still are.
 */
final class KvBarrierService implements BarrierService {
  private static final Duration WAY = Duration.ofSeconds(10);

  private final KvService kv;
  private final SecureRandom random = new SecureRandom();

  KvBarrierService(KvService kv) {
    this.kv = kv;
  }

  /**
   * An arrival in a phase.
   *
   * @param lease with which it ends; of it alone, so that it takes no other of the participant away
   */
  private record Arrival(Phase phase, long lease) {}

  /**
   * The phase of a barrier.
   *
   * @param modified revision of its key; 0 if there is none yet
   */
  private record Phase(long number, int parties, long modified) {}

  @Override
  public Future<BarrierPhase> arrive(Arrive request, Guard guard, Future<Void> gone) {
    return kv.watch(new WatchRequest(range(request.name()), 0, false, Duration.ZERO))
        .compose(
            watch ->
                enter(request, guard)
                    .compose(arrival -> await(request, arrival, watch, gone))
                    .onComplete(done -> watch.close()));
  }

  private Future<Arrival> enter(Arrive request, Guard guard) {
    return phase(request)
        .compose(
            phase -> {
              Bytes party = party(request, phase);
              long lease = random.nextLong() >>> 1 | 1;
              List<Op> steps = new ArrayList<>();
              steps.add(new Op.Grant(lease, request.patience().plus(WAY).toMillis()));
              steps.add(Op.put(party, Bytes.EMPTY, lease));
              if (phase.modified() == 0) {
                steps.add(Op.put(key(request.name()), value(phase)));
              }
              Compare same = Compare.modifiedAt(key(request.name()), phase.modified());
              Guard fence = new Guard(guard.fence(), "");
              return kv.txn(fence.on(Txn.when(same, steps.toArray(Op[]::new))))
                  .compose(
                      result ->
                          result.succeeded()
                              ? Future.succeededFuture(new Arrival(entered(phase, result), lease))
                              : enter(request, guard));
            });
  }

  private static Phase entered(Phase phase, TxnResult result) {
    return phase.modified() == 0
        ? new Phase(phase.number(), phase.parties(), result.revision())
        : phase;
  }

  private Future<Phase> phase(Arrive request) {
    return kv.get(key(request.name()))
        .map(
            found -> {
              Phase phase =
                  found.map(KvBarrierService::phase).orElse(new Phase(0, request.parties(), 0));
              if (phase.parties() != request.parties()) {
                throw new Failure(
                    FailureCode.CONFLICT,
                    request.name() + " is a barrier of " + phase.parties() + " parties");
              }
              return phase;
            });
  }

  private Future<BarrierPhase> await(
      Arrive request, Arrival arrival, KvWatch watch, Future<Void> gone) {
    Phase phase = arrival.phase();
    Future<Phase> ended =
        untilEnded(request, phase, watch)
            .timeout(Math.max(1, request.patience().toMillis()), TimeUnit.MILLISECONDS);
    return Call.unless(gone, ended)
        .map(next -> new BarrierPhase(request.name(), phase.number(), phase.parties()))
        .recover(cause -> leave(request, arrival, cause));
  }

  private Future<BarrierPhase> leave(Arrive request, Arrival arrival, Throwable cause) {
    Throwable reason =
        cause instanceof TimeoutException
            ? new Failure(
                FailureCode.CONFLICT,
                "not all parties came to "
                    + request.name()
                    + " within "
                    + request.patience().toMillis()
                    + " ms")
            : cause;
    return kv.revoke(arrival.lease()).transform(done -> Future.failedFuture(reason));
  }

  private Future<Phase> untilEnded(Arrive request, Phase phase, KvWatch watch) {
    return kv.get(key(request.name()))
        .compose(
            found -> {
              Optional<Phase> now = found.map(KvBarrierService::phase);
              if (now.isEmpty()) {
                return Failure.<Phase>future(FailureCode.CONFLICT, request.name() + " was removed");
              }
              return now.get().number() > phase.number()
                  ? Future.succeededFuture(now.get())
                  : end(request, phase)
                      .compose(
                          ended ->
                              ended
                                  ? Future.succeededFuture(phase)
                                  : watch
                                      .next()
                                      .compose(batch -> untilEnded(request, phase, watch)));
            });
  }

  /** Ends the phase if all parties are there. */
  private Future<Boolean> end(Arrive request, Phase phase) {
    return kv.range(RangeRequest.all(parties(request.name(), phase.number())))
        .compose(
            there -> {
              if (there.entries().size() < phase.parties()) {
                return Future.succeededFuture(false);
              }
              List<Compare> compares = new ArrayList<>();
              compares.add(Compare.modifiedAt(key(request.name()), phase.modified()));
              there.entries().forEach(party -> compares.add(Compare.exists(party.key())));
              List<Op> steps =
                  List.of(
                      new Op.Delete(parties(request.name(), phase.number()), false),
                      Op.put(
                          key(request.name()),
                          value(new Phase(phase.number() + 1, phase.parties(), 0))));
              return kv.txn(new Txn(compares, steps, List.of(), Optional.empty(), ""))
                  .map(TxnResult::succeeded);
            });
  }

  @Override
  public Future<BarrierState> show(String name) {
    return kv.range(RangeRequest.all(range(name)))
        .compose(
            result -> {
              if (result.entries().isEmpty()) {
                return Failure.future(FailureCode.NOT_FOUND, "there is no barrier " + name);
              }
              Phase phase = phase(result.entries().get(0));
              return Future.succeededFuture(
                  new BarrierState(
                      new BarrierPhase(name, phase.number(), phase.parties()),
                      result.entries().size() - 1));
            });
  }

  @Override
  public Future<Boolean> remove(String name, Guard guard) {
    return kv.txn(guard.on(Txn.of(new Op.Delete(range(name), false))))
        .map(result -> ((OpResult.Delete) result.results().get(0)).deleted() > 0);
  }

  private static Phase phase(KvEntry entry) {
    JsonObject json =
        new JsonObject(new String(entry.value().unsafeArray(), StandardCharsets.UTF_8));
    return new Phase(json.getLong("phase"), json.getInteger("parties"), entry.modRevision());
  }

  private static Bytes value(Phase phase) {
    JsonObject json = new JsonObject().put("phase", phase.number()).put("parties", phase.parties());
    return Bytes.utf8(json.encode());
  }

  private static Bytes party(Arrive request, Phase phase) {
    Bytes prefix = parties(request.name(), phase.number()).from();
    return prefix.plus(Bytes.utf8(request.participant()));
  }

  private static KeyRange parties(String name, long phase) {
    return KeyRange.prefix(Bytes.utf8("\0barrier/" + name + "\0p" + Long.toHexString(phase) + "/"));
  }

  private static Bytes key(String name) {
    return Bytes.utf8("\0barrier/" + name + "\0c");
  }

  private static KeyRange range(String name) {
    return KeyRange.prefix(Bytes.utf8("\0barrier/" + name + "\0"));
  }
}
