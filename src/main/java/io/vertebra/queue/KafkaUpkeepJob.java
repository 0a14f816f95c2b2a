package io.vertebra.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What has time: how much there is in Kafka, deleting what nobody needs any more, and telling Kafka
 * again where groups are, which it forgets of those that say nothing for some days. Used on the
 * owner's context.
 */
final class KafkaUpkeepJob {
  private static final int LOOK_EVERY = 5;
  private static final int TRIM_EVERY = 10;
  private static final int COMMIT_EVERY = 3_600;
  private static final int COMMIT_AFTER = 60;

  private final KafkaQueuesJob owner;
  private final Map<TopicPartition, Long> trimmed = new HashMap<>();
  private long round;

  KafkaUpkeepJob(KafkaQueuesJob owner) {
    this.owner = owner;
  }

  /** To be called once a second. */
  void sweep(long now) {
    round++;
    owner.all().forEach(queue -> queue.sweep(now));
    owner.roomForIds().onFailure(cause -> owner.note("ceiling", cause));
    if (round % LOOK_EVERY == 0) {
      look();
    }
    if (round % TRIM_EVERY == 0 && owner.options().kafka().trim()) {
      List.copyOf(owner.all()).forEach(queue -> trim(queue, now));
    }
    if (round % COMMIT_EVERY == COMMIT_AFTER) {
      commit();
    }
  }

  private void look() {
    List<TopicPartition> all = new ArrayList<>();
    owner.all().forEach(queue -> all.addAll(queue.partitions()));
    owner
        .topics()
        .ends(all)
        .onSuccess(ends -> owner.all().forEach(queue -> queue.learn(ends)))
        .onFailure(cause -> owner.note("look", cause));
  }

  private void trim(KafkaQueueJob queue, long now) {
    Map<TopicPartition, Long> done = new HashMap<>();
    for (TopicPartition each : queue.partitions()) {
      long before = queue.committedBefore(each.partition());
      if (queue.isTopicOurs() && before > trimmed.getOrDefault(each, 0L)) {
        done.put(each, before);
      }
    }
    if (done.isEmpty()) {
      return;
    }
    Instant kept = Instant.ofEpochMilli(now - queue.definition().keep().toMillis());
    owner
        .topics()
        .at(done.keySet(), kept)
        .onSuccess(
            old -> done.replaceAll((each, before) -> Math.min(before, old.getOrDefault(each, 0L))))
        .compose(old -> owner.check().confirm())
        .compose(ours -> owner.topics().trim(done))
        .onSuccess(deleted -> trimmed.putAll(done))
        .onFailure(cause -> owner.note("trim", cause));
  }

  private void commit() {
    for (KafkaQueueJob queue : owner.all()) {
      queue.commit().onFailure(cause -> owner.note("commit", cause));
    }
  }
}
