package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.lock.LockKeys.Part;
import io.vertebra.lock.LockMirror.Named;
import io.vertebra.lock.LockQueue.Place;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Ticket;
import io.vertebra.lock.LockValues.Stored;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves those who wait on this node: tells them that they hold the lock, and passes on locks whose
 * next one waits here. Safe for any thread.
 */
final class QueueJob {
  private static final Logger LOG = LoggerFactory.getLogger(QueueJob.class);

  /** How many who share are let in at a time. */
  private static final int MAX_SERVED = 16;

  private static final long SWEEP_MS = 2_000;
  private static final long RETRY_MS = 500;

  /** How long a call may take to leave after its place was served. */
  private static final long SHARED_MS = 10_000;

  private static final int MAX_RETRIES = 240;

  private final Vertx vertx;
  private final KvService kv;
  private final String node;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final LockMirror mirror;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Waiting> byId = new ConcurrentHashMap<>();
  private final Map<Ticket, Waiting> byTicket = new ConcurrentHashMap<>();

  /** Places of several calls, until some time after they were served. */
  private final Map<Ticket, Waiting> shared = new ConcurrentHashMap<>();

  private final Set<String> busy = ConcurrentHashMap.newKeySet();
  private final Set<String> again = ConcurrentHashMap.newKeySet();
  private long timer = -1;
  private volatile boolean stopped;

  /**
   * One who waits here.
   *
   * @param place where, once that was heard
   * @param calls by which it waits; several if it was sent again
   */
  record Waiting(
      String id,
      Promise<Granted> granted,
      AtomicReference<@Nullable Ticket> place,
      AtomicInteger calls) {

    /** One call more, unless the last has left. */
    private boolean join() {
      return calls.getAndUpdate(all -> all == 0 ? 0 : all + 1) > 0;
    }

    /** One call less; whether it was the last. */
    private boolean leave() {
      return calls.updateAndGet(all -> Math.max(0, all - 1)) == 0;
    }
  }

  QueueJob(
      Vertx vertx,
      KvService kv,
      String node,
      Clock clock,
      LongSupplier nanoTime,
      LockMirror mirror) {
    this.vertx = vertx;
    this.kv = kv;
    this.node = node;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.mirror = mirror;
  }

  void start() {
    timer = vertx.setPeriodic(SWEEP_MS, tick -> sweep());
  }

