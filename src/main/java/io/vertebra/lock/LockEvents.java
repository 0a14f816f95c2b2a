package io.vertebra.lock;

import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.lock.LockKeys.Parsed;
import io.vertebra.lock.LockKeys.Part;
import io.vertebra.lock.LockValues.Stored;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What changes of the store mean for locks. */
final class LockEvents {
  private final List<LockEvent> told = new ArrayList<>();

  /** Places that were served: their removal is no news. */
  private final Set<String> served = new HashSet<>();

  private LockEvents() {}

  /** The events, those of one revision together, with the entries before. */
  static List<LockEvent> of(List<KvEvent> changes) {
    LockEvents events = new LockEvents();
    changes.forEach(events::add);
    return events.told;
  }

  private void add(KvEvent change) {
    Parsed key = LockKeys.parse(change.entry().key());
    boolean put = change.type() == KvEvent.Type.PUT;
    if (key.part() == Part.WAITER) {
      waiter(key, change, put);
    } else if (key.part() == Part.EXCLUSIVE || key.part() == Part.OWNER) {
      Optional<Stored> before = change.previous().map(LockValues::stored);
      if (put) {
        written(change.entry(), before);
      } else {
        ended(key, change.entry(), before);
      }
    }
  }

  private void waiter(Parsed key, KvEvent change, boolean put) {
    long revision = change.entry().modRevision();
    if (put) {
      String owner = LockValues.place(change.entry()).owner();
      told.add(new LockEvent(LockEvent.Type.WAITING, key.name(), owner, key.number(), revision));
    } else if (!served.contains(key.name() + "\0" + key.number())) {
      String owner = change.previous().map(entry -> LockValues.place(entry).owner()).orElse("");
      told.add(new LockEvent(LockEvent.Type.LEFT, key.name(), owner, key.number(), revision));
    }
  }

  private void written(KvEntry entry, Optional<Stored> before) {
    Stored after = LockValues.stored(entry);
    if (before.isPresent() && before.get().holding().token() == after.holding().token()) {
      tell(LockEvent.Type.CHANGED, after.holding(), entry.modRevision());
      return;
    }
    before.ifPresent(
        stored -> tell(LockEvent.Type.RELEASED, stored.holding(), entry.modRevision()));
    tell(LockEvent.Type.ACQUIRED, after.holding(), entry.modRevision());
    if (after.ticket() != 0) {
      served.add(after.holding().name() + "\0" + after.ticket());
    }
  }

  private void ended(Parsed key, KvEntry entry, Optional<Stored> before) {
    LockEvent.Type type = entry.lease() == 0 ? LockEvent.Type.RELEASED : LockEvent.Type.EXPIRED;
    String owner = before.map(stored -> stored.holding().owner()).orElse(key.rest());
    long token = before.map(stored -> stored.holding().token()).orElse(0L);
    told.add(new LockEvent(type, key.name(), owner, token, entry.modRevision()));
  }

  private void tell(LockEvent.Type type, Holding holding, long revision) {
    told.add(new LockEvent(type, holding.name(), holding.owner(), holding.token(), revision));
  }
}
