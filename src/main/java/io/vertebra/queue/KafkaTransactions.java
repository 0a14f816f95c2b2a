package io.vertebra.queue;

import io.vertebra.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/** The transactions of one owner. Blocks; for one thread at a time. */
final class KafkaTransactions {
  static final Duration CLOSE = Duration.ofSeconds(1);

  private final Producer<byte[], byte[]> producer;

  /** Nothing was done, and something else can be. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(Throwable reason) {
      super(reason.getMessage(), reason);
    }

    Throwable reason() {
      return Objects.requireNonNull(getCause());
    }
  }

  /** Nothing was done, and nothing can be: another owner began, or Kafka does not answer. */
  static final class Fenced extends Exception {
    private static final long serialVersionUID = 1;

    Fenced(Throwable reason) {
      super(reason.getMessage(), reason);
    }
  }

  private KafkaTransactions(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** Ends the transactions of whoever was the owner before. */
  static KafkaTransactions open(
      KafkaClients clients, KafkaQueueOptions options, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, options.name() + ".queues");
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * clients.timeoutMillis());
    Producer<byte[], byte[]> producer = clients.producer(settings);
    try {
      producer.initTransactions();
      return new KafkaTransactions(producer);
    } catch (KafkaException e) {
      producer.close(CLOSE);
      throw e;
    }
  }

  /**
   * Writes all of it or nothing. What fails other than with {@link Refused} or {@link Fenced} may
   * have been done.
   */
  List<RecordMetadata> write(KafkaStep.Whole whole) throws Exception {
    List<Future<RecordMetadata>> sent = prepare(whole);
    producer.commitTransaction();
    List<RecordMetadata> written = new ArrayList<>(sent.size());
    for (Future<RecordMetadata> each : sent) {
      written.add(each.get());
    }
    return written;
  }

  private List<Future<RecordMetadata>> prepare(KafkaStep.Whole whole) throws Exception {
    try {
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>(whole.records().size());
      for (ProducerRecord<byte[], byte[]> each : whole.records()) {
        sent.add(producer.send(each));
      }
      for (var group : whole.offsets().entrySet()) {
        producer.sendOffsetsToTransaction(
            group.getValue(), new ConsumerGroupMetadata(group.getKey()));
      }
      for (Future<RecordMetadata> each : sent) {
        RecordMetadata unused = each.get();
      }
      return sent;
    } catch (KafkaException | ExecutionException | InterruptedException e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      abort(cause);
      throw new Refused(cause);
    }
  }

  private void abort(Throwable cause) throws Fenced {
    if (cause instanceof ProducerFencedException
        || cause instanceof InvalidProducerEpochException) {
      throw new Fenced(cause);
    }
    try {
      producer.abortTransaction();
    } catch (KafkaException e) {
      throw new Fenced(e);
    }
  }

  void close() {
    producer.close(CLOSE);
  }
}
