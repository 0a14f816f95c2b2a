package io.vertebra.queue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;

/** A queue of Kafka whose messages are pushed. */
record KafkaPushJob(KafkaQueueJob queue) implements PushJob.Source {

  @Override
  public Vertx vertx() {
    return queue.owner().vertx();
  }

  @Override
  public long now() {
    return queue.owner().now();
  }

  @Override
  public Duration idle() {
    return queue.owner().options().idle();
  }

  @Override
  public boolean isClosed() {
    return queue.isClosed();
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return queue.enter(() -> queue.group(request.group()).receives().receive(request, gone));
  }

  @Override
  public Future<?> settle(Settlement settlement) {
    return queue.enter(() -> settles(settlement.receipt()).settle(settlement));
  }

  @Override
  public Future<?> release(String receipt, long rest) {
    return queue.enter(() -> settles(receipt).release(receipt, rest));
  }

  private KafkaSettleJob settles(String receipt) {
    return queue.group(Receipt.of(receipt).group()).settles();
  }

  @Override
  public Future<?> end(String group, String address) {
    return queue.owner().endSubscription(queue, group, address);
  }

  @Override
  public void note(String what, Throwable cause) {
    queue.owner().note(what, cause);
  }
}
