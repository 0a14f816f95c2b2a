package io.vertebra.lock;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.LIMITED;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.lock.LockKeys.Part;
import io.vertebra.lock.LockMirror.View;
import io.vertebra.lock.LockQueue.Place;
import io.vertebra.lock.LockValues.Stored;
import io.vertebra.lock.QueueJob.Waiting;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Locks in the kv store: a holding is a key on a lease, a place in a queue is a key on the lease of
 * the node that waits. To get a free lock is one transaction, to give it back another, which grants
 * it to the next one who waits.
 */
final class KvLockStore implements LockStore {
  private static final int MAX_ATTEMPTS = 8;

  private final KvService kv;
  private final LockOptions options;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final LockMirror mirror;
  private final SessionJob session;
  private final QueueJob queue;
  private final FollowJob follow;
  private final LockLookupService lookup;
  private final KvHoldingStore holdings;

  KvLockStore(
      KvService kv,
      LockOptions options,
      Clock clock,
      LongSupplier nanoTime,
      LockMirror mirror,
      SessionJob session,
      QueueJob queue,
      FollowJob follow) {
    this.kv = kv;
    this.options = options;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.mirror = mirror;
    this.session = session;
    this.queue = queue;
    this.follow = follow;
    this.lookup = new LockLookupService(kv);
    this.holdings = new KvHoldingStore(kv, queue, lookup, nanoTime);
  }

  /** Begins to follow the store. */
  void start() {
    session.start();
    queue.start();
    follow.start();
  }

  /** Gives up the places of this node. */
  void stop() {
    follow.stop();
    queue.stop();
    session.stop();
  }

  @Override
  public Future<Attempt> acquire(AcquireLock request, Guard guard) {
    Optional<Once> once = Once.of(guard, "acquire", request.toJson());
    Try first = new Try(request, KvHoldingStore.fence(guard), once, 0, Optional.empty());
    return follow.ready().compose(unused -> unlessDone(first));
  }

  private Future<Attempt> unlessDone(Try tried) {
    return lookup
        .note(tried.once())
        .compose(note -> note.isPresent() ? replay(tried.request(), note.get()) : attempt(tried));
  }

  private Future<Attempt> replay(AcquireLock request, Once.Note note) {
    if (note.done() == Once.Done.QUEUED) {
      return queue.resume(new Ticket(request.name(), request.owner(), note.revision()));
    }
    Holding holding = holding(request, note.token(request.name()));
    int holds = Math.max(1, note.holds());
    return Future.succeededFuture(new Granted(holding.held(holds), Duration.ZERO));
  }

  /**
   * One of several tries.
   *
   * @param exact what was read for this try, where what the node was told does not do
   */
  private record Try(
      AcquireLock request, Guard guard, Optional<Once> once, int number, Optional<View> exact) {

    Try next() {
      return new Try(request, guard, once, number + 1, Optional.empty());
    }

    Try with(View read) {
      return new Try(request, guard, once, number + 1, Optional.of(read));
    }
  }

  private List<Op> note(Optional<Once> once, Once.Done done, Map<String, Long> held) {
    return once.map(each -> each.note(done, 0, held, queue.newLease())).orElse(List.of());
  }

  private <T> T ask(Try tried, java.util.function.Function<View, T> question) {
    return tried.exact().isPresent()
        ? question.apply(tried.exact().get())
        : mirror.ask(tried.request().name(), question);
  }

  private Future<Attempt> attempt(Try tried) {
    AcquireLock request = tried.request();
    if (tried.number() == MAX_ATTEMPTS) {
      return Failure.future(CONFLICT, request.name() + " changes hands too often at present");
    }
    if (!ask(tried, view -> view.queue().agrees(request.terms()))) {
      return tried.exact().isPresent()
          ? Failure.future(CONFLICT, request.name() + " is in use on other terms")
          : exactly(tried);
    }
    boolean full =
        queue.size() >= options.maxWaiters()
            || ask(tried, view -> view.queue().waiting()) >= options.maxWaitersPerName();
    if (!request.waits() || full) {
      return send(tried, 0, Optional.empty(), full && request.waits());
    }
    return session
        .lease()
        .compose(
            lease -> {
              Waiting waiting = queue.expect();
              return send(tried, lease, Optional.of(waiting), false)
                  .onFailure(cause -> queue.forget(waiting))
                  .onSuccess(
                      attempt -> {
                        if (!isAt(waiting, attempt)) {
                          queue.forget(waiting);
                        }
                      });
            });
  }

  private static boolean isAt(Waiting waiting, Attempt attempt) {
    return attempt instanceof Queued queued && queued.granted().equals(waiting.granted().future());
  }

  private Future<Attempt> exactly(Try tried) {
    return lookup.view(tried.request().name()).compose(view -> attempt(tried.with(view)));
  }

