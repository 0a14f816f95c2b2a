package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Queues as callers see them: lasting connections learn of what was settled, by receipts that are
 * unknown below, and subscriptions are checked before they are kept.
 */
final class TellingQueueService extends AskingQueueService {
  private final QueueService queues;
  private final Teller teller;
  private final UnaryOperator<Subscription> admission;

  /** Tells a connection, wherever it is, that a message needs no credit any more. */
  interface Teller {
    /**
     * Tells it.
     *
     * @param extended if it was not settled but given for longer
     */
    void tell(Ticket ticket, Optional<Settlement> extended);
  }

  /**
   * @param admission makes a subscription one that may be kept, or throws
   */
  TellingQueueService(QueueService queues, Teller teller, UnaryOperator<Subscription> admission) {
    this.queues = queues;
    this.teller = teller;
    this.admission = admission;
  }

  @Override
  <T> Future<T> ask(Function<QueueService, Future<T>> call) {
    return call.apply(queues);
  }

  @Override
  public Future<QueueView> subscribe(Subscription subscription) {
    return Future.succeededFuture(subscription).map(admission).compose(queues::subscribe);
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    List<Optional<Ticket>> tickets =
        settlements.stream().map(each -> Ticket.of(each.receipt())).toList();
    if (tickets.stream().allMatch(Optional::isEmpty)) {
      return queues.settle(queue, settlements);
    }
    List<Settlement> plain = new ArrayList<>(settlements.size());
    for (int i = 0; i < settlements.size(); i++) {
      Settlement given = settlements.get(i);
      plain.add(tickets.get(i).map(ticket -> given.of(ticket.receipt())).orElse(given));
    }
    return queues.settle(queue, plain).map(outcomes -> tell(settlements, tickets, outcomes));
  }

  private List<Outcome<Settled>> tell(
      List<Settlement> settlements,
      List<Optional<Ticket>> tickets,
      List<Outcome<Settled>> outcomes) {
    List<Outcome<Settled>> told = new ArrayList<>(outcomes.size());
    for (int i = 0; i < outcomes.size(); i++) {
      Settlement given = settlements.get(i);
      Outcome<Settled> outcome = outcomes.get(i);
      if (tickets.get(i).isPresent() && isOver(outcome)) {
        boolean extended =
            outcome.value().filter(done -> done.result() == Settled.Result.EXTENDED).isPresent();
        teller.tell(tickets.get(i).get(), extended ? Optional.of(given) : Optional.empty());
      }
      told.add(
          new Outcome<>(
              outcome.value().map(done -> new Settled(given.receipt(), done.result())),
              outcome.failure()));
    }
    return told;
  }

  /** Whether its receiver has nothing to do with the message any more, or for longer. */
  private static boolean isOver(Outcome<Settled> outcome) {
    return outcome
        .failure()
        .map(Failure::code)
        .map(code -> code == FailureCode.FENCED || code == FailureCode.NOT_FOUND)
        .orElse(true);
  }
}
