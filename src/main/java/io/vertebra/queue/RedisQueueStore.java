package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.queue.QueueMeters.Event;
import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Queues in Redis, each call one script, so one atomic step. All keys are in one hash slot of a
 * cluster. The time is the server's, so that the clocks of nodes do not matter.
 */
final class RedisQueueStore {
  private static final String TAG = "{vertebra:queue}:";
  private static final List<String> KEYS = List.of(TAG + "names");
  private static final String READY = TAG + "ready";
  private static final String LIBRARY = RedisScript.text(RedisQueueStore.class, "queue.lua");
  private static final List<Event> COUNTED =
      List.of(Event.LATE, Event.DEAD, Event.EXPIRED, Event.DROPPED);

  private static final Map<Script, RedisScript> SCRIPTS =
      Arrays.stream(Script.values())
          .collect(Collectors.toUnmodifiableMap(script -> script, RedisQueueStore::read));

  private final RedisService redis;
  private final QueueMeters meters;
  private final LongSupplier nowMs;

  /** What can be done. */
  enum Script {
    QUEUES,
    LIST,
    SEND,
    RECEIVE,
    SETTLE,
    PEEK,
    REDRIVE,
    CLAIM,
    SWEEP
  }

  /**
   * @param nowMs milliseconds since 1970, for tests; 0 for the server's clock
   */
  RedisQueueStore(RedisService redis, QueueMeters meters, LongSupplier nowMs) {
    this.redis = redis;
    this.meters = meters;
    this.nowMs = nowMs;
  }

  private static RedisScript read(Script script) {
    String body = RedisScript.text(RedisQueueStore.class, Fields.word(script) + ".lua");
    return RedisScript.of(LIBRARY.replace("--BODY--", body));
  }

  QueueMeters meters() {
    return meters;
  }

  /** The stream of a queue, for whoever reads or writes it besides us. */
  static String stream(String queue) {
    return TAG + "stream:" + queue;
  }

  /** Is told of queues of which a group has something to receive; with nothing, perhaps all. */
  Runnable follow(Consumer<String> heard) {
    return redis.subscribe(READY, heard);
  }

  /** Runs a script whose arguments are words. */
  Future<List<Response>> run(Script script, String queue, List<String> words) {
    return runBytes(script, queue, words.stream().map(StreamEntry::bytes).toList());
  }

  /** Runs a script; answers what it says after {@code OK}. */
  Future<List<Response>> runBytes(Script script, String queue, List<byte[]> words) {
    long now = nowMs.getAsLong();
    List<byte[]> args = new ArrayList<>(words.size() + 2);
    args.add(StreamEntry.bytes(now == 0 ? "" : Long.toString(now)));
    args.add(StreamEntry.bytes(queue));
    args.addAll(words);
    RedisScript text = Objects.requireNonNull(SCRIPTS.get(script));
    return redis.evalBytes(text, KEYS, args).compose(this::answer);
  }

  private Future<List<Response>> answer(Response told) {
    told.get(1).forEach(this::count);
    List<Response> answer = list(told.get(0));
    String code = answer.get(0).toString();
    return code.equals("OK")
        ? Future.succeededFuture(answer.subList(1, answer.size()))
        : Future.failedFuture(failure(answer));
  }

  private void count(Response queue) {
    for (int i = 0; i < COUNTED.size(); i++) {
      meters.of(queue.get(0).toString()).add(COUNTED.get(i), queue.get(i + 1).toInteger());
    }
  }

  /** The failure that an item of an answer tells of: a code and a sentence. */
  static Failure failure(List<Response> item) {
    return new Failure(FailureCode.valueOf(item.get(0).toString()), item.get(1).toString());
  }

  static List<Response> list(Response response) {
    return StreamSupport.stream(response.spliterator(), false).toList();
  }

  /** The fields of an entry. */
  static List<byte[]> fields(Response response) {
    return list(response).stream().map(Response::toBytes).toList();
  }
}