  private Future<Attempt> send(
      Try tried, long sessionLease, Optional<Waiting> waiting, boolean full) {
    AcquireLock request = tried.request();
    List<Compare> free =
        ask(
            tried,
            view ->
                LockTxns.free(
                    request.name(),
                    request.owner(),
                    request.terms(),
                    view.queue(),
                    view.revision()));
    List<Op> enqueue = new ArrayList<>();
    if (waiting.isPresent()) {
      enqueue.add(
          new Op.Append(
              LockKeys.prefix(request.name(), Part.WAITER),
              LockValues.waiting(request, queue.node(), waiting.get().id()),
              sessionLease));
      enqueue.addAll(note(tried.once(), Once.Done.QUEUED, Map.of()));
    }
    Txn txn =
        LockTxns.acquire(
            request,
            free,
            queue.newLease(),
            clock.instant(),
            note(tried.once(), Once.Done.GRANTED, Map.of()),
            enqueue);
    long sent = nanoTime.getAsLong();
    return kv.txn(tried.guard().on(txn))
        .compose(result -> outcome(tried, result, sent, waiting, full))
        .recover(cause -> sessionEnded(tried, sessionLease, waiting, cause));
  }

  private Future<Attempt> sessionEnded(
      Try tried, long lease, Optional<Waiting> waiting, Throwable cause) {
    boolean ended = lease != 0 && Failure.of(cause).code() == FailureCode.NOT_FOUND;
    if (!ended) {
      return Future.failedFuture(cause);
    }
    session.ended(lease);
    waiting.ifPresent(queue::forget);
    return attempt(tried.next());
  }

  private Future<Attempt> outcome(
      Try tried, TxnResult result, long sent, Optional<Waiting> waiting, boolean full) {
    AcquireLock request = tried.request();
    if (result.succeeded()) {
      Holding holding = granted(request, result.results());
      return Future.succeededFuture(queue.granted(holding, sent));
    }
    OpResult.Choice choice = (OpResult.Choice) result.results().get(0);
    Optional<Stored> exclusive = entry(choice.results(), 0).map(LockValues::stored);
    Optional<Stored> own = entry(choice.results(), 1).map(LockValues::stored);
    if (choice.succeeded()) {
      Optional<Stored> mine = request.terms().mode() == LockMode.EXCLUSIVE ? exclusive : own;
      return mine.map(stored -> again(tried, stored)).orElseGet(() -> attempt(tried.next()));
    }
    Optional<Ticket> ticket = ticket(request, choice.results());
    Optional<Failure> clash = clash(request, exclusive, own);
    if (clash.isPresent()) {
      return ticket
          .map(queue::abandon)
          .orElseGet(Future::succeededFuture)
          .transform(left -> Future.failedFuture(clash.get()));
    }
    if (ticket.isPresent()) {
      return queued(ticket.get(), waiting);
    }
    boolean doubtful = request.terms().mode() == LockMode.PERMITS && tried.exact().isEmpty();
    if (doubtful && exclusive.isEmpty()) {
      return exactly(tried);
    }
    return full
        ? Failure.future(LIMITED, "too many wait for " + request.name())
        : refused(request.name(), exclusive);
  }

  private static Optional<KvEntry> entry(List<OpResult> results, int index) {
    return ((OpResult.Get) results.get(index)).result().first();
  }

  private Holding granted(AcquireLock request, List<OpResult> results) {
    OpResult token = results.get(1);
    long number =
        token instanceof OpResult.Overtake overtake
            ? overtake.token()
            : LockKeys.parse(((OpResult.Append) token).key()).number();
    return holding(request, number);
  }

  private Holding holding(AcquireLock request, long token) {
    return new Holding(
        request.name(),
        request.owner(),
        request.terms(),
        token,
        request.lease(),
        1,
        request.data(),
        clock.instant());
  }

  private static Optional<Ticket> ticket(AcquireLock request, List<OpResult> results) {
    return results.size() > 2 && results.get(2) instanceof OpResult.Append place
        ? Optional.of(
            new Ticket(request.name(), request.owner(), LockKeys.parse(place.key()).number()))
        : Optional.empty();
  }

  /** Why waiting would be in vain. */
  private static Optional<Failure> clash(
      AcquireLock request, Optional<Stored> exclusive, Optional<Stored> own) {
    Optional<Stored> other = exclusive.or(() -> own);
    if (other.isEmpty()) {
      return Optional.empty();
    }
    Holding holding = other.get().holding();
    if (holding.owner().equals(request.owner())) {
      String detail = request.owner() + " holds " + request.name() + " as " + holding.terms();
      return Optional.of(new Failure(CONFLICT, detail));
    }
    return request.terms().agreesWith(holding.terms())
        ? Optional.empty()
        : Optional.of(new Failure(CONFLICT, request.name() + " is in use as " + holding.terms()));
  }

  private Future<Attempt> queued(Ticket ticket, Optional<Waiting> waiting) {
    if (waiting.isEmpty()) {
      return queue.resume(ticket);
    }
    boolean unused = queue.taken(ticket, waiting.get());
    int position = mirror.ask(ticket.name(), view -> view.queue().position(ticket.number()));
    return Future.succeededFuture(new Queued(ticket, position, waiting.get().granted().future()));
  }

