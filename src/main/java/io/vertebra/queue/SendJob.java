package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.DROPPED;
import static io.vertebra.queue.QueueMeters.Event.DUPLICATE;
import static io.vertebra.queue.QueueMeters.Event.REFUSED;
import static io.vertebra.queue.QueueMeters.Event.SENT;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.QueueDefinition.OnFull;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes messages into a queue. A message is in the index once it is in the store. */
final class SendJob {
  /** How many messages are looked at for one that can be dropped. */
  private static final int LOOKED_AT = 1_000;

  private static final int SWEPT_AT_ONCE = 1_000;

  /** How many messages are dropped in one transaction, with two steps each. */
  private static final int DROPPED_AT_ONCE = 1_000;

  private final QueueJob queue;
  private final QueuesJob owner;
  private final DedupIds dedups = new DedupIds();

  /** Messages on their way to the store that have a dedup id. */
  private final Map<String, Future<SentMessage>> coming = new HashMap<>();

  /** What is on its way to the store, less what makes room for it. */
  private int reserved;

  private long reservedBytes;

  SendJob(QueueJob queue) {
    this.queue = queue;
    this.owner = queue.owner();
  }

  DedupIds dedups() {
    return dedups;
  }

  Future<List<Outcome<SentMessage>>> sendAll(List<NewMessage> messages) {
    return BatchJob.each(messages, this::send);
  }

  Future<SentMessage> send(NewMessage message) {
    int most = owner.options().maxMessageBytes();
    if (message.body().length() > most) {
      return Failure.future(FailureCode.TOO_LARGE, "the body is longer than " + most + " bytes");
    }
    Optional<String> dedupId =
        message.dedupId().filter(id -> !queue.definition().dedupWindow().isZero());
    return dedupId.isPresent()
        ? sendOnce(dedupId.get(), message)
        : write(message, Optional.empty());
  }

  private Future<SentMessage> sendOnce(String dedupId, NewMessage message) {
    DedupIds.Mark mark = dedups.find(dedupId, owner.now());
    if (mark != null) {
      queue.counts().add(DUPLICATE, 1);
      SentMessage known = new SentMessage(MessageIds.text(mark.message()), true);
      return owner.check().confirm().map(known);
    }
    Future<SentMessage> first = coming.get(dedupId);
    if (first != null) {
      return first.map(sent -> new SentMessage(sent.id(), true));
    }
    int most = owner.options().maxDedupIds();
    if (dedups.size() + coming.size() >= most) {
      queue.counts().add(REFUSED, 1);
      return Failure.future(
          FailureCode.LIMITED, "the queue remembers " + most + " dedup ids, which is the most");
    }
    Future<SentMessage> sent = write(message, Optional.of(dedupId));
    if (!sent.isComplete()) {
      coming.put(dedupId, sent);
      sent.onComplete(done -> coming.remove(dedupId));
    }
    return sent;
  }

  private Future<SentMessage> write(NewMessage message, Optional<String> dedupId) {
    long now = owner.now();
    StoredMessage stored = StoredMessage.of(message, owner.nextId(), now, queue.definition());
    long most = queue.definition().maxBytes();
    if (stored.weight() > most) {
      queue.counts().add(REFUSED, 1);
      return Failure.future(
          FailureCode.TOO_LARGE, "the message is longer than the " + most + " bytes of the queue");
    }
    List<Entry> dropped = new ArrayList<>();
    if (!makeRoom(stored.weight(), dropped)) {
      dropped.forEach(queue.index()::keep);
      queue.counts().add(REFUSED, 1);
      return Failure.future(FailureCode.LIMITED, "queue " + queue.stored().name() + " is full");
    }
    while (dropped.size() > DROPPED_AT_ONCE) {
      List<Entry> some = dropped.subList(0, DROPPED_AT_ONCE);
      drop(List.copyOf(some));
      some.clear();
    }
    long number = queue.stored().number();
    Change change = MessageStore.put(new Change(), number, stored, message.body());
    DedupIds.Mark mark =
        new DedupIds.Mark(stored.id(), now + queue.definition().dedupWindow().toMillis());
    dedupId.ifPresent(id -> change.put(QueueKeys.dedup(number, id), mark.encode()));
    dropped.forEach(entry -> change.deleteMessage(number, entry.id));
    HandoverJob handover = queue.receives().handOver(stored, change);
    int bytes = stored.weight() - dropped.stream().mapToInt(entry -> entry.weight).sum();
    reserve(1 - dropped.size(), bytes);
    return owner
        .commits()
        .commit(change)
        .onComplete(ended -> reserve(dropped.size() - 1, -bytes))
        .onSuccess(revision -> dedupId.ifPresent(id -> dedups.put(id, mark)))
        .onSuccess(revision -> taken(stored, handover, dropped))
        .onSuccess(revision -> queue.receives().done(handover, message.body()))
        .onFailure(cause -> dropped.forEach(queue.removes()::keep))
        .onFailure(cause -> queue.receives().failed(handover))
        .map(revision -> new SentMessage(MessageIds.text(stored.id()), false));
  }

