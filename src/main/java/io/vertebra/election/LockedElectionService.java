package io.vertebra.election;

import io.vertebra.api.Feed;
import io.vertebra.kv.Guard;
import io.vertebra.lock.Holding;
import io.vertebra.lock.LockEvent;
import io.vertebra.lock.LockGrant;
import io.vertebra.lock.LockService;
import io.vertebra.lock.LockState;
import io.vertebra.lock.Released;
import io.vertebra.lock.WatchLocks;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Elections as locks: who holds the lock leads. Stateless: any thread may call it. */
final class LockedElectionService implements ElectionService {
  private final LockService locks;

  LockedElectionService(LockService locks) {
    this.locks = locks;
  }

  @Override
  public Future<Elected> campaign(Campaign request, Guard guard, Future<Void> gone) {
    return locks.acquire(request.lock(), guard, gone).map(grant -> elected(request.name(), grant));
  }

  @Override
  public Future<Elected> proclaim(Proclaim request, Guard guard) {
    return locks.renew(request.lock(), guard).map(grant -> elected(request.name(), grant));
  }

  @Override
  public Future<Boolean> resign(Resign request, Guard guard) {
    return locks.release(request.lock(), guard).map(Released::released);
  }

  @Override
  public Future<ElectionState> leader(String name) {
    return locks.inspect(ElectionNames.lock(name)).map(state -> state(name, state));
  }

  @Override
  public Future<Feed> observe(String name, long fromRevision) {
    WatchLocks request = new WatchLocks(ElectionNames.lock(name), false, fromRevision);
    return locks.watch(request).map(watch -> new Observation(name, watch, fromRevision == 0));
  }

  private static Elected elected(String name, LockGrant grant) {
    return new Elected(
        leader(name, grant.holding()),
        grant.fence(),
        grant.expiresAt(),
        grant.safe(),
        grant.waited());
  }

  private static Leader leader(String name, Holding holding) {
    return new Leader(name, holding.owner(), holding.token(), holding.data(), holding.since());
  }

  private static ElectionState state(String name, LockState state) {
    return new ElectionState(
        name,
        state.holders().stream().findFirst().map(holding -> leader(name, holding)),
        state.waiters().stream().map(waiter -> waiter.owner()).toList(),
        state.revision());
  }

  /** Who leads, told each time it changes. */
  private final class Observation implements Feed {
    private final String name;
    private final LockService.Watch watch;
    private boolean first;

    Observation(String name, LockService.Watch watch, boolean first) {
      this.name = name;
      this.watch = watch;
      this.first = first;
    }

    @Override
    public Future<JsonObject> next() {
      if (first) {
        first = false;
        return told(watch.told());
      }
      return watch
          .next()
          .compose(
              batch ->
                  batch.events().isEmpty() || batch.events().stream().anyMatch(this::matters)
                      ? told(batch.revision())
                      : next());
    }

    private Future<JsonObject> told(long revision) {
      return leader(name).map(state -> state.toJson().put("revision", revision));
    }

    private boolean matters(LockEvent event) {
      return event.type() != LockEvent.Type.WAITING && event.type() != LockEvent.Type.LEFT;
    }

    @Override
    public JsonObject idle() {
      return new JsonObject().put("name", name).put("revision", watch.told());
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
