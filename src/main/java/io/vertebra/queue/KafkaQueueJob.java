package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One queue at its owner: a topic of its name, and its groups. What is about the queue as a whole
 * goes one after the other. Used on one context.
 */
final class KafkaQueueJob {
  private final KafkaQueuesJob owner;
  private final QueueMeters.Counts counts;
  private final KafkaSendJob sends;
  private final Promise<Void> loaded = Promise.promise();
  private final Map<String, KafkaGroupJob> groups = new TreeMap<>();
  private final Map<Integer, Long> ends = new HashMap<>();
  private StoredQueue stored;
  private List<TopicPartition> partitions = List.of();
  private Future<Void> last = Future.succeededFuture();
  private int waiting;
  private @Nullable Failure problem;
  private @Nullable Failure closed;
  private volatile QueueView view;

  KafkaQueueJob(KafkaQueuesJob owner, StoredQueue stored) {
    this.owner = owner;
    this.stored = stored;
    this.counts = owner.meters().of(stored.name());
    this.sends = new KafkaSendJob(this);
    this.view = viewNow();
    owner.meters().follow(stored.name(), () -> view);
  }

  KafkaQueuesJob owner() {
    return owner;
  }

  String name() {
    return stored.name();
  }

  StoredQueue stored() {
    return stored;
  }

  QueueDefinition definition() {
    return stored.definition();
  }

  QueueMeters.Counts counts() {
    return counts;
  }

  KafkaSendJob sends() {
    return sends;
  }

  List<TopicPartition> partitions() {
    return partitions;
  }

  Collection<KafkaGroupJob> groups() {
    return groups.values();
  }

  /** Whether the topic was made for this queue, which may then delete from it. */
  boolean isTopicOurs() {
    return stored.number() != 0;
  }

  /** The group; {@code NOT_FOUND} if there is none. */
  KafkaGroupJob group(String name) {
    KafkaGroupJob found = groups.get(name);
    if (found == null) {
      throw new Failure(FailureCode.NOT_FOUND, "queue " + name() + " has no group " + name);
    }
    return found;
  }

  /** After the last record of a partition, as far as is known. */
  long end(int partition) {
    return ends.getOrDefault(partition, 0L);
  }

  /** Takes note of records that were written. */
  void came(List<RecordMetadata> written) {
    written.forEach(each -> ends.merge(each.partition(), each.offset() + 1, Math::max));
  }

  /** It could not be opened as yet; calls fail until it is. */
  void failed(Throwable cause) {
    problem = new Failure(FailureCode.UNAVAILABLE, "queue " + name() + ": " + cause.getMessage());
  }

