package io.vertebra.queue;

import io.vertebra.queue.KafkaReadJob.Batch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * One group of a queue at its owner: what was read of the topic and is not done with is in memory,
 * bodies included, up to a bound at which no more is read. Used on one context.
 */
final class KafkaGroupJob {
  /** How long a receiver waits for what was sent before and is not read yet. */
  private static final long CATCH_UP_MS = 1_000;

  private final KafkaQueueJob queue;
  private final String name;
  private final Map<Integer, OffsetTracker> trackers;
  private final QueueIndex index;
  private final GroupIndex group;
  private final Map<Long, Held> byPlace = new HashMap<>();
  private final Map<Long, Held> byEntry = new HashMap<>();
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private final KafkaReadJob reader;
  private final KafkaReceiveJob receives;
  private final KafkaSettleJob settles;
  private long entries;
  private boolean reading = true;
  private boolean closed;

  /** A message in memory. */
  record Held(Entry entry, KafkaMessage message) {}

  /**
   * @param trackers by partition
   */
  KafkaGroupJob(KafkaQueueJob queue, String name, Map<Integer, OffsetTracker> trackers) {
    this.queue = queue;
    this.name = name;
    this.trackers = new TreeMap<>(trackers);
    this.index = new QueueIndex(List.of(new StoredGroup(name, 1, 0)));
    this.group = index.groups().get(0);
    this.receives = new KafkaReceiveJob(this);
    this.settles = new KafkaSettleJob(this);
    Map<Integer, Long> from = new HashMap<>();
    trackers.forEach((partition, tracker) -> from.put(partition, tracker.position()));
    this.reader = queue.owner().reader(queue.name(), from, this::take);
    reader.start();
  }

  KafkaQueueJob queue() {
    return queue;
  }

  String name() {
    return name;
  }

  QueueIndex index() {
    return index;
  }

  GroupIndex deliveries() {
    return group;
  }

  KafkaReceiveJob receives() {
    return receives;
  }

  KafkaSettleJob settles() {
    return settles;
  }

  Map<Integer, OffsetTracker> trackers() {
    return trackers;
  }

  /** The message of an entry. */
  Held held(Entry entry) {
    return Objects.requireNonNull(byEntry.get(entry.id));
  }

  /** The message at a place, if this group is at it or will be. */
  Optional<Held> at(long place) {
    return Optional.ofNullable(byPlace.get(place));
  }

  /** What to commit when this group is done with a message. */
  KafkaStep.Ack ack(int partition, long offset) {
    return new KafkaStep.Ack(
        consumerGroup(), new TopicPartition(queue.name(), partition), tracker(partition), offset);
  }

  String consumerGroup() {
    return queue.owner().options().kafka().consumerGroup(name);
  }

  OffsetTracker tracker(int partition) {
    OffsetTracker found = trackers.get(partition);
    if (found == null) {
      throw QueuesJob.missing(queue.name() + "/" + partition);
    }
    return found;
  }

  private void take(Batch batch) {
    if (closed) {
      return;
    }
    long now = queue.owner().now();
    for (KafkaMessage message : batch.messages()) {
      if (tracker(message.partition()).read(message.offset())) {
        add(message, now);
      }
    }
    batch.positions().forEach((partition, next) -> tracker(partition).reached(next));
    reading = false;
    readMore();
    receives.serve();
    if (!isBehind() || isFull()) {
      caughtUp();
    }
  }

  private void add(KafkaMessage message, long now) {
    StoredMessage told = message.message();
    entries++;
    StoredMessage counted =
        new StoredMessage(
            entries,
            told.bodyBytes(),
            told.dedupId(),
            told.key(),
            told.priority(),
            told.headers(),
            told.contentType(),
            told.deliverAt(),
            told.expiresAt());
    index.add(counted, now);
    Held held = new Held(index.find(entries).orElseThrow(), message);
    byEntry.put(entries, held);
    byPlace.put(message.place(), held);
  }

  /** The group is done with a message. */
  void remove(Held held) {
    index.remove(held.entry());
    byEntry.remove(held.entry().id);
    byPlace.remove(held.message().place());
    readMore();
    receives.serve();
  }

  private void readMore() {
    if (!reading && !closed && !isFull()) {
      reading = true;
      reader.more();
    }
  }

  private boolean isFull() {
    KafkaQueueOptions most = queue.owner().options().kafka();
    return index.size() >= most.maxBuffered() || index.bytes() >= most.maxBufferedBytes();
  }

  private boolean isBehind() {
    return lag() > 0;
  }

  private long lag() {
    long lag = 0;
    for (Map.Entry<Integer, OffsetTracker> each : trackers.entrySet()) {
      lag += Math.max(0, queue.end(each.getKey()) - each.getValue().position());
    }
    return lag;
  }

  /**
   * Completes when what is known to be there was read, after a while anyway.
   *
   * @param enough messages to be received that will do
   */
  Future<Void> caughtUp(int enough) {
    if (group.count(Delivery.State.READY) >= enough || !isBehind() || isFull() || closed) {
      return Future.succeededFuture();
    }
    if (!queue.owner().beginWait()) {
      return Future.succeededFuture();
    }
    Promise<Void> read = Promise.promise();
    waiting.add(read);
    long timer = queue.owner().vertx().setTimer(CATCH_UP_MS, due -> read.tryComplete());
    return read.future()
        .onComplete(
            done -> {
              queue.owner().vertx().cancelTimer(timer);
              queue.owner().endWait();
              waiting.remove(read);
            });
  }

  private void caughtUp() {
    List.copyOf(waiting).forEach(Promise::tryComplete);
  }

  /** Does what is due. */
  void tick(long now) {
    if (closed || index.nextDue() > now) {
      return;
    }
    index.advance(now, (all, delivery) -> settles.late(delivery));
    settles.expire(now);
    receives.serve();
  }

  /** Messages that the group is not done with. */
  int messages() {
    return (int) Math.min(Integer.MAX_VALUE, index.size() + lag());
  }

  /** When the oldest message in memory was sent, in milliseconds since 1970; 0 if there is none. */
  long oldest() {
    return index
        .first(0, entry -> true)
        .map(entry -> MessageIds.millis(held(entry).message().message().id()))
        .orElse(0L);
  }

  GroupView view() {
    int ready = group.count(Delivery.State.READY) + group.count(Delivery.State.BEHIND);
    return new GroupView(
        name,
        (int) Math.min(Integer.MAX_VALUE, ready + lag()),
        group.count(Delivery.State.DELAYED),
        out());
  }

  /** Messages that are given out. */
  int out() {
    return group.count(Delivery.State.GIVEN) + group.count(Delivery.State.BUSY);
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends it; those who wait are told to ask again. */
  void close() {
    if (!closed) {
      closed = true;
      reader.close();
      receives.close();
      caughtUp();
    }
  }
}
