package io.vertebra.queue;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Looks at messages with which some group is not done, partition by partition. */
final class KafkaPeekJob {
  private static final int MAX_BYTES = 4 << 20;

  private final KafkaQueueJob queue;
  private final Map<TopicPartition, Long> ends;
  private long from;

  private KafkaPeekJob(KafkaQueueJob queue, Map<TopicPartition, Long> ends, long from) {
    this.queue = queue;
    this.ends = ends;
    this.from = from;
  }

  /** Of what is there now. */
  static Future<KafkaPeekJob> open(KafkaQueueJob queue, long from) {
    return queue
        .owner()
        .topics()
        .ends(queue.partitions())
        .map(ends -> new KafkaPeekJob(queue, ends, from));
  }

  /** The next ones; empty if there are no more. */
  Future<List<KafkaMessage>> next() {
    if (from < 0) {
      return Future.succeededFuture(List.of());
    }
    Map<TopicPartition, Long> begins = new HashMap<>();
    for (TopicPartition each : queue.partitions()) {
      begins.put(each, queue.doneBefore(each.partition()));
    }
    return queue
        .owner()
        .scan()
        .read(queue.name(), from, begins, ends)
        .compose(
            part -> {
              from = part.next();
              List<KafkaMessage> found = part.messages().stream().filter(queue::isWanted).toList();
              return found.isEmpty() ? next() : Future.succeededFuture(found);
            });
  }

  static Future<MessagePage> page(KafkaQueueJob queue, PeekMessages request) {
    return open(queue, QueueFields.number(request.from()).orElse(0L))
        .compose(peek -> peek.collect(new ArrayList<>(), request.limit()));
  }

  private Future<MessagePage> collect(List<KafkaMessage> found, int limit) {
    long bytes = found.stream().mapToLong(each -> each.body().length()).sum();
    if (found.size() > limit || bytes > MAX_BYTES) {
      return Future.succeededFuture(page(found, limit));
    }
    return next()
        .compose(
            more -> {
              if (more.isEmpty()) {
                return Future.succeededFuture(page(found, limit));
              }
              found.addAll(more);
              return collect(found, limit);
            });
  }

  private static MessagePage page(List<KafkaMessage> found, int limit) {
    List<Message> items = new ArrayList<>();
    int bytes = 0;
    for (KafkaMessage each : found) {
      bytes += each.body().length();
      if (items.size() == limit || (!items.isEmpty() && bytes > MAX_BYTES)) {
        return new MessagePage(items, Optional.of(MessageIds.text(each.place())));
      }
      items.add(each.message().with(each.body()));
    }
    return new MessagePage(items, Optional.empty());
  }
}
