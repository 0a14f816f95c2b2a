package io.vertebra.http;

import io.vertebra.api.Api;
import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A concern that has all that operations can have; it answers what it was asked. */
final class Notes {
  /** Batches for feeds; each taken by the first that asks. */
  final Queue<Promise<JsonObject>> batches = new ConcurrentLinkedQueue<>();

  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger asked = new AtomicInteger();

  Api api() {
    return new Api(
        "note",
        Api.Scope.CLUSTER,
        List.of(
            Operation.of("get", HttpMethod.GET, "/notes/*key", "Reads.", Notes::read, Notes::answer)
                .givingBytes("value"),
            Operation.of(
                    "put", HttpMethod.PUT, "/notes/*key", "Writes.", Notes::write, Notes::answer)
                .takingBytes("value"),
            Operation.of("list", HttpMethod.GET, "/notes", "Lists.", Notes::nothing, Notes::answer),
            Operation.of(
                "swap", HttpMethod.POST, "/notes:swap", "Swaps.", Notes::nothing, Notes::answer),
            Operation.feed("watch", "/notes:watch", "Follows.", Notes::from, this::feed)));
  }

  private static JsonObject read(Fields fields) {
    JsonObject read =
        new JsonObject().put("value", Buffer.buffer("some \u00f6")).put("revision", 7);
    byte[] key = fields.utf8("key", 0, 100).required();
    fields.longInteger("waitMs", 0, 60_000).optional().ifPresent(wait -> read.put("wait", wait));
    fields.longInteger("ifNotRevision", 0, 99).optional().ifPresent(no -> read.put("not", no));
    read.put("key", new String(key, StandardCharsets.ISO_8859_1));
    return fields.build(() -> read);
  }

  private static JsonObject write(Fields fields) {
    byte[] key = fields.utf8("key", 0, 100).required();
    byte[] value = fields.bytes("value", 0, 100).required();
    JsonObject read = new JsonObject();
    fields.text("fence", 1, 99).optional().ifPresent(fence -> read.put("fence", fence));
    fields.text("idempotencyKey", 1, 9).optional().ifPresent(text -> read.put("once", text));
    read.put("key", new String(key, StandardCharsets.ISO_8859_1));
    read.put("value", new String(value, StandardCharsets.UTF_8));
    return fields.build(() -> read);
  }

  private static JsonObject nothing(Fields fields) {
    return fields.build(JsonObject::new);
  }

  private static Long from(Fields fields) {
    long from = fields.longInteger("fromRevision", 0, 99).orElse(0L);
    return fields.build(() -> from);
  }

  private static Future<JsonObject> answer(JsonObject read) {
    return Future.succeededFuture(read);
  }

  private Future<Feed> feed(Long from, Duration patience) {
    open.incrementAndGet();
    return Future.succeededFuture(new NoteFeed(from));
  }

  /** Tells the test's batches; none is left, it waits for ever. */
  private final class NoteFeed implements Feed {
    private final long from;

    NoteFeed(long from) {
      this.from = from;
    }

    @Override
    public Future<JsonObject> next() {
      asked.incrementAndGet();
      Promise<JsonObject> batch = batches.poll();
      return batch == null ? Promise.<JsonObject>promise().future() : batch.future();
    }

    @Override
    public JsonObject idle() {
      return new JsonObject().put("revision", from);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  /** Has the next reader of a feed wait for a batch; to be called with it. */
  Consumer<JsonObject> later() {
    Promise<JsonObject> batch = Promise.promise();
    batches.add(batch);
    return batch::complete;
  }

  void now(JsonObject batch) {
    later().accept(batch);
  }
}
