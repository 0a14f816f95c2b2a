package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvRules;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The sessions. One with a time to live hangs on a lease of the store; its will, which does not,
 * tells what is to be done once it ended. That is done by {@link SessionEnd}.
 */
final class Sessions {
  private final KvService kv;
  private final StoreReader reader;
  private final SessionEnd end;
  private final int ttlFactor;

  /**
   * @param ttlFactor how many times its time to live a session lasts
   */
  Sessions(KvService kv, StoreReader reader, SessionEnd end, int ttlFactor) {
    this.kv = kv;
    this.reader = reader;
    this.end = end;
    this.ttlFactor = ttlFactor;
  }

  Future<Session> create(Session session, Guard guard) {
    Bytes key = Layout.session(session.id());
    List<Op> steps = new ArrayList<>();
    if (session.hasTtl()) {
      steps.add(new Op.Grant(session.lease(), leaseTime(session.ttl()).toMillis()));
    }
    steps.add(Op.put(key, session.encode(), session.hasTtl() ? session.lease() : 0));
    steps.add(Op.put(Layout.will(session.id()), Will.of(session).encode()));
    steps.addAll(Marks.touch(marks(session.id(), session.node())));
    return kv.txn(guard.on(Txn.when(Compare.absent(key), steps.toArray(Op[]::new))))
        .map(done -> session.createdAt(done.revision()));
  }

  private Duration leaseTime(Duration ttl) {
    Duration time = ttl.multipliedBy(ttlFactor);
    return time.compareTo(KvRules.MAX_TTL) < 0 ? time : KvRules.MAX_TTL;
  }

  /** What is marked when a session comes or goes. */
  static Set<Bytes> marks(String id, String node) {
    return Set.of(
        Marks.Kind.SESSION.of(id),
        Marks.Kind.SESSIONS_OF_NODE.of(node),
        Marks.Kind.SESSIONS.of(""));
  }

  Future<Found<Optional<Session>>> find(String id) {
    if (!Session.isId(id)) {
      return Future.succeededFuture(new Found<>(Optional.empty(), kv.status().revision(), 0, 0));
    }
    return reader
        .all(KeyRange.one(Layout.session(id)))
        .compose(
            read ->
                reader
                    .lastWrite(read.revision(), List.of(Marks.Kind.SESSION.of(id)))
                    .map(
                        last ->
                            new Found<>(read.first().map(Session::of), read.revision(), last, 0)));
  }

  /**
   * All sessions, or those of a node.
   *
   * @param mark that is written when one of them comes or goes
   */
  Future<Found<List<Session>>> list(Bytes mark, Predicate<Session> wanted) {
    return reader
        .all(Layout.SESSIONS)
        .compose(
            read ->
                reader
                    .lastWrite(read.revision(), List.of(mark))
                    .map(
                        last ->
                            new Found<>(
                                read.entries().stream().map(Session::of).filter(wanted).toList(),
                                read.revision(),
                                last,
                                0)));
  }

  /** Lets a session begin anew; empty if it ended. */
  Future<Optional<Session>> renew(String id) {
    return find(id)
        .map(Found::value)
        .compose(
            session ->
                session.isPresent() && session.get().hasTtl()
                    ? kv.keepAlive(session.get().lease()).map(lease -> session)
                    : Future.succeededFuture(session));
  }

  /** Ends a session and has its keys released or removed, if it has not ended. */
  Future<Void> destroy(String id, Guard guard) {
    if (!Session.isId(id)) {
      return Future.succeededFuture();
    }
    Bytes key = Layout.session(id);
    return find(id)
        .map(Found::value)
        .compose(
            session -> {
              if (session.isEmpty()) {
                return end.complete(id);
              }
              Op removal =
                  session.get().hasTtl() ? new Op.Revoke(session.get().lease()) : Op.delete(key);
              return kv.txn(guard.on(Txn.when(Compare.exists(key), removal)))
                  .compose(done -> end.complete(id));
            });
  }
}