  /** Drops messages for which there is no room in the transaction of the one that comes. */
  private void drop(List<Entry> dropped) {
    Change change = new Change();
    dropped.forEach(entry -> change.deleteMessage(queue.stored().number(), entry.id));
    int bytes = dropped.stream().mapToInt(entry -> entry.weight).sum();
    reserve(-dropped.size(), -bytes);
    owner
        .commits()
        .commit(change)
        .onComplete(ended -> reserve(dropped.size(), bytes))
        .onSuccess(revision -> queue.counts().add(DROPPED, dropped.size()))
        .onSuccess(revision -> dropped.forEach(queue.index()::remove))
        .onFailure(cause -> dropped.forEach(queue.removes()::keep));
  }

  private void taken(StoredMessage stored, HandoverJob handover, List<Entry> dropped) {
    queue.counts().add(SENT, 1);
    queue.counts().add(DROPPED, dropped.size());
    dropped.forEach(queue.index()::remove);
    queue.index().add(stored, handover.deliveries(), owner.now());
  }

  /** A message came along with a change of another queue. */
  void came(StoredMessage stored) {
    queue.index().add(stored, owner.now());
    queue.receives().serveSoon();
  }

  private void reserve(int messages, int bytes) {
    reserved += messages;
    reservedBytes += bytes;
  }

  /**
   * Marks messages as gone until there is room: those that are kept for replay alone, and where the
   * queue says so the oldest.
   *
   * @return whether there is room
   */
  private boolean makeRoom(int weight, List<Entry> dropped) {
    QueueDefinition definition = queue.definition();
    long messages = queue.index().size() + reserved + 1L;
    long bytes = queue.index().bytes() + reservedBytes + weight;
    long from = 0;
    while (messages > definition.maxMessages() || bytes > definition.maxBytes()) {
      Optional<Entry> droppable = droppable(definition, from);
      if (droppable.isEmpty()) {
        return false;
      }
      Entry entry = droppable.get();
      entry.gone = true;
      dropped.add(entry);
      from = entry.id + 1;
      messages--;
      bytes -= entry.weight;
    }
    return true;
  }

  private Optional<Entry> droppable(QueueDefinition definition, long from) {
    boolean any = definition.onFull() == OnFull.DROP_OLDEST;
    int[] left = {LOOKED_AT};
    return queue
        .index()
        .first(from, entry -> left[0]-- <= 0 || entry.pending == 0 || (any && !entry.isHeld()))
        .filter(entry -> entry.pending == 0 || (any && !entry.isHeld()));
  }

  /** Forgets dedup ids whose time is over. */
  void sweep(long now) {
    List<String> over = dedups.pollOver(now, SWEPT_AT_ONCE);
    if (over.isEmpty()) {
      return;
    }
    Change change = new Change().alone();
    over.forEach(id -> change.delete(QueueKeys.dedup(queue.stored().number(), id)));
    // What stays in the store for now is read and removed by the next owner.
    owner.commits().commit(change).onFailure(cause -> owner.note("dedup sweep", cause));
  }
}