  /** Gives up all places. */
  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    byTicket.keySet().forEach(ticket -> lost(ticket, "this node is stopping"));
  }

  /** How many wait here, or are about to. */
  int size() {
    return byId.size();
  }

  String node() {
    return node;
  }

  /** The id of a lease that nobody has. */
  long newLease() {
    return random.nextLong() >>> 1 | 1;
  }

  /** One who is about to take a place; {@link #forget} must follow if it does not. */
  Waiting expect() {
    String id = Long.toUnsignedString(random.nextLong(), 36);
    Promise<Granted> granted = ((ContextInternal) vertx.getOrCreateContext()).promise();
    Waiting waiting = new Waiting(id, granted, new AtomicReference<>(), new AtomicInteger(1));
    byId.put(id, waiting);
    return waiting;
  }

  /** Says that somebody took no place, as far as is known. */
  void forget(Waiting waiting) {
    if (!waiting.leave()) {
      return;
    }
    Waiting unused = byId.remove(waiting.id());
    Ticket place = waiting.place().get();
    if (place != null && byTicket.remove(place, waiting)) {
      shared.remove(place);
      giveUp(place);
    }
  }

  /** Takes note of what happened; to be called in the order in which it did. */
  void heard(LockMirror.News news) {
    Set<String> names = new LinkedHashSet<>(news.freed());
    for (Named each : news.entered()) {
      if (each.place().node().equals(node)) {
        entered(each);
        names.add(each.name());
      }
    }
    news.served().forEach(this::served);
    for (Named each : news.left()) {
      lost(ticket(each), "this node was cut off from the store, and the place in the queue lost");
    }
    names.forEach(this::serve);
  }

  private void entered(Named each) {
    Waiting waiting = byId.get(each.place().id());
    Ticket ticket = ticket(each);
    if (waiting == null || !taken(ticket, waiting)) {
      giveUp(ticket);
    }
  }

  /** Says where somebody waits; whether it still does. */
  boolean taken(Ticket ticket, Waiting waiting) {
    if (!byId.containsKey(waiting.id())) {
      return false;
    }
    byTicket.put(ticket, waiting);
    waiting.place().set(ticket);
    return byId.containsKey(waiting.id()) || !byTicket.remove(ticket, waiting);
  }

  private void served(Stored stored) {
    Holding holding = stored.holding();
    Ticket ticket = new Ticket(holding.name(), holding.owner(), stored.ticket());
    Optional<Waiting> found = takeOff(ticket);
    if (found.isEmpty()) {
      return;
    }
    Waiting waiting = found.get();
    long asked = nanoTime.getAsLong();
    kv.keepAlive(stored.lease())
        .onSuccess(kept -> complete(waiting, granted(holding, asked), stored))
        .onFailure(
            cause -> {
              LOG.warn("lock.grant lost name={} reason={}", holding.name(), cause.getMessage());
              giveUp(ticket);
              waiting.granted().tryFail(notTold(holding, cause));
            });
  }

  private void complete(Waiting waiting, Granted granted, Stored stored) {
    if (!waiting.granted().tryComplete(granted)) {
      Holding holding = stored.holding();
      giveUp(new Ticket(holding.name(), holding.owner(), stored.ticket()));
    }
  }

  private static Failure notTold(Holding holding, Throwable cause) {
    return Failure.of(cause).code() == FailureCode.NOT_FOUND
        ? new Failure(
            FailureCode.UNAVAILABLE,
            holding.name() + " was granted, but its lease ended before this node knew")
        : Failure.of(cause);
  }

  /** A grant whose lease began at {@code sent} or later. */
  Granted granted(Holding holding, long sent) {
    Duration safe = holding.lease().minusNanos(nanoTime.getAsLong() - sent);
    return new Granted(holding, safe.isNegative() ? Duration.ZERO : safe);
  }

  private void lost(Ticket ticket, String reason) {
    Failure failure = new Failure(FailureCode.UNAVAILABLE, reason);
    boolean failed =
        takeOff(ticket).map(waiting -> waiting.granted().tryFail(failure)).orElse(false);
    if (stopped && failed) {
      giveUp(ticket);
    }
  }

  /** Waits for nothing any more at a place; in the order that {@link #taken} relies on. */
  private Optional<Waiting> takeOff(Ticket ticket) {
    Waiting waiting = byTicket.get(ticket);
    if (waiting == null || byId.remove(waiting.id()) == null) {
      return Optional.empty();
    }
    byTicket.remove(ticket);
    return Optional.of(waiting);
  }

  private void settle(Ticket ticket) {
    holder(ticket)
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    this::served, () -> lost(ticket, "the place in the queue was lost")))
        .onFailure(cause -> LOG.debug("lock.settle failed name={}", ticket.name(), cause));
  }

  private Future<Optional<Stored>> holder(Ticket ticket) {
    return kv.txn(Txn.of(look(ticket).toArray(Op[]::new)))
        .map(result -> of(ticket, result.results()));
  }

  private static List<Op> look(Ticket ticket) {
    return List.of(
        Op.get(LockKeys.exclusive(ticket.name())),
        Op.get(LockKeys.owner(ticket.name(), ticket.owner())));
  }

  private static Optional<Stored> of(Ticket ticket, List<OpResult> results) {
    return results.stream()
        .filter(OpResult.Get.class::isInstance)
        .flatMap(result -> ((OpResult.Get) result).result().first().stream())
        .map(LockValues::stored)
        .filter(stored -> stored.ticket() == ticket.number())
        .filter(stored -> stored.holding().owner().equals(ticket.owner()))
        .findFirst();
  }

  /** Leaves a place and what was granted to it; tries until it is done or the node ends. */
  private void giveUp(Ticket ticket) {
    giveUp(ticket, MAX_RETRIES);
  }

  private void giveUp(Ticket ticket, int retries) {
    leave(ticket)
        .onFailure(
            cause -> {
              if (retries > 0 && !stopped) {
                vertx.setTimer(RETRY_MS, tick -> giveUp(ticket, retries - 1));
              }
            });
  }

  /** Waits at a place that was taken before, or tells what came of it. */
  Future<LockStore.Attempt> resume(Ticket ticket) {
    Waiting present = byTicket.get(ticket);
    if (present != null && share(ticket, present)) {
      int position = mirror.ask(ticket.name(), v -> v.queue().position(ticket.number()));
      return Future.succeededFuture(
          new LockStore.Queued(ticket, position, present.granted().future()));
    }
    long sent = nanoTime.getAsLong();
    return holder(ticket)
        .compose(
            found ->
                found.isEmpty()
                    ? Failure.future(
                        FailureCode.CONFLICT, "what was waited for with this key has ended")
                    : kv.keepAlive(found.get().lease())
                        .map(kept -> granted(found.get().holding(), sent)));
  }

  /** Whether one call more waits at a place. */
  private boolean share(Ticket ticket, Waiting waiting) {
    shared.put(ticket, waiting);
    if (!waiting.join()) {
      shared.remove(ticket, waiting);
      return false;
    }
    waiting
        .granted()
        .future()
        .onComplete(done -> vertx.setTimer(SHARED_MS, tick -> shared.remove(ticket, waiting)));
    return true;
  }

  /**
   * Leaves a place and what was granted to it, if no other call waits there; goes on trying if it
   * fails at first.
   */
  Future<Void> abandon(Ticket ticket) {
    Waiting several = shared.get(ticket);
    Waiting waiting = several != null ? several : byTicket.get(ticket);
    if (waiting != null && !waiting.leave()) {
      return Future.succeededFuture();
    }
    shared.remove(ticket);
    Optional<Waiting> unused = takeOff(ticket);
    return leave(ticket).onFailure(cause -> giveUp(ticket));
  }

  private Future<Void> leave(Ticket ticket) {
    return kv.txn(LockTxns.leave(ticket.name(), ticket.owner(), ticket.number()))
        .compose(
            result ->
                of(ticket, result.results())
                    .map(stored -> end(stored, Guard.NONE, List.of()).<Void>mapEmpty())
                    .orElseGet(Future::succeededFuture));
  }

  /**
   * Ends a holding, if it is still as it was, and passes it on to the next one.
   *
   * @param further steps
   */
  Future<TxnResult> end(Stored stored, Guard guard, List<Op> further) {
    return kv.txn(guard.on(ending(stored, further)));
  }

  private Txn ending(Stored stored, List<Op> further) {
    String name = stored.holding().name();
    boolean all = stored.holding().terms().mode() == LockMode.EXCLUSIVE;
    long token = all ? 0 : stored.holding().token();
    return mirror.ask(
        name,
        view -> {
          List<Place> next = view.queue().next(token, 1);
          if (next.isEmpty()) {
            return LockTxns.release(stored, List.of(), List.of(), further);
          }
          Place place = next.get(0);
          List<Compare> turn =
              LockTxns.turn(name, place, view.queue(), view.revision(), Optional.of(stored));
          return LockTxns.release(
              stored, turn, LockTxns.grant(name, place, newLease(), clock.instant()), further);
        });
  }

  /** Makes up for news that were missed. */
  void sweep() {
    Set<String> names = new LinkedHashSet<>();
    for (Ticket ticket : byTicket.keySet()) {
      names.add(ticket.name());
      if (mirror.ask(ticket.name(), view -> isGone(ticket, view))) {
        settle(ticket);
      }
    }
    names.forEach(this::serve);
  }

  private static boolean isGone(Ticket ticket, LockMirror.View view) {
    return view.revision() >= ticket.number() && !view.queue().has(ticket.number());
  }

  /** Passes a lock on if it is free and the next one waits here. */
  private void serve(String name) {
    if (!isNextHere(name)) {
      return;
    }
    if (!busy.add(name)) {
      again.add(name);
      return;
    }
    kv.range(RangeRequest.one(LockKeys.exclusive(name)).locally())
        .compose(held -> held.entries().isEmpty() ? passOn(name) : Future.succeededFuture())
        .onFailure(cause -> LOG.debug("lock.serve failed name={}", name, cause))
        .onComplete(
            done -> {
              busy.remove(name);
              if (again.remove(name)) {
                serve(name);
              }
            });
  }

  private boolean isNextHere(String name) {
    return mirror.ask(
        name, view -> view.queue().first().map(place -> place.node().equals(node)).orElse(false));
  }

  private Future<Void> passOn(String name) {
    List<Txn> all = mirror.ask(name, view -> serving(name, view));
    return Future.join(all.stream().map(kv::txn).toList()).mapEmpty();
  }

  /** One transaction for each, sent at once; each goes only if the one before went. */
  private List<Txn> serving(String name, LockMirror.View view) {
    List<Txn> all = new ArrayList<>();
    Optional<Bytes> before = Optional.empty();
    for (Place place : view.queue().next(0, MAX_SERVED)) {
      List<Compare> turn =
          LockTxns.turn(name, place, view.queue(), view.revision(), Optional.empty());
      before.ifPresent(key -> turn.add(Compare.absent(key)));
      List<Op> steps = LockTxns.grant(name, place, newLease(), clock.instant());
      all.add(new Txn(turn, steps, List.of(), Optional.empty(), ""));
      before = Optional.of(LockKeys.numbered(name, Part.WAITER, place.number()));
      if (place.terms().mode() != LockMode.SHARED) {
        break;
      }
    }
    return all;
  }

  private static Ticket ticket(Named each) {
    return new Ticket(each.name(), each.place().owner(), each.place().number());
  }
}
