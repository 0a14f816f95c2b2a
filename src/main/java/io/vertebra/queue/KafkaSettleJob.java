package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.ACKED;
import static io.vertebra.queue.QueueMeters.Event.DEAD;
import static io.vertebra.queue.QueueMeters.Event.EXPIRED;
import static io.vertebra.queue.QueueMeters.Event.LATE;
import static io.vertebra.queue.QueueMeters.Event.RETURNED;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.Delivery.Given;
import io.vertebra.queue.Delivery.State;
import io.vertebra.queue.KafkaGroupJob.Held;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Settles deliveries of one group. With what it is done is in Kafka before anybody is told; how
 * long something is given or rests is only in memory.
 */
final class KafkaSettleJob {
  private static final long AGAIN_MS = 1_000;
  private static final int AT_ONCE = 1_000;

  private final KafkaGroupJob group;
  private final KafkaQueuesJob owner;

  /** A delivery that a receipt names. */
  private record Named(Held held, Delivery delivery, Given given) {}

  KafkaSettleJob(KafkaGroupJob group) {
    this.group = group;
    this.owner = group.queue().owner();
  }

  Future<Settled> settle(Settlement settlement) {
    Named named = named(Receipt.of(settlement.receipt()));
    Future<Settled.Result> result =
        switch (settlement.kind()) {
          case ACK -> ack(named);
          case NACK -> nack(named, settlement);
          case REJECT -> reject(named, settlement, "rejected");
          case RELEASE -> release(named, settlement.time().map(Duration::toMillis).orElse(0L));
          case EXTEND -> extend(named, settlement);
        };
    return result.map(known -> new Settled(settlement.receipt(), known));
  }

  private Named named(Receipt receipt) {
    if (group.isClosed()) {
      throw CommitJob.moved();
    }
    int partition = KafkaMessage.partition(receipt.message());
    long offset = KafkaMessage.offset(receipt.message());
    Optional<Held> known = group.at(receipt.message());
    Delivery delivery = known.map(held -> group.deliveries().of(held.entry())).orElse(null);
    // Before its transaction has ended the tracker counts it as done.
    if (delivery != null && delivery.state == State.BUSY) {
      throw failure(FailureCode.CONFLICT, "is being changed by another call");
    }
    OffsetTracker tracker = group.trackers().get(partition);
    if (tracker == null || tracker.isDone(offset)) {
      throw failure(FailureCode.NOT_FOUND, "is done with, or gone");
    }
    Held held = known.orElseThrow(() -> failure(FailureCode.FENCED, "was returned since"));
    if (delivery == null) {
      throw failure(FailureCode.NOT_FOUND, "is done with, or gone");
    }
    Given given = delivery.given;
    if (given == null || !delivery.isOf(receipt.delivery())) {
      throw failure(FailureCode.FENCED, "was delivered again or returned since");
    }
    return new Named(held, delivery, given);
  }

  private static Failure failure(FailureCode code, String what) {
    return new Failure(code, "the message " + what);
  }

  /** Takes back what never came to its receiver; the attempt does not count. */
  Future<Void> release(String receipt, long rest) {
    return Future.succeededFuture()
        .compose(unused -> release(named(Receipt.of(receipt)), rest))
        .mapEmpty();
  }

  private Future<Settled.Result> release(Named named, long rest) {
    Given given = named.given();
    rest(named.delivery(), new Given(given.attempts() - 1, 0, given.firstAt()), rest);
    return Future.succeededFuture(Settled.Result.RETRIED);
  }

  private void rest(Delivery delivery, Given returned, long rest) {
    long now = owner.now();
    group.deliveries().rests(delivery, returned, now + rest);
    group.tick(now);
  }

  private Future<Settled.Result> ack(Named named) {
    return finish(named.held(), List.of())
        .onSuccess(done -> group.queue().counts().add(ACKED, 1))
        .map(Settled.Result.ACKED);
  }

  private Future<Settled.Result> nack(Named named, Settlement settlement) {
    QueueDefinition definition = group.queue().definition();
    Given given = named.given();
    if (definition.isExhausted(given.attempts())) {
      return reject(named, settlement, "returned");
    }
    long rest =
        settlement
            .time()
            .map(time -> time.toMillis())
            .orElseGet(() -> definition.backoff().millis(given.attempts()));
    rest(named.delivery(), new Given(given.attempts(), 0, given.firstAt()), rest);
    group.queue().counts().add(RETURNED, 1);
    return Future.succeededFuture(Settled.Result.RETRIED);
  }

