package io.vertebra.session;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.kv.Guard;
import io.vertebra.session.SessionStore.Kept;
import io.vertebra.session.StoredSession.Done;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The rules of sessions over a {@link SessionStore}. Stateless: any thread may call it. */
final class StoredSessionService implements SessionService {
  /** How often a change is tried while others change the session at the same time. */
  private static final int ATTEMPTS = 256;

  private final SessionStore store;
  private final SessionOptions options;
  private final Clock clock;
  private final Consumer<SessionEvent> announcer;

  /**
   * @param announcer told of what this node does to sessions
   */
  StoredSessionService(
      SessionStore store, SessionOptions options, Clock clock, Consumer<SessionEvent> announcer) {
    this.store = store;
    this.options = options;
    this.clock = clock;
    this.announcer = announcer;
  }

  @Override
  public Future<OpenedSession> create(CreateSession request, Guard guard) {
    return Future.succeededFuture()
        .compose(
            begun -> {
              requireRepeatable(guard, request.id());
              Once once = new Once(guard, "create", request.toJson());
              return create(request, guard, once, request.id().orElseGet(SessionId::random));
            });
  }

  private Future<OpenedSession> create(
      CreateSession request, Guard guard, Once once, SessionId id) {
    long now = clock.millis();
    StoredSession created =
        once.mark(
            new StoredSession(
                request.principal().orElse(""),
                now,
                now + request.absolute().orElse(options.absolute()).toMillis(),
                request.idle().orElse(options.idle()).toMillis(),
                1,
                merged(new JsonObject(), request.attributes()),
                List.of()));
    return store
        .create(id.handle(), created, guard.fence())
        .compose(
            done -> {
              if (done) {
                return Future.succeededFuture(opened(id, created, false));
              }
              return request.id().isEmpty()
                  ? create(request, guard, once, SessionId.random())
                  : repeated(id, once);
            });
  }

  /** What an earlier request of the same key did to a session whose id it chose. */
  private Future<OpenedSession> repeated(SessionId id, Once once) {
    return live(id.handle())
        .compose(
            found ->
                found.flatMap(kept -> once.in(kept.session())).isEmpty()
                    ? Failure.future(CONFLICT, "a session has this id")
                    : Future.succeededFuture(opened(id, found.get().session(), true)));
  }

  @Override
  public Future<Session> get(SessionId id) {
    return touched(id).map(kept -> kept.session().session(kept.handle()));
  }

  @Override
  public Future<Void> touch(SessionId id) {
    return touched(id).mapEmpty();
  }

  private Future<Kept> touched(SessionId id) {
    return required(id.handle())
        .compose(kept -> store.touch(kept).compose(there -> there ? kept(kept) : gone()));
  }

  private static Future<Kept> kept(Kept kept) {
    return Future.succeededFuture(kept);
  }

  @Override
  public Future<ChangedSession> merge(MergeSession request, Guard guard) {
    String handle = request.id().handle();
    Once once = new Once(guard, "merge", request.toJson());
    return changing(handle, ATTEMPTS, kept -> merge(kept, request, guard, once));
  }

  private Future<Optional<ChangedSession>> merge(
      Kept kept, MergeSession request, Guard guard, Once once) {
    StoredSession before = kept.session();
    Optional<Done> done = once.in(before);
    if (done.isPresent()) {
      return Future.succeededFuture(
          Optional.of(new ChangedSession(kept.handle(), done.get().revision(), true)));
    }
    StoredSession after =
        once.mark(
            before.changed(
                merged(before.attributes(), request.attributes()),
                request.principal().orElse(before.principal())));
    return store
        .replace(kept, after, guard.fence())
        .map(
            written ->
                written
                    ? Optional.of(new ChangedSession(kept.handle(), after.revision(), false))
                    : Optional.empty());
  }

  @Override
  public Future<OpenedSession> rotate(RotateSession request, Guard guard) {
    return Future.succeededFuture()
        .compose(
            begun -> {
              requireRepeatable(guard, request.next());
              Once once = new Once(guard, "rotate", request.toJson());
              SessionId next = request.next().orElseGet(SessionId::random);
              return changing(
                      request.id().handle(),
                      ATTEMPTS,
                      kept -> rotate(kept, request, guard, once, next))
                  .recover(cause -> rotatedBefore(cause, next, once));
            });
  }

  private Future<Optional<OpenedSession>> rotate(
      Kept kept, RotateSession request, Guard guard, Once once, SessionId next) {
    StoredSession before = kept.session();
    StoredSession after =
        once.mark(
            before.changed(
                merged(before.attributes(), request.attributes()),
                request.principal().orElse(before.principal())));
    return store
        .move(kept, next.handle(), after, guard.fence())
        .compose(moved -> moved ? rotated(kept, next, after) : requireFree(next));
  }

  private Future<Optional<OpenedSession>> rotated(Kept kept, SessionId next, StoredSession after) {
    announcer.accept(
        new SessionEvent(
            SessionEvent.Type.ROTATED, next.handle(), after.owner(), Optional.of(kept.handle())));
    return Future.succeededFuture(Optional.of(opened(next, after, false)));
  }

