package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.queue.QueueMeters.Event;
import io.vertebra.queue.RedisQueueStore.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Settles deliveries of a queue in Redis. */
final class RedisSettleJob {
  private final RedisQueueStore store;

  RedisSettleJob(RedisQueueStore store) {
    this.store = store;
  }

  /** A settlement and, unless the receipt is none, what it names. */
  private record Item(Settlement settlement, Optional<Receipt> receipt, Optional<Failure> problem) {

    static Item of(Settlement settlement) {
      try {
        Receipt receipt = Receipt.of(settlement.receipt());
        return new Item(settlement, Optional.of(receipt), Optional.empty());
      } catch (Failure problem) {
        return new Item(settlement, Optional.empty(), Optional.of(problem));
      }
    }
  }

  Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    List<Item> items = settlements.stream().map(Item::of).toList();
    List<String> args = new ArrayList<>();
    for (Item item : items) {
      Settlement settlement = item.settlement();
      String time = settlement.time().map(Duration::toMillis).map(String::valueOf).orElse("");
      item.receipt()
          .ifPresent(
              receipt ->
                  args.addAll(words(Fields.word(settlement.kind()), receipt, time, settlement)));
    }
    return store
        .run(Script.SETTLE, queue, args)
        .map(
            answer -> {
              Iterator<Response> answers = answer.get(0).iterator();
              return items.stream().map(item -> outcome(queue, item, answers)).toList();
            });
  }

  private static List<String> words(
      String kind, Receipt receipt, String time, Settlement settlement) {
    return words(kind, receipt, time, settlement.reason());
  }

  private static List<String> words(String kind, Receipt receipt, String time, String reason) {
    return List.of(
        kind,
        MessageIds.text(receipt.message()),
        MessageIds.text(receipt.delivery()),
        receipt.group(),
        time,
        reason);
  }

  private Outcome<Settled> outcome(String queue, Item item, Iterator<Response> answers) {
    if (item.problem().isPresent()) {
      return Outcome.failed(item.problem().get());
    }
    Response told = answers.next();
    if (told.size() > 1) {
      return Outcome.failed(RedisQueueStore.failure(RedisQueueStore.list(told)));
    }
    Settled.Result result = Settled.Result.valueOf(told.get(0).toString());
    switch (result) {
      case ACKED -> store.meters().of(queue).add(Event.ACKED, 1);
      case RETRIED -> store.meters().of(queue).add(Event.RETURNED, 1);
      default -> {}
    }
    return Outcome.of(new Settled(item.settlement().receipt(), result));
  }

  /** Takes back what never came to its receiver; the attempts do not count. */
  Future<Void> release(String queue, List<String> receipts, Duration rest) {
    List<String> args = new ArrayList<>();
    for (String receipt : receipts) {
      String time = Long.toString(rest.toMillis());
      args.addAll(words("release", Receipt.of(receipt), time, ""));
    }
    return store.run(Script.SETTLE, queue, args).mapEmpty();
  }
}
