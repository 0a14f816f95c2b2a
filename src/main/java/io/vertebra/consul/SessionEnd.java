package io.vertebra.consul;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Completes the end of sessions: releases or removes the keys that they hold, delays the next lock
 * of them, and removes the will. Whoever comes across a session that ended does it, as often as
 * need be: each step is one transaction that finds out whether it is done already.
 */
final class SessionEnd {
  private static final int PAGE = 32;
  private static final int MAX_ATTEMPTS = 20;
  private static final long MIN_DELAY_MS = 1_000;

  private final KvService kv;
  private final SecureRandom random = new SecureRandom();

  SessionEnd(KvService kv) {
    this.kv = kv;
  }

  /** Does what is to be done for a session that is not there; nothing if it is. */
  Future<Void> complete(String id) {
    return kv.get(Layout.session(id))
        .compose(
            session ->
                session.isPresent()
                    ? Future.succeededFuture()
                    : kv.get(Layout.will(id)).compose(will -> execute(id, will)));
  }

  private Future<Void> execute(String id, Optional<KvEntry> will) {
    if (will.isEmpty()) {
      return Future.succeededFuture();
    }
    return freeAll(id, Will.of(will.get())).compose(freed -> close(id, Will.of(will.get())));
  }

  private Future<Void> freeAll(String id, Will will) {
    return kv.range(RangeRequest.all(Layout.allHeld(id)).limited(PAGE))
        .compose(
            page ->
                page.entries().isEmpty()
                    ? Future.succeededFuture()
                    : freePage(id, will, page).compose(freed -> freeAll(id, will)));
  }

  private Future<Void> freePage(String id, Will will, RangeResult page) {
    List<Future<Void>> freed = new ArrayList<>();
    for (KvEntry held : page.entries()) {
      freed.add(free(id, Layout.heldKey(id, held.key()), will, MAX_ATTEMPTS));
    }
    return Future.all(freed).mapEmpty();
  }

  private Future<Void> free(String id, String key, Will will, int attempts) {
    if (attempts == 0) {
      return Failure.future(FailureCode.CONFLICT, "the key " + key + " changes too often");
    }
    Bytes place = Layout.pair(key);
    return kv.get(place)
        .compose(
            entry -> {
              Optional<Pair> locked = entry.map(Pair::of).filter(pair -> pair.session().equals(id));
              long revision = entry.map(KvEntry::modRevision).orElse(0L);
              List<Op> steps = new ArrayList<>(List.of(Op.delete(Layout.held(id, key))));
              locked.ifPresent(pair -> steps.addAll(freeing(pair, will)));
              return kv.txn(
                  Txn.when(Compare.modifiedAt(place, revision), steps.toArray(Op[]::new)));
            })
        .compose(
            done ->
                done.succeeded() ? Future.succeededFuture() : free(id, key, will, attempts - 1));
  }

  private List<Op> freeing(Pair pair, Will will) {
    List<Op> steps = new ArrayList<>();
    Bytes place = Layout.pair(pair.key());
    if (will.behavior() == Session.Behavior.DELETE) {
      steps.add(Op.delete(place));
      steps.addAll(Marks.touch(Marks.ofRemoved(pair.key())));
    } else {
      steps.add(Op.put(place, pair.unlocked().encode()));
    }
    if (will.lockDelayMs() > 0) {
      long lease = random.nextLong() >>> 1 | 1;
      steps.add(new Op.Grant(lease, Math.max(MIN_DELAY_MS, will.lockDelayMs())));
      steps.add(Op.put(Layout.delay(pair.key()), Bytes.EMPTY, lease));
    }
    return steps;
  }

  private Future<Void> close(String id, Will will) {
    Bytes place = Layout.will(id);
    List<Op> steps = new ArrayList<>(List.of(Op.delete(place)));
    steps.addAll(Marks.touch(Sessions.marks(id, will.node())));
    return kv.txn(Txn.when(Compare.exists(place), steps.toArray(Op[]::new))).mapEmpty();
  }
}
