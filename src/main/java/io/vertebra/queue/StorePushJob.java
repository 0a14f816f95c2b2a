package io.vertebra.queue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;

/** A queue of the store whose messages are pushed. */
record StorePushJob(QueueJob queue) implements PushJob.Source {

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
    return queue.receives().receive(request, gone);
  }

  @Override
  public Future<?> settle(Settlement settlement) {
    return queue.enter(() -> queue.settles().settle(settlement));
  }

  @Override
  public Future<?> release(String receipt, long rest) {
    return queue.enter(() -> queue.settles().release(receipt, rest));
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
