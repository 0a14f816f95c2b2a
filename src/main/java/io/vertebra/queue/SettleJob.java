package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.ACKED;
import static io.vertebra.queue.QueueMeters.Event.RETURNED;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.Delivery.Given;
import io.vertebra.queue.Delivery.State;
import io.vertx.core.Future;
import java.util.List;

/**
 * Settles deliveries. What was given too long ago can still be settled, as long as it was not given
 * again.
 */
final class SettleJob {
  private final QueueJob queue;
  private final QueuesJob owner;

  /** A delivery that a receipt names. */
  private record Named(GroupIndex group, Delivery delivery, Given given) {}

  SettleJob(QueueJob queue) {
    this.queue = queue;
    this.owner = queue.owner();
  }

  Future<List<Outcome<Settled>>> settleAll(List<Settlement> settlements) {
    return BatchJob.each(settlements, this::settle);
  }

  Future<Settled> settle(Settlement settlement) {
    Named named = named(Receipt.of(settlement.receipt()));
    Future<Settled.Result> result =
        switch (settlement.kind()) {
          case ACK -> ack(named);
          case NACK -> nack(named, settlement);
          case REJECT -> bury(named, settlement, "rejected");
          case RELEASE -> release(named, rest(settlement)).map(Settled.Result.RETRIED);
          case EXTEND -> extend(named, settlement);
        };
    return result.map(known -> new Settled(settlement.receipt(), known));
  }

  /** Takes back what never came to its receiver; the attempt does not count. */
  Future<Long> release(String receipt, long rest) {
    return release(named(Receipt.of(receipt)), rest);
  }

  private static long rest(Settlement settlement) {
    return settlement.time().map(time -> time.toMillis()).orElse(0L);
  }

  private Future<Long> release(Named named, long rest) {
    Given given = named.given();
    Given before = new Given(given.attempts() - 1, 0, given.firstAt());
    long due = owner.now() + rest;
    return write(named, StoredDelivery.State.RESTING, before, due, "")
        .onSuccess(revision -> rest(named, before, due));
  }

  private void rest(Named named, Given returned, long due) {
    named.group().rests(named.delivery(), returned, due);
    queue.tick(owner.now());
  }

  private Named named(Receipt receipt) {
    GroupIndex group = queue.group(receipt.group());
    Delivery delivery =
        queue
            .index()
            .known(receipt.message())
            .map(group::of)
            .orElseThrow(() -> failure(FailureCode.NOT_FOUND, "is done with, or gone"));
    Given given = delivery.given;
    if (delivery.state == State.BUSY || delivery.entry.gone) {
      throw failure(FailureCode.CONFLICT, "is being changed by another call");
    }
    if (given == null || !delivery.isOf(receipt.delivery())) {
      throw failure(FailureCode.FENCED, "was delivered again or returned since");
    }
    return new Named(group, delivery, given);
  }

  private static Failure failure(FailureCode code, String what) {
    return new Failure(code, "the message " + what);
  }

  private Future<Settled.Result> ack(Named named) {
    return queue
        .removes()
        .finish(named.group(), named.delivery())
        .onSuccess(done -> queue.counts().add(ACKED, 1))
        .map(Settled.Result.ACKED);
  }

  private Future<Settled.Result> nack(Named named, Settlement settlement) {
    Given given = named.given();
    if (queue.definition().isExhausted(given.attempts())) {
      return bury(named, settlement, "returned");
    }
    long rest =
        settlement
            .time()
            .map(time -> time.toMillis())
            .orElseGet(() -> queue.definition().backoff().millis(given.attempts()));
    Given returned = new Given(given.attempts(), 0, given.firstAt());
    long due = owner.now() + rest;
    return write(named, StoredDelivery.State.RESTING, returned, due, settlement.reason())
        .onSuccess(
            revision -> {
              queue.counts().add(RETURNED, 1);
              rest(named, returned, due);
            })
        .map(Settled.Result.RETRIED);
  }

  private Future<Settled.Result> extend(Named named, Settlement settlement) {
    long due = owner.now() + settlement.time().orElse(queue.definition().visibility()).toMillis();
    return write(named, StoredDelivery.State.GIVEN, named.given(), due, "")
        .onSuccess(revision -> named.group().given(named.delivery(), named.given(), due))
        .map(Settled.Result.EXTENDED);
  }

  private Future<Long> write(
      Named named, StoredDelivery.State state, Given given, long due, String reason) {
    Delivery delivery = named.delivery();
    named.group().busy(delivery);
    StoredDelivery stored =
        new StoredDelivery(state, given.attempts(), given.number(), due, given.firstAt(), reason);
    return owner
        .commits()
        .commit(
            new Change()
                .put(
                    QueueKeys.delivery(
                        queue.stored().number(),
                        delivery.entry.id,
                        named.group().stored().number()),
                    stored.encode()))
        .onFailure(cause -> named.group().given(delivery, named.given(), delivery.due));
  }

  private Future<Settled.Result> bury(Named named, Settlement settlement, String otherwise) {
    String reason = settlement.reason().isEmpty() ? otherwise : settlement.reason();
    named.group().busy(named.delivery());
    return queue.buries().bury(named.group(), named.delivery(), reason).map(Settled.Result.DEAD);
  }
}