  private Future<Attempt> refused(String name, Optional<Stored> exclusive) {
    if (exclusive.isEmpty()) {
      return Future.succeededFuture(new Refused(name, Optional.empty(), Optional.empty()));
    }
    Stored stored = exclusive.get();
    return kv.lease(stored.lease())
        .map(lease -> Optional.of(lease.remaining()))
        .otherwise(Optional.empty())
        .map(left -> new Refused(name, Optional.of(stored.holding()), left));
  }

  /** The owner holds it already. */
  private Future<Attempt> again(Try tried, Stored stored) {
    AcquireLock request = tried.request();
    Holding holding = stored.holding();
    if (!holding.terms().equals(request.terms())) {
      String detail = request.owner() + " holds " + request.name() + " as " + holding.terms();
      return Failure.future(CONFLICT, detail);
    }
    Holding wanted =
        holding
            .held(request.reentrant() ? Math.addExact(holding.holds(), 1) : holding.holds())
            .renewed(request.lease(), request.data());
    return holdings
        .write(stored, wanted, tried.guard(), tried.once())
        .compose(
            written ->
                written.isPresent()
                    ? Future.<Attempt>succeededFuture(written.get())
                    : unlessDone(tried.next()));
  }

  @Override
  public Future<Granted> renew(RenewLock request, Guard guard) {
    return holdings.renew(request, guard);
  }

  @Override
  public Future<Optional<Integer>> release(ReleaseLock request, Guard guard) {
    return holdings.release(request, guard);
  }

  @Override
  public Future<Several> acquireAll(
      List<AcquireLock> requests, Map<String, Long> held, Guard guard) {
    JsonArray each = new JsonArray(requests.stream().map(AcquireLock::toJson).toList());
    Optional<Once> once = Once.of(guard, "acquire-all", new JsonObject().put("requests", each));
    return follow
        .ready()
        .compose(unused -> lookup.note(once))
        .compose(
            note ->
                note.isPresent()
                    ? Future.succeededFuture(before(requests, note.get()))
                    : allOf(requests, held, KvHoldingStore.fence(guard), once));
  }

  private Several before(List<AcquireLock> requests, Once.Note note) {
    return new Several(
        requests.stream()
            .map(each -> new Granted(holding(each, note.token(each.name())), Duration.ZERO))
            .toList(),
        Optional.empty());
  }

  private Future<Several> allOf(
      List<AcquireLock> requests, Map<String, Long> held, Guard guard, Optional<Once> once) {
    List<Compare> all = new ArrayList<>();
    List<Op> steps = new ArrayList<>();
    List<Op> look = new ArrayList<>();
    for (AcquireLock request : requests) {
      boolean has = held.containsKey(request.name());
      List<Compare> free = has ? LockTxns.held(request) : freeNow(request);
      all.addAll(free);
      look.add(new Op.Choice(free, List.of(), List.of()));
      look.add(Op.get(LockKeys.exclusive(request.name())));
      if (!has) {
        steps.addAll(
            LockTxns.grant(request.name(), Place.none(request), queue.newLease(), clock.instant()));
      }
    }
    steps.addAll(note(once, Once.Done.GRANTED, held));
    long sent = nanoTime.getAsLong();
    return kv.txn(guard.on(new Txn(all, steps, look, Optional.empty(), "")))
        .map(
            result ->
                result.succeeded()
                    ? all(requests, held, result.results(), sent)
                    : firstRefused(requests, result.results()));
  }

  private List<Compare> freeNow(AcquireLock request) {
    return mirror.ask(
        request.name(),
        view ->
            LockTxns.free(
                request.name(), request.owner(), request.terms(), view.queue(), view.revision()));
  }

  private Several all(
      List<AcquireLock> requests, Map<String, Long> held, List<OpResult> results, long sent) {
    List<Granted> granted = new ArrayList<>();
    int at = 0;
    for (AcquireLock request : requests) {
      if (!held.containsKey(request.name())) {
        granted.add(queue.granted(granted(request, results.subList(at, at + 3)), sent));
        at += 3;
      }
    }
    return new Several(granted, Optional.empty());
  }

  private static Several firstRefused(List<AcquireLock> requests, List<OpResult> results) {
    for (int i = 0; i < requests.size(); i++) {
      if (!((OpResult.Choice) results.get(2 * i)).succeeded()) {
        Optional<Holding> holder =
            entry(results, 2 * i + 1).map(LockValues::stored).map(Stored::holding);
        String name = requests.get(i).name();
        return new Several(
            List.of(), Optional.of(new Refused(name, holder, Optional.<Duration>empty())));
      }
    }
    throw new IllegalStateException("all locks are free, yet not granted");
  }

  @Override
  public Future<Void> leave(Ticket ticket) {
    return queue.abandon(ticket);
  }

  @Override
  public Future<LockState> inspect(String name) {
    return lookup.inspect(name);
  }

  @Override
  public Future<List<LockState>> list(String prefix, String after, int limit) {
    return lookup.list(prefix, after, limit);
  }

  @Override
  public Future<LockService.Watch> watch(String name, boolean isPrefix, long fromRevision) {
    return lookup.watch(name, isPrefix, fromRevision);
  }
}
