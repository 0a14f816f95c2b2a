package io.vertebra.lock;

import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.lock.LockDocument.Held;
import io.vertebra.lock.LockDocumentStore.Change;
import io.vertebra.lock.LockDocumentStore.Moment;
import io.vertebra.lock.LockDocumentStore.Stored;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Locks as documents of a backend that can replace one only if it is as it was read. A step reads,
 * lets a {@link LockBoard} judge, and writes; if somebody else was faster it begins anew.
 *
 * <p>Weaker than the kv backend: a fence is refused with {@code INVALID}, since its lock is known
 * elsewhere; so is an idempotency key of a reentrant request, where a repetition would count. At
 * most {@value #MAX_WAITERS} wait for a name. The cursor of a watch over several names may miss
 * what was being written while it was taken.
 */
final class DocumentLockStore implements LockStore {
  private static final int ATTEMPTS = 40;
  private static final int MAX_PAUSE_MS = 20;
  private static final int MAX_WAITERS = 500;

  /** How long a free lock's events are kept for those who watch. */
  private static final long KEEP_MS = 60_000;

  private final Vertx vertx;
  private final LockDocumentStore documents;
  private final LockOptions options;
  private final String node;
  private final LongSupplier nanoTime;
  private final Consumer<LockEvent> announcer;
  private final TurnJob turns;
  private final WaitJob waiting;
  private Runnable unfollow = () -> {};

  /**
   * @param announcer told of what this node wrote
   */
  DocumentLockStore(
      Vertx vertx,
      LockDocumentStore documents,
      LockOptions options,
      String node,
      LongSupplier nanoTime,
      Consumer<LockEvent> announcer) {
    this.vertx = vertx;
    this.documents = documents;
    this.options = options;
    this.node = node;
    this.nanoTime = nanoTime;
    this.announcer = announcer;
    this.turns = new TurnJob(nanoTime);
    this.waiting = new WaitJob(vertx, this::attend, documents::sweep);
  }

  void start() {
    waiting.start();
    unfollow = documents.follow(waiting::changed);
  }

  void stop() {
    unfollow.run();
    waiting.stop();
  }

  /** How many wait on this node. */
  int waiters() {
    return waiting.size();
  }

  /** Tokens of a backend outside are none of the store that judges fences. */
  @Override
  public String fence(Holding holding) {
    return Fence.FOREIGN + holding.name() + "@" + holding.token();
  }

  @Override
  public Future<Attempt> acquire(AcquireLock request, Guard guard) {
    if (request.waits() && waiting.size() >= options.maxWaiters()) {
      return Failure.future(LIMITED, "too many wait on this node");
    }
    return accept(guard, request.reentrant())
        .compose(accepted -> step(request.name(), board -> attempt(request, board)))
        .map(
            done -> {
              Attempt attempt = done.result();
              if (attempt instanceof Queued queued) {
                return new Queued(
                    queued.ticket(), queued.position(), waiting.place(queued.ticket()));
              }
              return attempt instanceof Granted granted
                  ? new Granted(granted.holding(), safe(granted.safe(), done.begun()))
                  : attempt;
            });
  }

  private Attempt attempt(AcquireLock request, LockBoard board) {
    Optional<Held> held = board.grant(request);
    if (held.isPresent()) {
      return new Granted(held.get().holding(), board.left(held.get()));
    }
    if (!request.waits()) {
      Optional<Held> other = board.anyHeld();
      return new Refused(request.name(), other.map(Held::holding), other.map(board::left));
    }
    int most = Math.min(MAX_WAITERS, options.maxWaitersPerName());
    long number = board.enter(request, node, options.session(), most);
    Ticket ticket = new Ticket(request.name(), request.owner(), number);
    return new Queued(ticket, board.position(number), Future.failedFuture("not waited for yet"));
  }

  @Override
  public Future<Several> acquireAll(
      List<AcquireLock> requests, Map<String, Long> held, Guard guard) {
    return accept(guard, false).compose(accepted -> several(requests, held, ATTEMPTS));
  }

  private Future<Several> several(
      List<AcquireLock> requests, Map<String, Long> held, int attempts) {
    List<AcquireLock> wanted =
        requests.stream().filter(request -> !held.containsKey(request.name())).toList();
    long begun = nanoTime.getAsLong();
    return documents
        .read(requests.stream().map(AcquireLock::name).toList())
        .compose(
            moment -> {
              List<Change> changes = new ArrayList<>();
              List<Granted> granted = new ArrayList<>();
              for (AcquireLock request : wanted) {
                Stored before = named(moment, request.name());
                LockBoard board = board(before, moment);
                Optional<Held> got = board.grant(request);
                if (got.isEmpty()) {
                  Optional<Held> other = board.anyHeld();
                  Refused refused =
                      new Refused(request.name(), other.map(Held::holding), other.map(board::left));
                  return Future.succeededFuture(new Several(List.of(), Optional.of(refused)));
                }
                granted.add(new Granted(got.get().holding(), safe(board.left(got.get()), begun)));
                changes.add(change(before, board.after(), moment));
              }
              return documents
                  .write(changes, moment.now())
                  .compose(
                      written ->
                          written
                              ? written(changes, new Several(granted, Optional.empty()))
                              : retry(attempts, () -> several(requests, held, attempts - 1)));
            });
  }

  private static Stored named(Moment moment, String name) {
    return moment.stored().stream()
        .filter(stored -> stored.name().equals(name))
        .findFirst()
        .orElse(new Stored(name, LockDocument.EMPTY, 0));
  }

  @Override
  public Future<Granted> renew(RenewLock request, Guard guard) {
    return accept(guard, false)
        .compose(
            accepted ->
                step(
                    request.name(),
                    board -> {
                      Held held = board.renew(request);
                      return new Granted(held.holding(), board.left(held));
                    }))
        .map(
            done -> new Granted(done.result().holding(), safe(done.result().safe(), done.begun())));
  }

  @Override
  public Future<Optional<Integer>> release(ReleaseLock request, Guard guard) {
    return accept(guard, false)
        .compose(accepted -> step(request.name(), board -> board.release(request)))
        .map(done -> optional(done.result()));
  }

  private static Optional<Integer> optional(OptionalInt holds) {
    return holds.isPresent() ? Optional.of(holds.getAsInt()) : Optional.empty();
  }

  @Override
  public Future<Void> leave(Ticket ticket) {
    waiting.forget(ticket);
    return step(
            ticket.name(),
            board -> {
              board.leave(ticket.number());
              return ticket;
            })
        .mapEmpty();
  }

  @Override
  public Future<LockState> inspect(String name) {
    return documents
        .read(List.of(name))
        .map(moment -> named(moment, name).state(moment.now(), true));
  }

  @Override
  public Future<List<LockState>> list(String prefix, String after, int limit) {
    return list(prefix, after, limit, new ArrayList<>());
  }

  private Future<List<LockState>> list(
      String prefix, String after, int limit, List<LockState> found) {
    return documents
        .list(prefix, after, limit)
        .compose(
            moment -> {
              for (Stored stored : moment.stored()) {
                LockState state = stored.state(moment.now(), false);
                if (!state.holders().isEmpty() && found.size() < limit) {
                  found.add(state);
                }
              }
              boolean more = moment.stored().size() == limit && found.size() < limit;
              return more
                  ? list(prefix, moment.stored().get(limit - 1).name(), limit, found)
                  : Future.succeededFuture(List.copyOf(found));
            });
  }

  @Override
  public Future<LockService.Watch> watch(String name, boolean isPrefix, long fromRevision) {
    WatchJob watch = new WatchJob(vertx, documents, waiting, this::settle, name, isPrefix);
    return watch.open(fromRevision).map(opened -> watch);
  }

  /** Lets the time do what it does to a name. */
  private Future<Void> settle(String name) {
    return step(name, board -> name).mapEmpty();
  }

  /** Sees after the places of this node in a queue; how they stand. */
  private Future<WaitJob.Standing> attend(String name, List<Ticket> tickets) {
    return step(
            name,
            board -> {
              WaitJob.Standing standing = new WaitJob.Standing(board.untilNext());
              for (Ticket ticket : tickets) {
                board.attend(ticket.number(), options.session());
                board
                    .servedTo(ticket.number())
                    .ifPresentOrElse(
                        held ->
                            standing.serve(ticket, new Granted(held.holding(), board.left(held))),
                        () -> standing.stand(ticket, board.position(ticket.number())));
              }
              return standing;
            })
        .map(done -> done.result().later(since(done.begun())));
  }

  private static Future<Void> accept(Guard guard, boolean counts) {
    if (guard.fence().isPresent()) {
      return Future.failedFuture(
          Failure.invalid("/fence", "is not judged by this backend of locks"));
    }
    return counts && !guard.idempotencyKey().isEmpty()
        ? Future.failedFuture(
            Failure.invalid(
                "/idempotencyKey", "of a reentrant request is not kept by this backend"))
        : Future.succeededFuture();
  }

  /** What a step came to, and when it began, by the clock of this node. */
  private record Done<T>(T result, long begun) {}

  private <T> Future<Done<T>> step(String name, Function<LockBoard, T> asked) {
    return turns.take(name, () -> step(name, asked, ATTEMPTS));
  }

  private <T> Future<Done<T>> step(String name, Function<LockBoard, T> asked, int attempts) {
    long begun = nanoTime.getAsLong();
    return documents
        .read(List.of(name))
        .compose(
            moment -> {
              Stored before = named(moment, name);
              LockBoard board = board(before, moment);
              Done<T> done = new Done<>(asked.apply(board), begun);
              if (!board.isChanged()) {
                return Future.succeededFuture(done);
              }
              Change change = change(before, board.after(), moment);
              return documents
                  .write(List.of(change), moment.now())
                  .compose(
                      written ->
                          written
                              ? written(List.of(change), done)
                              : retry(attempts, () -> step(name, asked, attempts - 1)));
            });
  }

  private <T> Future<T> written(List<Change> changes, T result) {
    for (Change change : changes) {
      waiting.changed(change.before().name());
      change.after().events().stream()
          .filter(event -> event.revision() == change.revision())
          .forEach(announcer);
    }
    return Future.succeededFuture(result);
  }

  private <T> Future<T> retry(int attempts, java.util.function.Supplier<Future<T>> next) {
    if (attempts == 0) {
      return Failure.future(UNAVAILABLE, "others change this lock too fast");
    }
    int pause = 1 + ThreadLocalRandom.current().nextInt(MAX_PAUSE_MS);
    return vertx.timer(pause, TimeUnit.MILLISECONDS).compose(unused -> next.get());
  }

  private static LockBoard board(Stored before, Moment moment) {
    return new LockBoard(before.name(), before.document(), moment.now(), moment.revision());
  }

  private static Change change(Stored before, LockDocument after, Moment moment) {
    long keep = Math.max(0, after.lastUntil() - moment.now()) + KEEP_MS;
    return new Change(before, after, moment.revision(), keep);
  }

  private Duration safe(Duration left, long begun) {
    return left.minus(since(begun));
  }

  private Duration since(long begun) {
    return Duration.ofNanos(nanoTime.getAsLong() - begun);
  }
}
