package io.vertebra.session;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sessions as keys of the store: one with all there is, and, if it is somebody's, an empty one that
 * finds it by its principal. Both end with a lease, whose id comes of the handle; a touch keeps it
 * alive, which is no entry of the log.
 */
final class KvSessionStore implements SessionStore {
  private static final String SESSION = "\0session/";
  private static final String PRINCIPAL = "\0session-of/";

  static final KeyRange ALL = KeyRange.prefix(Bytes.utf8(SESSION));

  private final KvService kv;
  private final Duration touch;

  /**
   * @param touch how long touches may be left untold
   */
  KvSessionStore(KvService kv, Duration touch) {
    this.kv = kv;
    this.touch = touch;
  }

  @Override
  public Future<Boolean> create(String handle, StoredSession session, Optional<Fence> fence) {
    return written(
        List.of(Compare.absent(key(handle))), creation(handle, session), fence, CONFLICT);
  }

  /** The lease, or what has its id, is in the way only if the handle is taken, or nearly so. */
  private List<Op> creation(String handle, StoredSession session) {
    long lease = Handles.lease(handle);
    List<Op> steps = new ArrayList<>();
    steps.add(new Op.Grant(lease, session.idleMs() + touch.toMillis()));
    steps.add(Op.put(key(handle), value(session), lease));
    session.owner().ifPresent(whose -> steps.add(place(whose, handle)));
    return steps;
  }

  @Override
  public Future<Optional<Kept>> find(String handle) {
    return kv.get(key(handle)).map(found -> found.map(KvSessionStore::kept));
  }

  @Override
  public Future<Boolean> touch(Kept found) {
    return kv.keepAlive(Handles.lease(found.handle()))
        .map(true)
        .recover(cause -> unless(NOT_FOUND, cause));
  }

  @Override
  public Future<Boolean> replace(Kept found, StoredSession session, Optional<Fence> fence) {
    String handle = found.handle();
    String before = found.session().principal();
    List<Op> steps = new ArrayList<>();
    steps.add(Op.put(key(handle), value(session), Handles.lease(handle)));
    if (!before.equals(session.principal())) {
      if (!before.isEmpty()) {
        steps.add(Op.delete(placeKey(before, handle)));
      }
      session.owner().ifPresent(whose -> steps.add(place(whose, handle)));
    }
    return written(List.of(unchanged(found)), steps, fence, NOT_FOUND);
  }

  @Override
  public Future<Boolean> move(
      Kept found, String handle, StoredSession session, Optional<Fence> fence) {
    List<Op> steps = new ArrayList<>(creation(handle, session));
    steps.addAll(removal(found.handle()));
    return written(List.of(unchanged(found), Compare.absent(key(handle))), steps, fence, CONFLICT);
  }

  @Override
  public Future<Removal> remove(String handle, Guard guard) {
    Op[] steps = removal(handle).toArray(new Op[0]);
    return kv.txn(guard.on(Txn.of(steps)))
        .map(
            result ->
                new Removal(
                    result.results().get(0) instanceof OpResult.Delete gone && gone.deleted() > 0,
                    result.replayed()));
  }

  /** The session goes before its lease does, so that all can tell this from its expiry. */
  private static List<Op> removal(String handle) {
    return List.of(Op.delete(key(handle)), new Op.Revoke(Handles.lease(handle)));
  }

  @Override
  public Future<Part> list(ListSessions request) {
    return request.principal().isPresent()
        ? listOf(request.principal().get(), request)
        : kv.range(rest(ALL, request.cursor().map(KvSessionStore::key)).limited(request.limit()))
            .map(
                result -> {
                  List<Kept> items = result.entries().stream().map(KvSessionStore::kept).toList();
                  return new Part(items, next(result));
                });
  }

  private Future<Part> listOf(String principal, ListSessions request) {
    KeyRange all = KeyRange.prefix(Bytes.utf8(PRINCIPAL + principal + "\0"));
    Optional<Bytes> after = request.cursor().map(handle -> placeKey(principal, handle));
    return kv.range(rest(all, after).limited(request.limit()))
        .compose(
            places ->
                Future.all(places.entries().stream().map(place -> find(handle(place))).toList())
                    .map(
                        found ->
                            new Part(
                                found.<Optional<Kept>>list().stream()
                                    .flatMap(Optional::stream)
                                    .toList(),
                                next(places))));
  }

  private static RangeRequest rest(KeyRange all, Optional<Bytes> after) {
    return RangeRequest.all(
        after.map(last -> new KeyRange(last.successor(), all.to())).orElse(all));
  }

  private static Optional<String> next(RangeResult part) {
    List<KvEntry> entries = part.entries();
    return part.more() ? Optional.of(handle(entries.get(entries.size() - 1))) : Optional.empty();
  }

  /**
   * @param lost how the store refuses what somebody else was faster with
   */
  private Future<Boolean> written(
      List<Compare> compares, List<Op> steps, Optional<Fence> fence, FailureCode lost) {
    return kv.txn(new Txn(compares, steps, List.of(), fence, ""))
        .map(result -> result.succeeded())
        .recover(cause -> unless(lost, cause));
  }

  private static Future<Boolean> unless(FailureCode expected, Throwable cause) {
    return Failure.of(cause).code() == expected
        ? Future.succeededFuture(false)
        : Future.failedFuture(cause);
  }

  private static Compare unchanged(Kept found) {
    return Compare.modifiedAt(key(found.handle()), Long.parseLong(found.stamp()));
  }

  /** The session that an entry holds. */
  static Kept kept(KvEntry entry) {
    String text = new String(entry.value().unsafeArray(), UTF_8);
    return new Kept(handle(entry), StoredSession.decode(text), Long.toString(entry.modRevision()));
  }

  private static Op place(String principal, String handle) {
    return Op.put(placeKey(principal, handle), Bytes.EMPTY, Handles.lease(handle));
  }

  private static Bytes key(String handle) {
    return Bytes.utf8(SESSION + handle);
  }

  private static Bytes placeKey(String principal, String handle) {
    return Bytes.utf8(PRINCIPAL + principal + "\0" + handle);
  }

  /** Of a session or of a place by principal: the end of the key. */
  static String handle(KvEntry entry) {
    byte[] key = entry.key().unsafeArray();
    return new String(key, key.length - Handles.LENGTH, Handles.LENGTH, UTF_8);
  }

  private static Bytes value(StoredSession session) {
    return Bytes.utf8(session.encode());
  }
}
