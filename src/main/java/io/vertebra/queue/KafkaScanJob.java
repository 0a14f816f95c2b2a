package io.vertebra.queue;

import io.vertebra.kafka.KafkaClients;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads parts of topics without being a group, partition by partition. */
final class KafkaScanJob {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int AT_ONCE = 500;
  private static final int MAX_BYTES = 4 << 20;

  private final KafkaClients clients;
  private final KafkaTopicStore topics;

  /**
   * A part of a topic.
   *
   * @param next the place from which to go on; -1 if there is no more
   */
  record Part(List<KafkaMessage> messages, long next) {}

  KafkaScanJob(KafkaClients clients, KafkaTopicStore topics) {
    this.clients = clients;
    this.topics = topics;
  }

  /**
   * Some messages from a place on.
   *
   * @param begins by partition, where to begin at the earliest
   * @param ends by partition, where to end
   */
  Future<Part> read(
      String topic, long from, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
    return clients.blocking(() -> readNow(topic, from, begins, ends));
  }

  private Part readNow(
      String topic, long from, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
    List<KafkaMessage> messages = new ArrayList<>();
    Budget budget = new Budget();
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      for (int number = KafkaMessage.partition(from); number < begins.size(); number++) {
        TopicPartition partition = new TopicPartition(topic, number);
        boolean first = number == KafkaMessage.partition(from);
        long at =
            Math.max(begins.getOrDefault(partition, 0L), first ? KafkaMessage.offset(from) : 0L);
        long end = ends.getOrDefault(partition, 0L);
        long next =
            each(
                consumer,
                partition,
                at,
                end,
                found -> {
                  messages.add(KafkaMessage.of(found));
                  return budget.takes(found);
                });
        if (next < end) {
          return new Part(messages, KafkaMessage.place(number, next));
        }
      }
    }
    return new Part(messages, -1);
  }

  /** How much is read at once. */
  private static final class Budget {
    int left = AT_ONCE;
    long bytes;

    boolean takes(ConsumerRecord<byte[], byte[]> found) {
      left--;
      bytes += Math.max(0, found.serializedValueSize());
      return left > 0 && bytes < MAX_BYTES;
    }
  }

  private Consumer<byte[], byte[]> consumer() {
    return clients.consumer(Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, AT_ONCE));
  }

  /** Reads on until the taker has enough; where the next would be. */
  private long each(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long from,
      long end,
      Predicate<ConsumerRecord<byte[], byte[]>> taker) {
    if (from >= end) {
      return from;
    }
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    int idle = 0;
    while (consumer.position(partition) < end && idle * POLL.toMillis() < clients.timeoutMillis()) {
      long before = consumer.position(partition);
      for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL)) {
        if (found.offset() >= end) {
          return end;
        }
        if (!taker.test(found)) {
          return found.offset() + 1;
        }
      }
      idle = consumer.position(partition) == before ? idle + 1 : 0;
    }
    return consumer.position(partition);
  }

  /**
   * The dedup ids of what was sent from a time on, and whose they are.
   *
   * @param most so many
   */
  Future<Map<String, Long>> dedupIds(KafkaQueueJob queue, long since, int most) {
    List<TopicPartition> all = queue.partitions();
    return topics
        .at(all, Instant.ofEpochMilli(since))
        .compose(
            begins ->
                topics
                    .ends(all)
                    .compose(ends -> clients.blocking(() -> dedupIds(all, begins, ends, most))));
  }

  private Map<String, Long> dedupIds(
      List<TopicPartition> all,
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> ends,
      int most) {
    Map<String, Long> found = new LinkedHashMap<>();
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      for (TopicPartition partition : all) {
        long begin = begins.getOrDefault(partition, 0L);
        long unused =
            each(
                consumer,
                partition,
                begin,
                ends.getOrDefault(partition, 0L),
                each -> {
                  StoredMessage message = KafkaMessage.of(each).message();
                  message.dedupId().ifPresent(id -> found.merge(id, message.id(), Math::max));
                  return found.size() < most;
                });
      }
    }
    return found;
  }
}
