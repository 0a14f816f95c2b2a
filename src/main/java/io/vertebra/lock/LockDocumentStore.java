package io.vertebra.lock;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a backend must do so that {@link DocumentLockStore} keeps locks in it. */
interface LockDocumentStore {

  /** Reads some, and reserves numbers for the step that follows. */
  Future<Moment> read(List<String> names);

  /**
   * Replaces documents, all or none.
   *
   * @param now by the moment at which they were read
   * @return false if one is not any more as it was read; nothing was done then
   */
  Future<Boolean> write(List<Change> changes, long now);

  /**
   * Reads those of a prefix in the order of names.
   *
   * @param after the name after which to begin; empty for the first
   */
  Future<Moment> list(String prefix, String after, int limit);

  /** Removes some of those that nobody needed for a while. */
  Future<Void> sweep();

  /**
   * Has changes told, as far as the backend can.
   *
   * @param changed given the name; empty when any may have changed unheard
   * @return what ends it
   */
  Runnable follow(Consumer<String> changed);

  /**
   * What was read.
   *
   * @param now by the backend's clock, in ms since 1970
   * @param revision from which on {@link LockBoard#NUMBERS} numbers are nobody else's, greater than
   *     all that was written before into what was read; 0 of a list
   */
  record Moment(long now, long revision, List<Stored> stored) {}

  /**
   * A document.
   *
   * @param version the revision of the step that wrote it; 0 if it is not there
   */
  record Stored(String name, LockDocument document, long version) {

    /** What it says at a time; whom the time would serve still waits. */
    LockState state(long now, boolean withWaiters) {
      List<Holding> holders =
          document.holders().stream()
              .filter(held -> held.until() > now)
              .map(LockDocument.Held::holding)
              .toList();
      List<LockState.Waiter> waiters = new ArrayList<>();
      for (LockDocument.Waits waits : document.waiters()) {
        if (waits.until() > now) {
          waiters.add(waits.shown(waiters.size() + 1));
        }
      }
      return new LockState(
          name, holders, withWaiters ? waiters : List.of(), waiters.size(), version);
    }
  }

  /**
   * A document and the next one.
   *
   * @param keepMs how long it is needed at least
   */
  record Change(Stored before, LockDocument after, long revision, long keepMs) {}
}
