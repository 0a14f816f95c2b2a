package io.vertebra.lock;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.WatchRequest;
import io.vertebra.lock.LockKeys.Part;
import io.vertebra.lock.LockQueue.Place;
import io.vertebra.lock.LockValues.Stored;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads locks from the kv store, and follows them. */
final class LockLookupService {
  private static final int PART = 500;
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  private final KvService kv;

  LockLookupService(KvService kv) {
    this.kv = kv;
  }

  /**
   * What an owner holds of a name.
   *
   * @param locally whether an answer that may be old will do
   */
  Future<Optional<Stored>> holder(String name, String owner, boolean locally) {
    return one(LockKeys.exclusive(name), locally)
        .compose(
            exclusive ->
                exclusive.isPresent() && exclusive.get().holding().owner().equals(owner)
                    ? Future.succeededFuture(exclusive)
                    : one(LockKeys.owner(name, owner), locally));
  }

  /** Who holds a name exclusively. */
  Future<Optional<Stored>> exclusive(String name) {
    return one(LockKeys.exclusive(name), false);
  }

  private Future<Optional<Stored>> one(Bytes key, boolean locally) {
    RangeRequest request = RangeRequest.one(key);
    return kv.range(locally ? request.locally() : request)
        .map(result -> result.first().map(LockValues::stored));
  }

  /** What was noted of a request that is to be done once. */
  Future<Optional<Once.Note>> note(Optional<Once> once) {
    return once.isEmpty()
        ? Future.succeededFuture(Optional.empty())
        : kv.get(once.get().key()).map(entry -> entry.map(once.get()::read));
  }

  /** The queue of a name, read now. */
  Future<LockMirror.View> view(String name) {
    return kv.all(LockKeys.of(name))
        .map(
            result -> {
              LockMirror read = new LockMirror();
              LockMirror.News unused = read.load(result.entries(), result.revision());
              return read.ask(name, view -> view);
            });
  }

  Future<LockState> inspect(String name) {
    return kv.all(LockKeys.of(name))
        .map(result -> state(name, result.entries(), result.revision(), true));
  }

  private static LockState state(
      String name, List<KvEntry> entries, long revision, boolean withWaiters) {
    List<Holding> holders = new ArrayList<>();
    List<LockState.Waiter> waiters = new ArrayList<>();
    int waiting = 0;
    for (KvEntry entry : entries) {
      Part part = LockKeys.parse(entry.key()).part();
      if (part == Part.EXCLUSIVE || part == Part.OWNER) {
        holders.add(LockValues.stored(entry).holding());
      } else if (part == Part.WAITER) {
        waiting++;
        if (withWaiters && waiting <= LockState.MAX_SHOWN) {
          Place place = LockValues.place(entry);
          waiters.add(new LockState.Waiter(place.owner(), place.terms(), waiting, place.node()));
        }
      }
    }
    holders.sort(Comparator.comparingLong(Holding::token));
    int shown = Math.min(holders.size(), LockState.MAX_SHOWN);
    return new LockState(name, holders.subList(0, shown), waiters, waiting, revision);
  }

  Future<List<LockState>> list(String prefix, String after, int limit) {
    KeyRange all = LockKeys.below(prefix);
    Bytes from = after.isEmpty() ? all.from() : LockKeys.after(after);
    boolean before = from.compareTo(all.from()) < 0;
    KeyRange rest = new KeyRange(before ? all.from() : from, all.to());
    return gather(rest, limit, new ArrayList<>());
  }

  /**
   * Reads on until there are enough names. What is cut off at the end of a part is read again with
   * the next one; of a name with more entries than a part the first ones are told.
   */
  private Future<List<LockState>> gather(KeyRange range, int limit, List<LockState> names) {
    return kv.range(RangeRequest.all(range).limited(PART))
        .compose(
            result -> {
              Bytes next = group(result, names);
              return !result.more() || names.size() >= limit
                  ? Future.succeededFuture(
                      List.copyOf(names.subList(0, Math.min(limit, names.size()))))
                  : gather(new KeyRange(next, range.to()), limit, names);
            });
  }

  /** Adds the names of a part; the key at which the next one begins. */
  private static Bytes group(RangeResult result, List<LockState> names) {
    List<KvEntry> entries = new ArrayList<>();
    String name = "";
    int groups = 0;
    for (KvEntry entry : result.entries()) {
      String of = LockKeys.parse(entry.key()).name();
      if (!of.equals(name) && !entries.isEmpty()) {
        add(names, name, entries, result.revision());
        entries.clear();
        groups++;
      }
      name = of;
      entries.add(entry);
    }
    boolean cut = result.more() && groups > 0;
    if (!cut && !entries.isEmpty()) {
      add(names, name, entries, result.revision());
      return LockKeys.after(name);
    }
    return entries.isEmpty() ? Bytes.EMPTY : LockKeys.of(name).from();
  }

  private static void add(
      List<LockState> names, String name, List<KvEntry> entries, long revision) {
    LockState state = state(name, entries, revision, false);
    if (!state.holders().isEmpty()) {
      names.add(state);
    }
  }

  Future<LockService.Watch> watch(String name, boolean isPrefix, long fromRevision) {
    KeyRange range = isPrefix ? LockKeys.below(name) : LockKeys.of(name);
    return kv.watch(new WatchRequest(range, fromRevision, true, PROGRESS)).map(Followed::new);
  }

  /** A watch of the store as one of locks. */
  private static final class Followed implements LockService.Watch {
    private final KvWatch watch;
    private volatile long told;

    Followed(KvWatch watch) {
      this.watch = watch;
      this.told = watch.fromRevision() - 1;
    }

    @Override
    public Future<LockService.Batch> next() {
      return watch
          .next()
          .compose(
              batch -> {
                told = batch.revision();
                List<LockEvent> events = LockEvents.of(batch.events());
                boolean silent = events.isEmpty() && !batch.events().isEmpty();
                return silent
                    ? next()
                    : Future.succeededFuture(new LockService.Batch(told, events));
              });
    }

    @Override
    public long told() {
      return told;
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
