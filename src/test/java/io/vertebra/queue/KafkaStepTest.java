package io.vertebra.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class KafkaStepTest {
  private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

  private static OffsetTracker read(long from, long to) {
    OffsetTracker tracker = OffsetTracker.restore(from, "");
    LongStream.range(from, to).forEach(tracker::read);
    tracker.reached(to);
    return tracker;
  }

  private static KafkaStep ack(OffsetTracker tracker, long offset) {
    return KafkaStep.ack(List.of(new KafkaStep.Ack("group", PARTITION, tracker, offset)));
  }

  @Test
  void callsNothingCommittedBeforeItsTransactionEnded() {
    OffsetTracker tracker = read(10, 15);
    assertThat(tracker.committed()).isEqualTo(10);
    List<KafkaStep> steps = List.of(ack(tracker, 10), ack(tracker, 11));
    KafkaStep.Whole whole = KafkaStep.begin(steps);
    assertThat(tracker.committable()).isEqualTo(12);
    assertThat(tracker.committed()).isEqualTo(10);
    // What is done since is not in that transaction.
    KafkaStep.Whole next = KafkaStep.begin(List.of(ack(tracker, 12)));
    steps.forEach(step -> step.done(whole));
    assertThat(tracker.committed()).isEqualTo(12);
    ack(tracker, 12).done(next);
    assertThat(tracker.committed()).isEqualTo(13);
  }

  @Test
  void callsNothingCommittedThatWasUndone() {
    OffsetTracker tracker = read(0, 5);
    KafkaStep step = ack(tracker, 0);
    KafkaStep.Whole unused = KafkaStep.begin(List.of(step));
    step.undo();
    assertThat(tracker.committed()).isZero();
    assertThat(tracker.committable()).isZero();
  }
}
