package io.vertebra.etcd;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The watches of one connection, known to its client by numbers. */
final class WatchSession implements StreamRoute.Session {

  /** The number of a watch that could not be made, and of what is told of all watches. */
  private static final long NONE = -1;

  private final KvService service;
  private final EtcdOptions options;
  private final OpenStreams streams;
  private final ResultStream results;
  private final Runnable ender;
  private final Map<Long, Watcher> watchers = new HashMap<>();
  private long nextId;
  private boolean closed;

  /**
   * @param context of the response
   * @param streams where it is counted
   */
  WatchSession(
      Context context,
      KvService service,
      EtcdOptions options,
      OpenStreams streams,
      ResultStream results) {
    this.service = service;
    this.options = options;
    this.streams = streams;
    this.results = results;
    this.ender = () -> context.runOnContext(stopping -> end());
    streams.open(ender);
  }

  @Override
  public Future<Void> receive(Message message) {
    if (message.has("create_request")) {
      return create(message.message("create_request"));
    }
    if (message.has("cancel_request")) {
      return cancel(message.message("cancel_request").number("watch_id"));
    }
    if (message.has("progress_request")) {
      return results.send(answer(NONE, reached()));
    }
    return Future.succeededFuture();
  }

  /** Watches go on when nobody asks for more of them. */
  @Override
  public void complete() {}

  private void end() {
    close();
    results.end();
  }

  @Override
  public void close() {
    closed = true;
    streams.close(ender);
    watchers.values().forEach(Watcher::close);
    watchers.clear();
  }

  private Future<Void> create(Message request) {
    Bytes key = request.bytes("key");
    Bytes from = key.isEmpty() ? Keys.ZERO : key;
    Bytes end = request.bytes("range_end");
    long startRevision = request.number("start_revision");
    List<Watcher.Filter> filters =
        request.choices("filters", Watcher.Filter.class, "WatchCreateRequest_FilterType");
    boolean previous = request.flag("prev_kv");
    long wanted = request.number("watch_id");
    if (Keys.isEmpty(from, end)) {
      return refuse("mvcc: watcher range is empty");
    }
    if (wanted != 0 && watchers.containsKey(wanted)) {
      return refuse("mvcc: duplicate watch ID provided on the WatchStream");
    }
    if (watchers.size() >= options.watchesPerStream()) {
      return refuse("too many watches on one stream");
    }
    long id = wanted == 0 ? freeId() : wanted;
    Set<Watcher.Filter> left = EnumSet.noneOf(Watcher.Filter.class);
    left.addAll(filters);
    return service
        .watch(
            new WatchRequest(
                Keys.of(from, end), Math.max(0, startRevision), previous, options.progress()))
        .compose(watch -> open(id, watch, startRevision, left))
        .recover(cause -> notOpened(id, startRevision, cause));
  }

  private Future<Void> open(
      long id, KvWatch watch, long startRevision, Set<Watcher.Filter> filters) {
    if (closed) {
      watch.close();
      return Future.succeededFuture();
    }
    long revision = startRevision > 0 ? service.status().revision() : watch.fromRevision() - 1;
    Watcher watcher = new Watcher(this, id, watch, filters, revision);
    watchers.put(id, watcher);
    return results.send(answer(id, revision).put("created", true)).onSuccess(sent -> watcher.run());
  }

  private Future<Void> notOpened(long id, long startRevision, Throwable cause) {
    Failure failure = Failure.of(cause);
    return failure.code() == FailureCode.COMPACTED
        ? results
            .send(answer(id, service.status().revision()).put("created", true))
            .compose(sent -> lost(id, startRevision, failure))
        : refuse(String.valueOf(failure.getMessage()));
  }

  private Future<Void> refuse(String reason) {
    return results.send(
        answer(NONE, service.status().revision())
            .put("created", true)
            .put("canceled", true)
            .put("cancel_reason", reason));
  }

  private Future<Void> cancel(long id) {
    Watcher watcher = watchers.remove(id);
    if (watcher == null) {
      return Future.succeededFuture();
    }
    watcher.close();
    return results.send(answer(id, service.status().revision()).put("canceled", true));
  }

  /**
   * Says that a watch is over.
   *
   * @param wanted the first revision that it was not told, later than which it may begin anew
   */
  Future<Void> lost(long id, long wanted, Failure failure) {
    watchers.remove(id);
    JsonObject answer = answer(id, 0).put("canceled", true);
    if (failure.code() == FailureCode.COMPACTED) {
      long first = Math.max(service.status().compactedRevision(), wanted + 1);
      Answers.number(answer, "compact_revision", first);
    } else {
      answer.put("cancel_reason", String.valueOf(failure.getMessage()));
    }
    return results.send(answer);
  }

  Future<Void> send(JsonObject answer) {
    return results.send(answer);
  }

  JsonObject answer(long id, long revision) {
    JsonObject answer = Answers.answer(service.status(), revision);
    Answers.number(answer, "watch_id", id);
    return answer;
  }

  /** Up to where all watches were told everything. */
  private long reached() {
    return watchers.values().stream()
        .mapToLong(Watcher::reached)
        .min()
        .orElseGet(() -> service.status().revision());
  }

  private long freeId() {
    while (watchers.containsKey(nextId)) {
      nextId++;
    }
    return nextId++;
  }
}
