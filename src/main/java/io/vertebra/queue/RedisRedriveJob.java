package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.RedisQueueStore.Script;
import io.vertebra.queue.RedriveState.Status;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves messages between queues in Redis, so many a second, each in one step. How far it is stands
 * in Redis; the node that began one goes on with it, and without that node it ends.
 */
final class RedisRedriveJob {
  private static final Logger LOG = LoggerFactory.getLogger(RedisRedriveJob.class);
  private static final int MAX_PREVIEWED = 100_000;
  private static final long AGAIN_MS = 1_000;

  /** So many times a second some are moved, unless the rate is less. */
  private static final int SLOTS = 10;

  private final Vertx vertx;
  private final RedisQueueStore store;
  private volatile boolean stopped;

  RedisRedriveJob(Vertx vertx, RedisQueueStore store) {
    this.vertx = vertx;
    this.store = store;
  }

  Future<RedriveState> begin(Redrive request) {
    if (request.preview()) {
      return preview(request, "0".repeat(16), List.of());
    }
    return ask(request, "begin")
        .onSuccess(begun -> slot(request, begun.get(7).toString()))
        .map(RedisRedriveJob::state);
  }

  Future<RedriveState> ask(String queue, String action) {
    return store.run(Script.REDRIVE, queue, List.of(action)).map(RedisRedriveJob::state);
  }

  private Future<List<Response>> ask(Redrive request, String action) {
    return store.run(
        Script.REDRIVE, request.queue(), List.of(action, words(request).encode(), "0".repeat(16)));
  }

  private static JsonObject words(Redrive request) {
    JsonObject headers = new JsonObject();
    request
        .filter()
        .headers()
        .forEach((name, value) -> headers.put(StreamEntry.field(name), value));
    JsonObject filter = new JsonObject().put("headers", headers);
    request.filter().key().ifPresent(key -> filter.put("key", key));
    request.filter().reason().ifPresent(reason -> filter.put("reason", reason));
    request.filter().from().ifPresent(time -> filter.put("from", first(time)));
    request.filter().until().ifPresent(time -> filter.put("until", first(time)));
    JsonObject words = new JsonObject().put("filter", filter);
    request.to().ifPresent(to -> words.put("to", to));
    return words;
  }

  private static String first(Instant time) {
    return MessageIds.text(MessageIds.first(time.toEpochMilli()));
  }

  private Future<RedriveState> preview(Redrive request, String cursor, List<RedriveState> parts) {
    List<String> args = List.of("preview", words(request).encode(), cursor);
    return store
        .run(Script.REDRIVE, request.queue(), args)
        .compose(
            answer -> {
              List<RedriveState> all = new ArrayList<>(parts);
              all.add(state(answer));
              String next = answer.get(8).toString();
              long examined = all.stream().mapToLong(RedriveState::examined).sum();
              return next.isEmpty() || examined >= MAX_PREVIEWED
                  ? Future.succeededFuture(sum(all))
                  : preview(request, next, all);
            });
  }

  private static RedriveState sum(List<RedriveState> parts) {
    return new RedriveState(
        Status.PREVIEW,
        parts.stream().mapToLong(RedriveState::examined).sum(),
        parts.stream().mapToLong(RedriveState::matched).sum(),
        0,
        0,
        parts.stream()
            .flatMap(part -> part.samples().stream())
            .limit(RedriveState.MAX_SAMPLES)
            .toList(),
        "");
  }

  /** Ends those of this node. */
  void stop() {
    stopped = true;
  }

  /** Goes on with one, unless it is over. */
  private void slot(Redrive request, String run) {
    if (stopped) {
      return;
    }
    int rate = request.rate();
    long pause = rate < SLOTS ? 1_000 / rate : 1_000 / SLOTS;
    String most = Integer.toString(Math.max(1, rate / SLOTS));
    store
        .run(Script.REDRIVE, request.queue(), List.of("step", run, most))
        .onSuccess(
            answer -> {
              if (state(answer).status() == Status.RUNNING
                  && answer.get(7).toString().equals(run)) {
                vertx.setTimer(pause, due -> slot(request, run));
              }
            })
        .onFailure(cause -> retry(request, run, Failure.of(cause)));
  }

  private void retry(Redrive request, String run, Failure cause) {
    if (cause.code() == FailureCode.UNAVAILABLE || cause.code() == FailureCode.TIMEOUT) {
      vertx.setTimer(AGAIN_MS, due -> slot(request, run));
    } else {
      LOG.warn("queue.redrive ended queue={} cause={}", request.queue(), cause.getMessage());
    }
  }

  private static RedriveState state(List<Response> answer) {
    return new RedriveState(
        Status.valueOf(answer.get(0).toString()),
        answer.get(1).toLong(),
        answer.get(2).toLong(),
        answer.get(3).toLong(),
        answer.get(4).toLong(),
        new JsonArray(answer.get(5).toString()).stream().map(String::valueOf).toList(),
        answer.get(6).toString());
  }
}
