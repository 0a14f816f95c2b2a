package io.vertebra.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What happens together or not at all.
 *
 * @param records that are written
 * @param acks with what groups are done
 * @param moves where groups go on
 */
record KafkaStep(List<ProducerRecord<byte[], byte[]>> records, List<Ack> acks, List<Move> moves) {

  /**
   * A group of Kafka is done with an offset.
   *
   * @param offset -1 to tell only again with what it is done
   */
  record Ack(String group, TopicPartition partition, OffsetTracker tracker, long offset) {}

  /** A group of Kafka goes on elsewhere. */
  record Move(String group, TopicPartition partition, OffsetAndMetadata to) {}

  /**
   * Steps that share a transaction.
   *
   * @param offsets by group of Kafka
   */
  record Whole(
      List<ProducerRecord<byte[], byte[]>> records,
      Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets) {}

  static KafkaStep ack(List<Ack> acks) {
    return new KafkaStep(List.of(), acks, List.of());
  }

  static KafkaStep write(ProducerRecord<byte[], byte[]> made) {
    return new KafkaStep(List.of(made), List.of(), List.of());
  }

  static KafkaStep move(List<Move> moves) {
    return new KafkaStep(List.of(), List.of(), moves);
  }

  /** Has the trackers be done with what is acknowledged, and says what to commit. */
  static Whole begin(List<KafkaStep> steps) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets = new HashMap<>();
    for (KafkaStep step : steps) {
      records.addAll(step.records());
      step.acks().stream()
          .filter(ack -> ack.offset() >= 0)
          .forEach(ack -> ack.tracker().done(ack.offset()));
    }
    Map<TopicPartition, Map<String, OffsetTracker>> touched = new HashMap<>();
    for (KafkaStep step : steps) {
      for (Ack ack : step.acks()) {
        touched
            .computeIfAbsent(ack.partition(), unused -> new HashMap<>())
            .put(ack.group(), ack.tracker());
      }
    }
    touched.forEach(
        (partition, groups) ->
            groups.forEach((group, tracker) -> put(offsets, group, partition, committed(tracker))));
    for (KafkaStep step : steps) {
      step.moves().forEach(move -> put(offsets, move.group(), move.partition(), move.to()));
    }
    return new Whole(records, offsets);
  }

  private static void put(
      Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets,
      String group,
      TopicPartition partition,
      OffsetAndMetadata to) {
    offsets.computeIfAbsent(group, unused -> new HashMap<>()).put(partition, to);
  }

  static OffsetAndMetadata committed(OffsetTracker tracker) {
    OffsetTracker.Commit commit = tracker.commit();
    return new OffsetAndMetadata(commit.offset(), commit.metadata());
  }

  /** All of it was done, along with whatever else there is in the transaction. */
  void done(Whole whole) {
    for (Ack ack : acks) {
      OffsetAndMetadata at =
          whole.offsets().getOrDefault(ack.group(), Map.of()).get(ack.partition());
      if (at != null) {
        ack.tracker().committed(at.offset());
      }
    }
  }

  /** Nothing was done. */
  void undo() {
    acks.stream()
        .filter(ack -> ack.offset() >= 0)
        .forEach(ack -> ack.tracker().undone(ack.offset()));
  }
}
