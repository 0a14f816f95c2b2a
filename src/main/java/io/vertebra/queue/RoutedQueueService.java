package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The queues for callers on any node: asks the owner, wherever it is. While there is none, or
 * another is about to be, it asks again for some seconds; only what was certainly not done is asked
 * again.
 */
final class RoutedQueueService extends AskingQueueService {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final long AGAIN_MS = 50;

  /**
   * Another node is asked to wait no longer than this at a time, for it is not told of who left.
   */
  private static final Duration SLICE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final String node;
  private final OwnerJob owners;
  private final LongSupplier nanoTime;

  RoutedQueueService(Vertx vertx, String node, OwnerJob owners, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.node = node;
    this.owners = owners;
    this.nanoTime = nanoTime;
  }

  @Override
  <T> Future<T> ask(Function<QueueService, Future<T>> call) {
    return ask(call, nanoTime.getAsLong() + DEADLINE.toNanos());
  }

  private <T> Future<T> ask(Function<QueueService, Future<T>> call, long until) {
    return owner()
        .compose(call)
        .recover(
            cause -> {
              if (!CommitJob.isMoved(cause)) {
                return Future.failedFuture(cause);
              }
              return nanoTime.getAsLong() - until < 0
                  ? vertx.timer(AGAIN_MS).compose(unused -> ask(call, until))
                  : Failure.future(FailureCode.UNAVAILABLE, "the queues have no owner at present");
            });
  }

  private Future<QueueService> owner() {
    return owners
        .owner()
        .map(here -> Future.<QueueService>succeededFuture(here))
        .orElseGet(() -> owners.lastOwner().compose(this::elsewhere));
  }

  private Future<QueueService> elsewhere(String last) {
    return last.isEmpty() || last.equals(node)
        ? Future.failedFuture(CommitJob.moved())
        : Future.succeededFuture(BusQueueService.owner(vertx, last));
  }

  /** A batch that the old owner refused as a whole goes to the new one. */
  @Override
  public Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> messages) {
    return ask(owner -> owner.send(queue, messages).compose(RoutedQueueService::whole));
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return receive(request, gone, nanoTime.getAsLong() + request.patience().toNanos());
  }

  private Future<List<ReceivedMessage>> receive(
      ReceiveMessages request, Future<Void> gone, long until) {
    Duration left = Duration.ofNanos(Math.max(0, until - nanoTime.getAsLong()));
    return ask(owner -> receiveOf(owner, request, left, gone))
        .compose(
            messages ->
                messages.isEmpty() && !gone.isComplete() && until - nanoTime.getAsLong() > 0
                    ? receive(request, gone, until)
                    : Future.succeededFuture(messages));
  }

  private Future<List<ReceivedMessage>> receiveOf(
      QueueService owner, ReceiveMessages request, Duration left, Future<Void> gone) {
    if (owner instanceof QueueOwner) {
      return owner.receive(request.waiting(left), gone);
    }
    Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
    return owner
        .receive(request.waiting(slice), gone)
        .onSuccess(messages -> giveBackIf(gone, owner, request.queue(), messages));
  }

  private static void giveBackIf(
      Future<Void> gone, QueueService owner, String queue, List<ReceivedMessage> messages) {
    if (gone.isComplete() && !messages.isEmpty()) {
      List<Settlement> back =
          messages.stream().map(message -> Settlement.release(message.receipt())).toList();
      // If that fails, their time will end.
      owner.settle(queue, back).onFailure(unused -> {});
    }
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    return ask(owner -> owner.settle(queue, settlements).compose(RoutedQueueService::whole));
  }

  /** A batch of which nothing at all was done can be asked anew. */
  private static <T> Future<List<Outcome<T>>> whole(List<Outcome<T>> items) {
    boolean none =
        !items.isEmpty()
            && items.stream()
                .allMatch(item -> item.failure().filter(CommitJob::isMoved).isPresent());
    return none ? Future.failedFuture(CommitJob.moved()) : Future.succeededFuture(items);
  }
}
