package io.vertebra.auth;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.Txn;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Documents in the store that all nodes share, as JSON. What ends is also listed by its end, so
 * that it can be removed without a look at all the rest.
 */
final class KvAuthStore implements AuthStore {
  private static final String END = "\0auth-end/";
  private static final int HEX_DIGITS = 16;
  private static final String EXPIRES = "expiresAtMs";

  private final Vertx vertx;
  private final KvService kv;
  private final Clock clock;
  private @Nullable RangeWatch watch;

  KvAuthStore(Vertx vertx, KvService kv, Clock clock) {
    this.vertx = vertx;
    this.kv = kv;
    this.clock = clock;
  }

  @Override
  public Future<Optional<Document>> read(DocumentId id) {
    return kv.get(id.key()).map(found -> found.map(entry -> document(id, entry)));
  }

  @Override
  public long nowMs() {
    return clock.millis();
  }

  @Override
  public Future<List<Document>> list(DocumentId.Kind kind, String prefix, String after, int limit) {
    KeyRange whole = DocumentId.range(kind, prefix);
    Bytes next = new DocumentId(kind, after).key().successor();
    Bytes from = next.compareTo(whole.from()) > 0 ? next : whole.from();
    return kv.range(RangeRequest.all(new KeyRange(from, whole.to())).limited(limit))
        .compose(
            result -> {
              List<Document> all = documents(result.entries());
              List<Document> present =
                  all.stream().filter(document -> !document.isExpired(clock.millis())).toList();
              boolean goesOn = present.isEmpty() && result.more() && !all.isEmpty();
              return goesOn
                  ? list(kind, prefix, all.get(all.size() - 1).id().name(), limit)
                  : Future.succeededFuture(present);
            });
  }

  @Override
  public Future<Boolean> commit(List<Change> changes, Guard guard) {
    List<Compare> compares = new ArrayList<>();
    List<Op> steps = new ArrayList<>();
    for (Change change : changes) {
      Bytes key = change.id().key();
      if (change.ifRevision() != Change.ANY) {
        compares.add(Compare.modifiedAt(key, change.ifRevision()));
      }
      steps.add(
          change.value().map(value -> put(change, key, value)).orElseGet(() -> Op.delete(key)));
      if (change.value().isPresent() && change.expiresAtMs() != 0) {
        steps.add(Op.put(end(change.expiresAtMs(), key), Bytes.EMPTY));
      }
    }
    Txn txn = new Txn(compares, steps, List.of(), Optional.empty(), "");
    return kv.txn(guard.on(txn)).map(result -> result.succeeded());
  }

  private static Op put(Change change, Bytes key, JsonObject value) {
    JsonObject stored = value.copy();
    if (change.expiresAtMs() != 0) {
      stored.put(EXPIRES, change.expiresAtMs());
    }
    return Op.put(key, Bytes.utf8(stored.encode()));
  }

  @Override
  public Future<Integer> sweep(int most) {
    Bytes until = Bytes.utf8(END + HexFormat.of().toHexDigits(clock.millis() + 1));
    RangeRequest ended = RangeRequest.all(new KeyRange(Bytes.utf8(END), until)).limited(most);
    return kv.range(ended.locally())
        .compose(
            result -> {
              List<Future<Void>> all = result.entries().stream().map(this::forget).toList();
              return Future.join(all).map(all.size());
            });
  }

  /** Removes what ended, unless it was written anew with another end. */
  private Future<Void> forget(KvEntry end) {
    byte[] listed = end.key().unsafeArray();
    int prefix = END.getBytes(StandardCharsets.UTF_8).length + HEX_DIGITS;
    Bytes key = Bytes.of(Arrays.copyOfRange(listed, prefix, listed.length));
    return kv.get(key)
        .compose(
            found -> {
              boolean over =
                  found.isPresent()
                      && DocumentId.of(key)
                          .map(id -> document(id, found.get()).isExpired(clock.millis()))
                          .orElse(false);
              return over
                  ? kv.txn(
                      Txn.when(
                          Compare.modifiedAt(key, found.get().modRevision()),
                          Op.delete(key),
                          Op.delete(end.key())))
                  : kv.delete(end.key());
            })
        .mapEmpty();
  }

  private static Bytes end(long expiresAtMs, Bytes key) {
    return Bytes.utf8(END + HexFormat.of().toHexDigits(expiresAtMs)).plus(key);
  }

  private static Document document(DocumentId id, KvEntry entry) {
    JsonObject value =
        new JsonObject(new String(entry.value().unsafeArray(), StandardCharsets.UTF_8));
    Object expires = value.remove(EXPIRES);
    long end = expires instanceof Number number ? number.longValue() : 0;
    return new Document(id, value, entry.modRevision(), end);
  }

  private static List<Document> documents(List<KvEntry> entries) {
    return entries.stream()
        .flatMap(entry -> DocumentId.of(entry.key()).map(id -> document(id, entry)).stream())
        .toList();
  }

  @Override
  public void follow(LiveView view) {
    RangeWatch opened =
        new RangeWatch(
            vertx, kv, WatchRequest.of(DocumentId.LIVE), "auth.watch", new Following(view));
    watch = opened;
    opened.start();
  }

  @Override
  public void stop() {
    if (watch != null) {
      watch.stop();
    }
  }

  @Override
  public boolean isLeader() {
    return kv.status().isLeader();
  }

  private record Following(LiveView view) implements RangeWatch.Follower {
    @Override
    public Future<?> replace(RangeResult all) {
      view.replace(documents(all.entries()));
      return Future.succeededFuture();
    }

    @Override
    public Future<?> change(WatchBatch batch) {
      for (KvEvent event : batch.events()) {
        DocumentId.of(event.entry().key()).ifPresent(id -> tell(id, event));
      }
      return Future.succeededFuture();
    }

    private void tell(DocumentId id, KvEvent event) {
      boolean put = event.type() == KvEvent.Type.PUT;
      view.change(id, put ? Optional.of(document(id, event.entry())) : Optional.empty());
    }
  }
}