  private Future<Settled.Result> extend(Named named, Settlement settlement) {
    QueueDefinition definition = group.queue().definition();
    long due = owner.now() + settlement.time().orElse(definition.visibility()).toMillis();
    group.deliveries().given(named.delivery(), named.given(), due);
    return Future.succeededFuture(Settled.Result.EXTENDED);
  }

  private Future<Settled.Result> reject(Named named, Settlement settlement, String otherwise) {
    String reason = settlement.reason().isEmpty() ? otherwise : settlement.reason();
    return bury(named.delivery(), reason).map(Settled.Result.DEAD);
  }

  /** Has the group be done with a message, and records written along with it. */
  private Future<List<RecordMetadata>> finish(
      Held held, List<ProducerRecord<byte[], byte[]>> records) {
    Delivery delivery = group.deliveries().of(held.entry());
    KafkaMessage message = held.message();
    if (delivery == null || !group.tracker(message.partition()).mayAcknowledge(message.offset())) {
      if (delivery != null) {
        unfinished(delivery);
      }
      return Failure.future(
          FailureCode.UNAVAILABLE, "too many messages after those not done with are done with");
    }
    group.deliveries().busy(delivery);
    KafkaStep.Ack ack = group.ack(message.partition(), message.offset());
    return owner
        .writer()
        .commit(new KafkaStep(records, List.of(ack), List.of()))
        .onSuccess(done -> group.remove(held))
        .onFailure(cause -> unfinished(delivery));
  }

  private void unfinished(Delivery delivery) {
    Given given = delivery.given;
    if (given != null) {
      group.deliveries().given(delivery, given, Math.max(delivery.due, owner.now() + AGAIN_MS));
    } else {
      group.deliveries().back(delivery);
    }
  }

  /** Gives up a message that is busy or not. */
  private Future<Void> bury(Delivery delivery, String reason) {
    Held held = group.held(delivery.entry);
    group.deliveries().busy(delivery);
    return group
        .queue()
        .definition()
        .deadLetter()
        .map(name -> bury(held, delivery, reason, name))
        .orElseGet(() -> finish(held, List.of()).mapEmpty())
        .onSuccess(done -> group.queue().counts().add(DEAD, 1));
  }

  private Future<Void> bury(Held held, Delivery delivery, String reason, String name) {
    DeadLetter told =
        new DeadLetter(
            group.queue().name(), group.name(), reason, delivery.attempts(), delivery.firstAt(0));
    return owner
        .queueOrNew(name)
        .compose(letters -> owner.roomForIds().map(letters))
        .onFailure(cause -> unfinished(delivery))
        .compose(
            letters -> {
              StoredMessage message = held.message().message();
              long now = owner.now();
              StoredMessage moved =
                  message.moved(
                      owner.nextId(), told.headers(message, now), now, letters.definition());
              return finish(
                      held, List.of(KafkaMessage.toRecord(name, moved, held.message().body())))
                  .onSuccess(letters::came);
            })
        .mapEmpty();
  }

  /** It was given and not settled in time. */
  void late(Delivery delivery) {
    group.queue().counts().add(LATE, 1);
    if (group.queue().definition().isExhausted(delivery.attempts())) {
      buryLate(delivery);
    }
  }

  /** Gives up what nobody settled. */
  void buryLate(Delivery delivery) {
    bury(delivery, BuryJob.LATE).onFailure(cause -> owner.note("bury", cause));
  }

  /** Is done with messages whose time is over. */
  void expire(long now) {
    for (int i = 0; i < AT_ONCE; i++) {
      Entry entry = group.index().pollExpired(now);
      if (entry == null) {
        return;
      }
      if (entry.isBusy()) {
        group.index().expireLater(entry, now + AGAIN_MS);
        continue;
      }
      finish(group.held(entry), List.of())
          .onSuccess(done -> group.queue().counts().add(EXPIRED, 1))
          .onFailure(cause -> group.index().expireLater(entry, now + AGAIN_MS));
    }
  }
}
