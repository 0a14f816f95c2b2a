package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /v1/event}: the store keeps the last {@value #KEPT} events, for all nodes alike. */
final class EventEndpoints {
  private static final int KEPT = 256;
  private static final int MAX_PAYLOAD_BYTES = 16 * 1024;
  private static final int MAX_NAME = 200;
  private static final KeyRange ALL = KeyRange.prefix(Layout.EVENT);

  private final KvService kv;
  private final StoreReader reader;
  private final BlockingQueries queries;

  EventEndpoints(KvService kv, StoreReader reader, BlockingQueries queries) {
    this.kv = kv;
    this.reader = reader;
    this.queries = queries;
  }

  void offer(Paths paths) {
    paths.put("/v1/event/fire/", this::fire);
    paths.offer(HttpMethod.POST, "/v1/event/fire/", this::fire);
    paths.get("/v1/event/list", this::list);
  }

  private Future<Reply> fire(Asked asked) {
    String name = asked.name("name");
    if (name.length() > MAX_NAME || asked.body().length() > MAX_PAYLOAD_BYTES) {
      throw ConsulException.tooLarge(
          "An event has a name of at most "
              + MAX_NAME
              + " characters and a payload of at most "
              + MAX_PAYLOAD_BYTES
              + " bytes");
    }
    JsonObject event =
        new JsonObject()
            .put("ID", UUID.randomUUID().toString())
            .put("Name", name)
            .put("Payload", payload(asked.body()))
            .put("NodeFilter", asked.text("node"))
            .put("ServiceFilter", asked.text("service"))
            .put("TagFilter", asked.text("tag"))
            .put("Version", 1);
    List<Op> steps = new ArrayList<>();
    steps.add(new Op.Append(Layout.EVENT, Bytes.utf8(event.encode()), 0));
    steps.addAll(Marks.touch(List.of(Marks.Kind.EVENT.of(name), Marks.Kind.EVENTS.of(""))));
    return kv.txn(asked.guard().on(Txn.of(steps.toArray(Op[]::new))))
        .compose(done -> trim().map(Reply.json(told(event, done.revision()))));
  }

  /**
   * An event as clients know it: of the index that they wait by, they take both halves of the id,
   * one xor the other, to be that of the event.
   */
  private static JsonObject told(JsonObject stored, long revision) {
    long half = UUID.fromString(stored.getString("ID")).getLeastSignificantBits();
    return stored.put("ID", new UUID(half ^ revision, half).toString()).put("LTime", revision);
  }

  private static @Nullable String payload(Buffer body) {
    return body.length() == 0 ? null : Base64.getEncoder().encodeToString(body.getBytes());
  }

  /** Removes the oldest ones; whoever fires the next event does what is left. */
  private Future<Void> trim() {
    return reader
        .keys(ALL)
        .compose(
            read -> {
              int tooMany = read.entries().size() - KEPT;
              if (tooMany <= 0) {
                return Future.succeededFuture();
              }
              KeyRange oldest = new KeyRange(ALL.from(), read.entries().get(tooMany).key());
              return kv.txn(Txn.of(new Op.Delete(oldest, false))).mapEmpty();
            });
  }

  private Future<Reply> list(Asked asked) {
    String name = asked.text("name");
    Bytes mark = name.isEmpty() ? Marks.Kind.EVENTS.of("") : Marks.Kind.EVENT.of(name);
    return queries
        .answer(asked, KeyRange.one(mark), () -> find(mark, name))
        .map(found -> Reply.json(found.value()).at(found.index()));
  }

  private Future<Found<JsonArray>> find(Bytes mark, String name) {
    return reader
        .all(ALL)
        .compose(
            read ->
                reader
                    .lastWrite(read.revision(), List.of(mark))
                    .map(last -> found(read, name, last)));
  }

  /** The index is that of the last event, which clients look for among the events. */
  private static Found<JsonArray> found(RangeResult read, String name, long mark) {
    JsonArray events = events(read, name);
    long last = events.isEmpty() ? mark : events.getJsonObject(events.size() - 1).getLong("LTime");
    return new Found<>(events, read.revision(), last, 0);
  }

  private static JsonArray events(RangeResult read, String name) {
    JsonArray events = new JsonArray();
    for (KvEntry entry : read.entries()) {
      JsonObject event = new JsonObject(entry.value().toString());
      if (name.isEmpty() || name.equals(event.getString("Name"))) {
        events.add(told(event, entry.createRevision()));
      }
    }
    return events;
  }
}
