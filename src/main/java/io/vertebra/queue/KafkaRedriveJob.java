package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.KafkaGroupJob.Held;
import io.vertebra.queue.RedriveState.Status;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves messages to another queue, so many a second, each in one transaction. It looks at those
 * that were there at its beginning, and at each once.
 */
final class KafkaRedriveJob {
  private static final int MAX_PREVIEWED = 100_000;
  private static final int SLOTS = 10;

  private final KafkaQueueJob queue;
  private final KafkaQueuesJob owner;
  private final Redrive request;
  private final KafkaPeekJob peek;
  private final Deque<KafkaMessage> read = new ArrayDeque<>();
  private final List<String> samples = new ArrayList<>();
  private boolean all;
  private Status status = Status.RUNNING;
  private long examined;
  private long matched;
  private long moved;
  private long failed;
  private String detail = "";

  KafkaRedriveJob(KafkaQueueJob queue, Redrive request, KafkaPeekJob peek) {
    this.queue = queue;
    this.owner = queue.owner();
    this.request = request;
    this.peek = peek;
  }

  RedriveState state() {
    return new RedriveState(status, examined, matched, moved, failed, samples, detail);
  }

  boolean isRunning() {
    return status == Status.RUNNING;
  }

  void cancel() {
    status = isRunning() ? Status.CANCELLED : status;
  }

  /** Counts what would be moved, of the oldest messages. */
  Future<RedriveState> preview() {
    status = Status.PREVIEW;
    return LoopJob.run(owner.vertx(), this::previewSome).map(done -> state());
  }

  private Future<Boolean> previewSome() {
    while (!read.isEmpty() && examined < MAX_PREVIEWED) {
      KafkaMessage unused = examine();
    }
    return all || examined >= MAX_PREVIEWED ? Future.succeededFuture(false) : readMore().map(true);
  }

  void start() {
    slot();
  }

  private void slot() {
    if (!isRunning()) {
      return;
    }
    int rate = request.rate();
    long pause = rate < SLOTS ? 1_000 / rate : 1_000 / SLOTS;
    moveSome(Math.max(1, rate / SLOTS))
        .onSuccess(
            more -> {
              if (more) {
                owner.vertx().setTimer(pause, due -> slot());
              } else if (isRunning()) {
                status = Status.DONE;
              }
            })
        .onFailure(
            cause -> {
              cancel();
              detail = String.valueOf(Failure.of(cause).getMessage());
            });
  }

  /** Moves at most so many; whether there may be more. */
  private Future<Boolean> moveSome(int most) {
    List<Future<Void>> moves = new ArrayList<>();
    return LoopJob.run(owner.vertx(), () -> moveOn(most, moves))
        .compose(looked -> Future.join(moves).otherwiseEmpty())
        .map(moved -> !all || !read.isEmpty());
  }

  /** Moves some of what was read, then reads on; whether more is wanted. */
  private Future<Boolean> moveOn(int most, List<Future<Void>> moves) {
    while (!read.isEmpty() && moves.size() < most) {
      KafkaMessage message = examine();
      if (message != null) {
        moves.add(move(message));
      }
    }
    boolean over = all || moves.size() == most || !isRunning();
    return over ? Future.succeededFuture(false) : readMore().map(true);
  }

  /** Takes the next of what was read; null if the filter does not let it through. */
  private @Nullable KafkaMessage examine() {
    KafkaMessage message = read.remove();
    examined++;
    if (!request.filter().fits(message.message())) {
      return null;
    }
    matched++;
    if (samples.size() < RedriveState.MAX_SAMPLES) {
      samples.add(MessageIds.text(message.message().id()));
    }
    return message;
  }

  private Future<Void> readMore() {
    return peek.next()
        .onSuccess(
            more -> {
              read.addAll(more);
              all = more.isEmpty();
            })
        .mapEmpty();
  }

  private Future<Void> move(KafkaMessage message) {
    return owner
        .roomForIds()
        .compose(room -> moveNow(message))
        .onSuccess(done -> moved++)
        .onFailure(
            cause -> {
              failed++;
              detail = String.valueOf(Failure.of(cause).getMessage());
            });
  }

  private Future<Void> moveNow(KafkaMessage message) {
    String to = request.to().orElseGet(() -> DeadLetter.origin(message.message().headers()));
    KafkaQueueJob target = owner.queue(to);
    List<KafkaStep.Ack> acks = new ArrayList<>();
    List<KafkaGroupJob> groups = new ArrayList<>();
    List<Runnable> returns = new ArrayList<>();
    for (KafkaGroupJob group : queue.groups()) {
      OffsetTracker tracker = group.tracker(message.partition());
      if (tracker.isDone(message.offset())) {
        continue;
      }
      Optional<Held> held = group.at(message.place());
      if (held.filter(each -> each.entry().isHeld()).isPresent()
          || !tracker.mayAcknowledge(message.offset())) {
        throw new Failure(FailureCode.CONFLICT, "a message is gone or being worked on");
      }
      acks.add(group.ack(message.partition(), message.offset()));
      groups.add(group);
      held.ifPresent(
          each -> {
            each.entry().gone = true;
            returns.add(() -> group.index().keep(each.entry()));
          });
    }
    StoredMessage again =
        message
            .message()
            .moved(
                owner.nextId(),
                DeadLetter.without(message.message().headers()),
                owner.now(),
                target.definition());
    return owner
        .writer()
        .commit(
            new KafkaStep(
                List.of(KafkaMessage.toRecord(to, again, message.body())), acks, List.of()))
        .onSuccess(target::came)
        // What was not in memory at the beginning may have come there since.
        .onSuccess(
            written -> groups.forEach(group -> group.at(message.place()).ifPresent(group::remove)))
        .onFailure(cause -> returns.forEach(Runnable::run))
        .mapEmpty();
  }
}
