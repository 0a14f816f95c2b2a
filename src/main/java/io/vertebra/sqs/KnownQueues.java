package io.vertebra.sqs;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.DefineQueue;
import io.vertebra.queue.QueueDefinition;
import io.vertebra.queue.QueueService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What queues are, for sending and receiving by their attributes; remembered for a second, for SQS
 * promises less. Safe for any thread.
 */
final class KnownQueues {
  private static final int MOST = 1_000;
  private static final Duration TIME = Duration.ofSeconds(1);

  private final QueueService queues;
  private final LongSupplier nanoTime;
  private final Map<String, Known> known = new LinkedHashMap<>();

  private record Known(QueueDefinition definition, long until) {}

  /**
   * @param queues without regard to who asks
   */
  KnownQueues(QueueService queues, LongSupplier nanoTime) {
    this.queues = queues;
    this.nanoTime = nanoTime;
  }

  /** What a queue is; the defaults if there is none, for then whatever is asked of it will tell. */
  Future<QueueDefinition> definition(String queue) {
    long now = nanoTime.getAsLong();
    synchronized (known) {
      Known found = known.get(queue);
      if (found != null && found.until() - now > 0) {
        return Future.succeededFuture(found.definition());
      }
    }
    return queues
        .get(queue)
        .map(view -> remember(queue, view.definition(), now))
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.NOT_FOUND
                    ? Future.succeededFuture(DefineQueue.of(queue).definition())
                    : Future.failedFuture(cause));
  }

  private QueueDefinition remember(String queue, QueueDefinition definition, long now) {
    synchronized (known) {
      known.remove(queue);
      known.put(queue, new Known(definition, now + TIME.toNanos()));
      if (known.size() > MOST) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return definition;
  }

  /** A queue was changed here. */
  void forget(String queue) {
    synchronized (known) {
      known.remove(queue);
    }
  }
}
