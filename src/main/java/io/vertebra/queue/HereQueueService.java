package io.vertebra.queue;

import io.vertx.core.Future;
import java.util.function.Function;

/** The queues for other nodes that take this one for the owner; if it is not, nothing is done. */
final class HereQueueService extends AskingQueueService {
  private final OwnerJob owners;

  HereQueueService(OwnerJob owners) {
    this.owners = owners;
  }

  @Override
  <T> Future<T> ask(Function<QueueService, Future<T>> call) {
    return owners
        .owner()
        .map(owner -> call.apply(owner))
        .orElseGet(() -> Future.failedFuture(CommitJob.moved()));
  }
}
