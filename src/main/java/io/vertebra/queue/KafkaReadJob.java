package io.vertebra.queue;

import io.vertebra.kafka.KafkaClients;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partitions of a topic from given offsets on, with a consumer and a thread of its own.
 * It reads some records each time it is asked for more, so that there is never more than one batch
 * on its way.
 */
final class KafkaReadJob {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReadJob.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration POSITION = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofMillis(500);
  private static final Map<String, Object> SETTINGS =
      Map.of(
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500,
          ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20,
          ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);

  private final String topic;
  private final Map<Integer, Long> from;
  private final KafkaClients clients;
  private final Context context;
  private final Consumer<Batch> taker;
  private final Map<Integer, Long> positions = new HashMap<>();
  private final Semaphore demand = new Semaphore(0);
  private org.apache.kafka.clients.consumer.@Nullable Consumer<byte[], byte[]> consumer;
  private volatile boolean closed;

  /**
   * What was read.
   *
   * @param positions by partition, what comes next
   */
  record Batch(List<KafkaMessage> messages, Map<Integer, Long> positions) {}

  /**
   * @param from by partition, the first offset to be read
   * @param taker is given batches on the context, each after a call of {@link #more}
   */
  KafkaReadJob(
      String topic,
      Map<Integer, Long> from,
      KafkaClients clients,
      Context context,
      Consumer<Batch> taker) {
    this.topic = topic;
    this.from = Map.copyOf(from);
    this.clients = clients;
    this.context = context;
    this.taker = taker;
  }

  /** Begins to read; the first batch comes unasked. */
  void start() {
    Thread thread = new Thread(this::run, "vertebra-kafka-" + topic);
    thread.setDaemon(true);
    thread.start();
    more();
  }

  /** Asks for one more batch. */
  void more() {
    demand.release();
  }

  /** Ends it soon; what is on its way may still come. */
  void close() {
    closed = true;
    demand.release();
    wakeUp();
  }

  private synchronized void wakeUp() {
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  private void run() {
    while (!closed) {
      try (org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> opened =
          clients.consumer(SETTINGS)) {
        become(opened);
        read(opened);
      } catch (WakeupException | InterruptException ended) {
        LOG.debug("queue.kafka reader woken topic={}", topic);
      } catch (KafkaException e) {
        LOG.warn("queue.kafka cannot read topic={} cause={}", topic, e.getMessage());
        rest();
      } finally {
        become(null);
      }
    }
  }

  private synchronized void become(
      org.apache.kafka.clients.consumer.@Nullable Consumer<byte[], byte[]> wanted) {
    consumer = wanted;
  }

  private void read(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> opened) {
    from.forEach(positions::putIfAbsent);
    List<TopicPartition> all =
        from.keySet().stream().map(partition -> new TopicPartition(topic, partition)).toList();
    opened.assign(all);
    all.forEach(each -> opened.seek(each, at(each)));
    while (!closed) {
      demand.acquireUninterruptibly();
      boolean moved = false;
      while (!moved && !closed) {
        moved = readOnce(opened, all);
      }
    }
  }

  private long at(TopicPartition partition) {
    return positions.getOrDefault(partition.partition(), 0L);
  }

  private boolean readOnce(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> opened, List<TopicPartition> all) {
    List<KafkaMessage> messages = new ArrayList<>();
    Map<Integer, Long> reached = new HashMap<>();
    try {
      for (ConsumerRecord<byte[], byte[]> found : opened.poll(POLL)) {
        messages.add(KafkaMessage.of(found));
      }
      for (TopicPartition each : all) {
        reached.put(each.partition(), opened.position(each, POSITION));
      }
    } catch (KafkaException e) {
      // The next consumer goes on here, and is not asked again.
      demand.release();
      throw e;
    }
    boolean moved = !reached.equals(positions);
    if (moved) {
      positions.putAll(reached);
      Batch batch = new Batch(messages, Map.copyOf(reached));
      context.runOnContext(unused -> taker.accept(batch));
    }
    return moved;
  }

  private void rest() {
    LockSupport.parkNanos(AGAIN.toNanos());
  }
}