  /** Works on the queue as soon as it is open. */
  <T> Future<T> enter(Supplier<Future<T>> work) {
    if (problem != null && !loaded.future().isComplete()) {
      return Future.failedFuture(problem);
    }
    if (!loaded.future().isComplete() && waiting >= owner.options().maxPending()) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many wait for queue " + name());
    }
    waiting++;
    return loaded
        .future()
        .onComplete(open -> waiting--)
        .compose(open -> closed == null ? work.get() : Future.failedFuture((Throwable) closed));
  }

  /** Works on the queue after what else is about it as a whole. */
  <T> Future<T> alone(Supplier<Future<T>> work) {
    Future<T> done = last.compose(before -> enter(work));
    last = done.<Void>mapEmpty().otherwiseEmpty();
    return done;
  }

  /** Opens its groups. */
  Future<Void> load() {
    return owner
        .topics()
        .make(name())
        .compose(made -> owner.topics().partitions(name()))
        .onSuccess(found -> partitions = found)
        .compose(found -> owner.topics().ends(found))
        .onSuccess(this::learn)
        .compose(found -> openGroups(stored.groups()))
        .onSuccess(
            opened -> {
              view = viewNow();
              loaded.tryComplete();
            });
  }

  private Future<Void> openGroups(List<StoredGroup> wanted) {
    Future<Void> done = Future.succeededFuture();
    for (StoredGroup group : wanted) {
      done = done.compose(before -> openGroup(group.name()));
    }
    return done;
  }

  private Future<Void> openGroup(String group) {
    String consumerGroup = owner.options().kafka().consumerGroup(group);
    return owner
        .topics()
        .committed(consumerGroup, partitions)
        .compose(
            known ->
                partitions.stream().allMatch(known::containsKey)
                    ? Future.succeededFuture(known)
                    : begin(consumerGroup, known))
        .map(
            known -> {
              open(group, known);
              return null;
            });
  }

  private void open(String group, Map<TopicPartition, OffsetAndMetadata> known) {
    Map<Integer, OffsetTracker> trackers = new HashMap<>();
    for (TopicPartition each : partitions) {
      OffsetAndMetadata at = Objects.requireNonNull(known.get(each));
      trackers.put(each.partition(), OffsetTracker.restore(at.offset(), at.metadata()));
    }
    if (closed == null) {
      KafkaGroupJob before = groups.put(group, new KafkaGroupJob(this, group, trackers));
      Optional.ofNullable(before).ifPresent(KafkaGroupJob::close);
    }
  }

  private void openAt(String group, Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
    offsets.forEach((each, offset) -> known.put(each, new OffsetAndMetadata(offset)));
    open(group, known);
  }

  /** Has a group of Kafka begin in partitions in which it never was. */
  private Future<Map<TopicPartition, OffsetAndMetadata>> begin(
      String consumerGroup, Map<TopicPartition, OffsetAndMetadata> known) {
    return owner
        .topics()
        .begins(partitions)
        .compose(
            begins -> {
              Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>(known);
              begins.forEach((each, first) -> all.putIfAbsent(each, new OffsetAndMetadata(first)));
              return owner.writer().commit(moves(consumerGroup, all)).map(all);
            });
  }

  private KafkaStep moves(String group, Map<TopicPartition, OffsetAndMetadata> to) {
    return KafkaStep.move(
        partitions.stream()
            .map(each -> new KafkaStep.Move(group, each, Objects.requireNonNull(to.get(each))))
            .toList());
  }

  /** Keeps a queue that is new. */
  Future<Void> keep(StoredQueue fresh) {
    return write(fresh).mapEmpty();
  }

  /** Changes what is kept of the queue. */
  Future<QueueView> change(UnaryOperator<StoredQueue> step) {
    return alone(() -> write(step.apply(stored)));
  }

  private Future<QueueView> write(StoredQueue wanted) {
    return owner
        .put(wanted)
        .map(
            revision -> {
              stored = wanted.at(revision);
              return viewNow();
            });
  }

  /** Has a group, be it new or there, go on at some offsets. */
  Future<QueueView> seek(
      UnaryOperator<StoredQueue> step,
      String group,
      Supplier<Future<Map<TopicPartition, Long>>> where) {
    return alone(
        () -> {
          StoredQueue wanted = step.apply(stored);
          return where
              .get()
              .compose(
                  to ->
                      move(List.of(group), to)
                          .compose(moved -> write(wanted))
                          .onSuccess(written -> openAt(group, to)))
              .map(written -> viewNow());
        });
  }

  private Future<Void> move(List<String> names, Map<TopicPartition, Long> to) {
    List<KafkaStep.Move> moves = new ArrayList<>();
    for (String name : names) {
      Optional.ofNullable(groups.get(name)).ifPresent(KafkaGroupJob::close);
      String consumerGroup = owner.options().kafka().consumerGroup(name);
      to.forEach(
          (each, at) ->
              moves.add(new KafkaStep.Move(consumerGroup, each, new OffsetAndMetadata(at))));
    }
    return owner.writer().commit(KafkaStep.move(moves)).<Void>mapEmpty().onFailure(owner::giveUp);
  }

  Future<QueueView> removeGroup(String group, UnaryOperator<StoredQueue> step) {
    return alone(
        () ->
            write(step.apply(stored))
                .onSuccess(
                    written -> {
                      KafkaGroupJob left = groups.remove(group);
                      if (left != null) {
                        left.close();
                        forget(left);
                      }
                    })
                .map(written -> viewNow()));
  }

  private void forget(KafkaGroupJob group) {
    owner
        .topics()
        .forget(group.consumerGroup(), partitions)
        .onFailure(cause -> owner.note("forget group", cause));
  }

  /** Has all groups be done with all messages; answers how many there were. */
  Future<Long> purge() {
    return alone(
        () ->
            owner
                .topics()
                .ends(partitions)
                .compose(
                    found -> {
                      found.forEach((each, end) -> ends.merge(each.partition(), end, Math::max));
                      long had = messages();
                      List<String> names = List.copyOf(groups.keySet());
                      sends.forget();
                      return move(names, found)
                          .onSuccess(moved -> names.forEach(name -> openAt(name, found)))
                          .compose(opened -> isTopicOurs() ? owner.topics().trim(found) : last())
                          .map(had);
                    }));
  }

  private static Future<Void> last() {
    return Future.succeededFuture();
  }

  /** Removes the queue, and its topic if that was made for it. */
  Future<Void> delete() {
    return alone(
        () ->
            owner
                .drop(this)
                .compose(
                    dropped -> {
                      groups.values().forEach(this::forget);
                      close(QueuesJob.missing(name()));
                      return isTopicOurs() ? owner.topics().delete(name()) : last();
                    }));
  }

  /** Refuses everything from now on. */
  void close(Failure cause) {
    closed = cause;
    loaded.tryFail(cause);
    groups.values().forEach(KafkaGroupJob::close);
  }

  boolean isClosed() {
    return closed != null;
  }

  /** How it stands once what is in Kafka by now was read, if there is room for it. */
  Future<QueueView> look() {
    return enter(
        () ->
            owner
                .topics()
                .ends(partitions)
                .compose(
                    found -> {
                      learn(found);
                      return Future.all(
                          groups.values().stream()
                              .map(group -> group.caughtUp(Integer.MAX_VALUE))
                              .toList());
                    })
                .map(read -> viewNow()));
  }

  /** Takes note of what is after the last records. */
  void learn(Map<TopicPartition, Long> found) {
    for (TopicPartition each : partitions) {
      ends.merge(each.partition(), found.getOrDefault(each, 0L), Math::max);
    }
  }

  /** With what is before it in a partition all groups are done. */
  long doneBefore(int partition) {
    return groups.values().stream()
        .mapToLong(group -> group.tracker(partition).committable())
        .min()
        .orElse(0);
  }

  /** The same as far as it is in Kafka; 0 while a group is moved. */
  long committedBefore(int partition) {
    return groups.values().stream()
        .mapToLong(group -> group.isClosed() ? 0 : group.tracker(partition).committed())
        .min()
        .orElse(0);
  }

  /** Whether some group is not done with a message. */
  boolean isWanted(KafkaMessage message) {
    return groups.values().stream()
        .anyMatch(group -> !group.tracker(message.partition()).isDone(message.offset()));
  }

  /** Tells Kafka again where all groups are. */
  Future<?> commit() {
    List<KafkaStep.Ack> all = new ArrayList<>();
    for (KafkaGroupJob group : groups.values()) {
      partitions.forEach(each -> all.add(group.ack(each.partition(), -1)));
    }
    return owner.writer().commit(KafkaStep.ack(all));
  }

  /** Does what is due. */
  void tick(long now) {
    groups.values().forEach(group -> group.tick(now));
  }

  /** Does what has time; to be called once a second. */
  void sweep(long now) {
    sends.sweep(now);
    view = viewNow();
  }

  /** Messages with which some group is not done, as far as is known. */
  long messages() {
    return groups.values().stream().mapToLong(KafkaGroupJob::messages).max().orElse(0);
  }

  QueueView viewNow() {
    Function<KafkaGroupJob, Long> oldest = KafkaGroupJob::oldest;
    long first =
        groups.values().stream().map(oldest).filter(each -> each > 0).min(Long::compare).orElse(0L);
    return new QueueView(
        stored.name(),
        stored.definition(),
        (int) Math.min(Integer.MAX_VALUE, messages()),
        groups.values().stream().mapToLong(group -> group.index().bytes()).max().orElse(0),
        Duration.ofMillis(first == 0 ? 0 : Math.max(0, owner.now() - first)),
        groups.values().stream().map(KafkaGroupJob::view).toList(),
        stored.subscriptions(),
        stored.revision());
  }
}
