package io.vertebra.session;

import static io.vertebra.api.FailureCode.FENCED;

import io.vertebra.api.Failure;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Sessions of one process, for tests: the same promises but that they last. */
final class InMemorySessionStore implements SessionStore {
  private final Clock clock;
  private final Duration touch;
  private final Map<String, Held> sessions = new TreeMap<>();
  private final Map<String, Long> fences = new HashMap<>();
  private final Map<String, Removal> removals = new HashMap<>();
  private long stamps;

  private record Held(Kept kept, long untilMs) {}

  /**
   * @param touch how long touches may be left untold
   */
  InMemorySessionStore(Clock clock, Duration touch) {
    this.clock = clock;
    this.touch = touch;
  }

  @Override
  public synchronized Future<Boolean> create(
      String handle, StoredSession session, Optional<Fence> fence) {
    return under(fence, () -> present(handle).isEmpty() && put(handle, session));
  }

  @Override
  public synchronized Future<Optional<Kept>> find(String handle) {
    return Future.succeededFuture(present(handle));
  }

  @Override
  public synchronized Future<Boolean> touch(Kept found) {
    Optional<Kept> present = present(found.handle());
    present.ifPresent(kept -> sessions.put(kept.handle(), new Held(kept, until(kept.session()))));
    return Future.succeededFuture(present.isPresent());
  }

  @Override
  public synchronized Future<Boolean> replace(
      Kept found, StoredSession session, Optional<Fence> fence) {
    return under(fence, () -> isSame(found) && put(found.handle(), session));
  }

  @Override
  public synchronized Future<Boolean> move(
      Kept found, String handle, StoredSession session, Optional<Fence> fence) {
    return under(
        fence,
        () -> {
          if (!isSame(found) || present(handle).isPresent()) {
            return false;
          }
          sessions.remove(found.handle());
          return put(handle, session);
        });
  }

  @Override
  public synchronized Future<Removal> remove(String handle, Guard guard) {
    String key = guard.idempotencyKey();
    if (removals.containsKey(key)) {
      return Future.succeededFuture(removals.get(key));
    }
    return under(guard.fence(), () -> present(handle).isPresent())
        .map(
            there -> {
              if (there) {
                sessions.remove(handle);
              }
              if (!key.isEmpty()) {
                removals.put(key, new Removal(there, true));
              }
              return new Removal(there, false);
            });
  }

  @Override
  public synchronized Future<Part> list(ListSessions request) {
    List<Kept> all = new ArrayList<>();
    for (String handle : List.copyOf(sessions.keySet())) {
      present(handle)
          .filter(kept -> request.cursor().map(last -> handle.compareTo(last) > 0).orElse(true))
          .filter(kept -> request.principal().map(kept.session().principal()::equals).orElse(true))
          .ifPresent(all::add);
    }
    boolean more = all.size() > request.limit();
    List<Kept> items = more ? all.subList(0, request.limit()) : all;
    return Future.succeededFuture(
        new Part(
            items, more ? Optional.of(items.get(items.size() - 1).handle()) : Optional.empty()));
  }

  private Future<Boolean> under(Optional<Fence> fence, Supplier<Boolean> step) {
    if (fence.isPresent()) {
      long known = fences.getOrDefault(fence.get().lock(), 0L);
      if (fence.get().token() < known) {
        return Failure.future(FENCED, "token " + known + " of the lock was seen");
      }
      fences.put(fence.get().lock(), fence.get().token());
    }
    return Future.succeededFuture(step.get());
  }

  private Optional<Kept> present(String handle) {
    Held held = sessions.get(handle);
    if (held != null && held.untilMs() <= clock.millis()) {
      sessions.remove(handle);
      return Optional.empty();
    }
    return Optional.ofNullable(held).map(Held::kept);
  }

  private boolean isSame(Kept found) {
    return present(found.handle()).filter(kept -> kept.stamp().equals(found.stamp())).isPresent();
  }

  private boolean put(String handle, StoredSession session) {
    Kept kept = new Kept(handle, session, Long.toString(++stamps));
    sessions.put(handle, new Held(kept, until(session)));
    return true;
  }

  private long until(StoredSession session) {
    return clock.millis() + session.idleMs() + touch.toMillis();
  }
}