  private Future<Optional<OpenedSession>> requireFree(SessionId next) {
    return live(next.handle())
        .compose(
            other ->
                other.isPresent()
                    ? Failure.future(CONFLICT, "a session has the new id")
                    : Future.succeededFuture(Optional.empty()));
  }

  /** The old id is gone if an earlier request of the same key was done. */
  private Future<OpenedSession> rotatedBefore(Throwable cause, SessionId next, Once once) {
    return once.isAny() && Failure.of(cause).code() == NOT_FOUND
        ? live(next.handle())
            .compose(
                found ->
                    found.flatMap(kept -> once.in(kept.session())).isEmpty()
                        ? Future.failedFuture(cause)
                        : Future.succeededFuture(opened(next, found.get().session(), true)))
        : Future.failedFuture(cause);
  }

  @Override
  public Future<Void> invalidate(SessionId id, Guard guard) {
    return end(id.handle(), guard);
  }

  @Override
  public Future<Void> end(String handle, Guard guard) {
    return live(handle)
        .compose(
            found ->
                store
                    .remove(handle, guard)
                    .compose(
                        removal -> {
                          if (removal.done() && !removal.replayed()) {
                            announce(SessionEvent.Type.INVALIDATED, handle, found);
                          }
                          return removal.done() ? Future.succeededFuture() : gone();
                        }));
  }

  @Override
  public Future<Integer> endAll(EndSessions request, Guard guard) {
    Guard fence = new Guard(guard.fence(), "");
    return endAll(request, fence, ListSessions.of(request.principal()), 0);
  }

  private Future<Integer> endAll(
      EndSessions request, Guard guard, ListSessions asked, int endedBefore) {
    return store
        .list(asked)
        .compose(
            part -> {
              List<Future<Integer>> ends =
                  part.items().stream()
                      .map(Kept::handle)
                      .filter(handle -> !request.except().equals(Optional.of(handle)))
                      .map(handle -> endIfThere(handle, guard))
                      .toList();
              return Future.join(ends)
                  .compose(
                      all -> {
                        int ended =
                            endedBefore
                                + all.<Integer>list().stream().mapToInt(Integer::intValue).sum();
                        return part.next()
                            .map(next -> endAll(request, guard, asked.after(next), ended))
                            .orElse(Future.succeededFuture(ended));
                      });
            });
  }

  private Future<Integer> endIfThere(String handle, Guard guard) {
    return end(handle, guard)
        .map(1)
        .recover(
            cause ->
                Failure.of(cause).code() == NOT_FOUND
                    ? Future.succeededFuture(0)
                    : Future.failedFuture(cause));
  }

  @Override
  public Future<SessionPage> list(ListSessions request) {
    return store
        .list(request)
        .map(
            part ->
                new SessionPage(
                    part.items().stream()
                        .filter(kept -> !kept.session().isOver(clock.millis()))
                        .map(kept -> kept.session().session(kept.handle()).summary())
                        .toList(),
                    part.next()));
  }

  @Override
  public Future<SessionSummary> show(String handle) {
    return required(handle).map(kept -> kept.session().session(handle).summary());
  }

  /** Tries a change until nobody else changed the session meanwhile. */
  private <T> Future<T> changing(
      String handle, int attempts, Function<Kept, Future<Optional<T>>> change) {
    if (attempts == 0) {
      return Failure.future(CONFLICT, "others changed the session all the time");
    }
    return required(handle)
        .compose(change)
        .compose(
            done ->
                done.map(Future::succeededFuture)
                    .orElseGet(() -> changing(handle, attempts - 1, change)));
  }

  private Future<Kept> required(String handle) {
    return live(handle)
        .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> gone()));
  }

  /** A session that is there; one whose time is over goes by this. */
  private Future<Optional<Kept>> live(String handle) {
    return store
        .find(handle)
        .compose(
            found ->
                found.isPresent() && found.get().session().isOver(clock.millis())
                    ? store
                        .remove(handle, Guard.NONE)
                        .map(
                            removal -> {
                              if (removal.done()) {
                                announce(SessionEvent.Type.EXPIRED, handle, found);
                              }
                              return Optional.empty();
                            })
                    : Future.succeededFuture(found));
  }

  private void announce(SessionEvent.Type type, String handle, Optional<Kept> found) {
    announcer.accept(SessionEvent.of(type, handle, found.flatMap(kept -> kept.session().owner())));
  }

  private JsonObject merged(JsonObject present, JsonObject changes) {
    return Attributes.checked(Attributes.merge(present, changes), options);
  }

  private static OpenedSession opened(SessionId id, StoredSession session, boolean replayed) {
    return new OpenedSession(id, session.session(id.handle()), replayed);
  }

  private static <T> Future<T> gone() {
    return Failure.future(NOT_FOUND, "there is no such session, or not any more");
  }

  private static void requireRepeatable(Guard guard, Optional<SessionId> chosen) {
    if (!guard.idempotencyKey().isEmpty() && chosen.isEmpty()) {
      throw Failure.invalid(
          "/idempotencyKey", "needs an id of the caller's own: one of ours is told once");
    }
  }
}
