package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.QueueMeters.Event;
import io.vertebra.queue.RedisQueueStore.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Sends messages to a queue in Redis. */
final class RedisSendJob {
  private final RedisQueueStore store;
  private final QueueOptions options;

  RedisSendJob(RedisQueueStore store, QueueOptions options) {
    this.store = store;
    this.options = options;
  }

  Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> messages) {
    List<NewMessage> fitting = messages.stream().filter(this::fits).toList();
    return store
        .runBytes(Script.SEND, queue, args(queue, fitting))
        .map(
            answer -> {
              Iterator<Response> answers = answer.get(0).iterator();
              return messages.stream()
                  .map(message -> fits(message) ? sent(queue, answers.next()) : tooLarge())
                  .toList();
            });
  }

  private boolean fits(NewMessage message) {
    return message.body().length() <= options.maxMessageBytes();
  }

  private Outcome<SentMessage> tooLarge() {
    String most = "the body is longer than " + options.maxMessageBytes() + " bytes";
    return Outcome.failed(new Failure(FailureCode.TOO_LARGE, most));
  }

  private List<byte[]> args(String queue, List<NewMessage> messages) {
    QueueDefinition defaults = QueueDefinition.defaults(queue);
    List<String> words = new ArrayList<>();
    words.add(options.autoCreate() ? "1" : "0");
    words.add(defaults.toJson().encode());
    words.add(RedisQueueService.letters(defaults));
    words.add(Integer.toString(options.maxQueues()));
    words.add(Integer.toString(options.maxDedupIds()));
    List<byte[]> args = new ArrayList<>();
    words.forEach(word -> args.add(StreamEntry.bytes(word)));
    messages.forEach(message -> add(args, message));
    return args;
  }

  private static void add(List<byte[]> args, NewMessage message) {
    List<byte[]> fields = StreamEntry.fields(message);
    args.add(StreamEntry.bytes(message.dedupId().orElse("")));
    args.add(number(message.at().map(Instant::toEpochMilli)));
    args.add(number(message.delay().map(Duration::toMillis)));
    args.add(number(message.ttl().map(Duration::toMillis)));
    args.add(StreamEntry.bytes(Integer.toString(fields.size())));
    args.addAll(fields);
  }

  private static byte[] number(Optional<Long> millis) {
    return StreamEntry.bytes(millis.map(time -> Long.toString(time)).orElse(""));
  }

  private Outcome<SentMessage> sent(String queue, Response told) {
    String last = told.get(1).toString();
    boolean taken = last.equals("0") || last.equals("1");
    Event event = !taken ? Event.REFUSED : last.equals("1") ? Event.DUPLICATE : Event.SENT;
    store.meters().of(queue).add(event, 1);
    return taken
        ? Outcome.of(new SentMessage(told.get(0).toString(), last.equals("1")))
        : Outcome.failed(RedisQueueStore.failure(RedisQueueStore.list(told)));
  }
}
