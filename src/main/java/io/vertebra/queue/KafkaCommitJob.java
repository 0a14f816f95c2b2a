package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kafka.KafkaClients;
import io.vertebra.kafka.Workers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Writes to Kafka for one owner. What is only a message goes at once; what has to happen together
 * with an acknowledgement, or only if this is still the owner, goes in transactions, one after the
 * other: what comes while one is under way shares the next. Its transactional id is that of all
 * owners, so that the next one fences this one. Used on one context.
 */
final class KafkaCommitJob {
  private static final int MAX_STEPS = 500;

  private final Context context;
  private final Runnable lost;
  private final int maxPending;
  private final Workers sender;
  private final Workers committer;
  private final Producer<byte[], byte[]> plain;
  private final KafkaTransactions transactions;
  private final Deque<Pending> queue = new ArrayDeque<>();

  /** Steps of a transaction that failed for one of them; each gets one of its own. */
  private final Deque<Pending> alone = new ArrayDeque<>();

  private int sending;
  private boolean flushing;
  private boolean underWay;
  private boolean closed;

  private record Pending(KafkaStep step, Promise<List<RecordMetadata>> done) {}

  private KafkaCommitJob(
      Vertx vertx,
      Runnable lost,
      int maxPending,
      Producer<byte[], byte[]> plain,
      KafkaTransactions transactions) {
    this.context = vertx.getOrCreateContext();
    this.lost = lost;
    this.maxPending = maxPending;
    this.plain = plain;
    this.transactions = transactions;
    this.sender = new Workers(vertx, "vertebra-kafka-send", 1);
    this.committer = new Workers(vertx, "vertebra-kafka-commit", 1);
  }

  /**
   * Becomes the writer; the one before can commit nothing from then on.
   *
   * @param lost called when this can write no more; may be called again
   */
  static Future<KafkaCommitJob> open(
      Vertx vertx, KafkaClients clients, KafkaQueueOptions options, int maxPending, Runnable lost) {
    return clients
        .blocking(
            () -> {
              Map<String, Object> sizes =
                  Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, KafkaTopicStore.MAX_RECORD_BYTES);
              KafkaTransactions transactions = KafkaTransactions.open(clients, options, sizes);
              return Map.entry(clients.producer(sizes), transactions);
            })
        .map(
            opened ->
                new KafkaCommitJob(vertx, lost, maxPending, opened.getKey(), opened.getValue()));
  }

  /** Sends records, each for itself; {@code TIMEOUT} where it is not known whether it is there. */
  List<Future<RecordMetadata>> send(List<ProducerRecord<byte[], byte[]>> records) {
    List<Promise<RecordMetadata>> answers = new ArrayList<>(records.size());
    records.forEach(each -> answers.add(Promise.promise()));
    if (closed || sending + records.size() > maxPending) {
      Failure refusal =
          closed
              ? CommitJob.moved()
              : new Failure(FailureCode.UNAVAILABLE, "too many messages wait for Kafka");
      answers.forEach(answer -> answer.fail(refusal));
    } else {
      sending += records.size();
      sender
          .run(() -> sendNow(records, answers))
          .onFailure(cause -> answers.forEach(answer -> fail(answer, cause)));
    }
    return answers.stream().map(Promise::future).toList();
  }

  private boolean sendNow(
      List<ProducerRecord<byte[], byte[]>> records, List<Promise<RecordMetadata>> answers) {
    for (int i = 0; i < records.size(); i++) {
      Promise<RecordMetadata> answer = answers.get(i);
      var unused =
          plain.send(
              records.get(i),
              (written, cause) ->
                  context.runOnContext(
                      now -> {
                        if (cause == null) {
                          sending -= answer.tryComplete(written) ? 1 : 0;
                        } else {
                          fail(answer, cause);
                        }
                      }));
    }
    return true;
  }

  private void fail(Promise<RecordMetadata> answer, Throwable cause) {
    sending -= answer.tryFail(KafkaClients.failure(cause)) ? 1 : 0;
  }

  /**
   * Has a step done in a transaction.
   *
   * @return where its records are; {@code UNAVAILABLE} if nothing was done, {@code TIMEOUT} if that
   *     is not known
   */
  Future<List<RecordMetadata>> commit(KafkaStep step) {
    if (closed) {
      return Future.failedFuture(CommitJob.moved());
    }
    if (queue.size() >= maxPending) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many changes of queues wait");
    }
    Promise<List<RecordMetadata>> done = Promise.promise();
    queue.add(new Pending(step, done));
    flushSoon();
    return done.future();
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      context.runOnContext(now -> flush());
    }
  }

  private void flush() {
    flushing = false;
    if (underWay || closed) {
      return;
    }
    if (!alone.isEmpty()) {
      write(List.of(alone.remove()));
    } else if (!queue.isEmpty()) {
      write(take());
    }
  }

  private List<Pending> take() {
    List<Pending> batch = new ArrayList<>();
    while (!queue.isEmpty() && batch.size() < MAX_STEPS) {
      batch.add(queue.remove());
    }
    return batch;
  }

  private void write(List<Pending> batch) {
    underWay = true;
    KafkaStep.Whole whole = KafkaStep.begin(batch.stream().map(Pending::step).toList());
    committer
        .run(() -> transactions.write(whole))
        .onComplete(ended -> underWay = false)
        .onSuccess(written -> batch.forEach(pending -> pending.step().done(whole)))
        .onSuccess(written -> succeed(batch, written))
        .onFailure(cause -> fail(batch, cause))
        .onComplete(ended -> flushSoon());
  }

  private static void succeed(List<Pending> batch, List<RecordMetadata> written) {
    int from = 0;
    for (Pending pending : batch) {
      int to = from + pending.step().records().size();
      pending.done().complete(List.copyOf(written.subList(from, to)));
      from = to;
    }
  }

  private void fail(List<Pending> batch, Throwable cause) {
    batch.forEach(pending -> pending.step().undo());
    if (cause instanceof KafkaTransactions.Refused refused) {
      if (batch.size() > 1 && !closed) {
        alone.addAll(batch);
      } else {
        Throwable refusal = KafkaClients.failure(refused.reason());
        batch.forEach(pending -> pending.done().fail(refusal));
      }
      return;
    }
    boolean nothing = cause instanceof KafkaTransactions.Fenced;
    Failure failure =
        nothing
            ? CommitJob.moved()
            : new Failure(
                FailureCode.TIMEOUT, "not known whether it was done: " + cause.getMessage());
    lost.run();
    batch.forEach(pending -> pending.done().fail(failure));
  }

  /** Refuses what waits and all that comes. */
  void close() {
    closed = true;
    List<Pending> waiting = new ArrayList<>(alone);
    waiting.addAll(queue);
    alone.clear();
    queue.clear();
    waiting.forEach(pending -> pending.done().fail(CommitJob.moved()));
    sender.close(() -> plain.close(KafkaTransactions.CLOSE));
    committer.close(transactions::close);
  }
}
