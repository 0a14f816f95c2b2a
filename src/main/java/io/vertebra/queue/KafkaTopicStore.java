package io.vertebra.queue;

import io.vertebra.kafka.KafkaClients;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of queues, and where groups are in them. */
final class KafkaTopicStore {
  /** What a record may have besides its body: 64 headers of full length, and ours. */
  private static final int RECORD_EXTRA = 256 * 1024;

  static final int MAX_RECORD_BYTES = MessageBody.MAX_BYTES + RECORD_EXTRA;

  private final KafkaClients clients;
  private final QueueOptions options;

  KafkaTopicStore(KafkaClients clients, QueueOptions options) {
    this.clients = clients;
    this.options = options;
  }

  /** Makes a topic unless it is there; whether it was made. */
  Future<Boolean> make(String topic) {
    NewTopic made =
        new NewTopic(
                topic,
                Optional.of(options.kafka().partitions()),
                Optional.of((short) options.kafka().replicas()))
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    "-1",
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Integer.toString(options.maxMessageBytes() + RECORD_EXTRA)));
    return clients
        .admin(admin -> admin.createTopics(List.of(made)).all())
        .map(true)
        .recover(
            cause ->
                cause instanceof TopicExistsException
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause));
  }

  /** Removes a topic. */
  Future<Void> delete(String topic) {
    return clients.admin(admin -> admin.deleteTopics(List.of(topic)).all());
  }

  /** The partitions of a topic. */
  Future<List<TopicPartition>> partitions(String topic) {
    return clients
        .admin(admin -> admin.describeTopics(List.of(topic)).allTopicNames())
        .map(
            found -> {
              List<TopicPartition> all = new ArrayList<>();
              Objects.requireNonNull(found.get(topic))
                  .partitions()
                  .forEach(each -> all.add(new TopicPartition(topic, each.partition())));
              return all;
            });
  }

  /** Where a group of Kafka goes on; without those partitions of which that was never said. */
  Future<Map<TopicPartition, OffsetAndMetadata>> committed(
      String group, Collection<TopicPartition> partitions) {
    Map<String, ListConsumerGroupOffsetsSpec> asked =
        Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(partitions));
    ListConsumerGroupOffsetsOptions stable =
        new ListConsumerGroupOffsetsOptions().requireStable(true);
    return clients
        .admin(
            admin ->
                admin.listConsumerGroupOffsets(asked, stable).partitionsToOffsetAndMetadata(group))
        .map(
            found -> {
              Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(found);
              known.values().removeIf(offset -> offset == null);
              return known;
            });
  }

  /** Forgets where a group of Kafka was in a topic. */
  Future<Void> forget(String group, Collection<TopicPartition> partitions) {
    Set<TopicPartition> all = Set.copyOf(partitions);
    return clients.admin(admin -> admin.deleteConsumerGroupOffsets(group, all).all());
  }

  /** The first offsets that are there. */
  Future<Map<TopicPartition, Long>> begins(Collection<TopicPartition> partitions) {
    return offsets(partitions, OffsetSpec.earliest());
  }

  /** The offsets after the last records that are committed. */
  Future<Map<TopicPartition, Long>> ends(Collection<TopicPartition> partitions) {
    return offsets(partitions, OffsetSpec.latest());
  }

  /** The first offsets of a time, or the ends. */
  Future<Map<TopicPartition, Long>> at(Collection<TopicPartition> partitions, Instant time) {
    return offsets(partitions, OffsetSpec.forTimestamp(time.toEpochMilli()))
        .compose(
            found ->
                ends(partitions)
                    .map(
                        ends -> {
                          Map<TopicPartition, Long> all = new HashMap<>(found);
                          all.replaceAll((each, at) -> at < 0 ? end(ends, each) : at);
                          return all;
                        }));
  }

  private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  private Future<Map<TopicPartition, Long>> offsets(
      Collection<TopicPartition> partitions, OffsetSpec wanted) {
    if (partitions.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(each -> asked.put(each, wanted));
    ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    return clients
        .admin(admin -> admin.listOffsets(asked, committed).all())
        .map(
            found -> {
              Map<TopicPartition, Long> offsets = new HashMap<>();
              found.forEach((each, info) -> offsets.put(each, info.offset()));
              return offsets;
            });
  }

  /** Deletes the records before some offsets. */
  Future<Void> trim(Map<TopicPartition, Long> before) {
    Map<TopicPartition, RecordsToDelete> wanted = new HashMap<>();
    before.forEach((each, offset) -> wanted.put(each, RecordsToDelete.beforeOffset(offset)));
    return clients.admin(admin -> admin.deleteRecords(wanted).all());
  }
}
