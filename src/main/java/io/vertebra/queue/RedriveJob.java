package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.MessageStore.Row;
import io.vertebra.queue.MessageStore.Whole;
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
final class RedriveJob {
  private static final int MAX_PREVIEWED = 100_000;
  private static final int KEYS_AT_ONCE = 500;

  /** So many times a second some are moved, unless the rate is less. */
  private static final int SLOTS = 10;

  private final QueueJob queue;
  private final QueuesJob owner;
  private final Redrive request;
  private final Deque<Row> rows = new ArrayDeque<>();
  private final List<String> samples = new ArrayList<>();
  private final long end;
  private long from;
  private boolean all;
  private Status status = Status.RUNNING;
  private long examined;
  private long matched;
  private long moved;
  private long failed;
  private String detail = "";

  RedriveJob(QueueJob queue, Redrive request) {
    this.queue = queue;
    this.owner = queue.owner();
    this.request = request;
    this.end = owner.nextId();
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
    while (!rows.isEmpty() && examined < MAX_PREVIEWED) {
      StoredMessage unused = examine();
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
        .map(moved -> !all || !rows.isEmpty());
  }

  /** Moves some of what was read, then reads on; whether more is wanted. */
  private Future<Boolean> moveOn(int most, List<Future<Void>> moves) {
    while (!rows.isEmpty() && moves.size() < most) {
      StoredMessage message = examine();
      if (message != null) {
        moves.add(move(message));
      }
    }
    boolean over = all || moves.size() == most || !isRunning();
    return over ? Future.succeededFuture(false) : readMore().map(true);
  }

  /** Takes the next of what was read; null if the filter does not let it through. */
  private @Nullable StoredMessage examine() {
    StoredMessage message = rows.remove().message();
    examined++;
    if (!request.filter().fits(message)) {
      return null;
    }
    matched++;
    if (samples.size() < RedriveState.MAX_SAMPLES) {
      samples.add(MessageIds.text(message.id()));
    }
    return message;
  }

  private Future<Void> readMore() {
    return owner
        .messages()
        .scan(queue.stored().number(), from, KEYS_AT_ONCE)
        .onSuccess(
            part -> {
              part.rows().stream().filter(row -> row.message().id() < end).forEach(rows::add);
              from = part.next();
              all = part.next() == 0 || part.next() >= end;
            })
        .mapEmpty();
  }

  private Future<Void> move(StoredMessage message) {
    return queue
        .enter(() -> moveNow(message))
        .onSuccess(revision -> moved++)
        .onFailure(
            cause -> {
              failed++;
              detail = String.valueOf(Failure.of(cause).getMessage());
            })
        .mapEmpty();
  }

  private Future<Long> moveNow(StoredMessage message) {
    String to = request.to().orElseGet(() -> DeadLetter.origin(message.headers()));
    QueueJob target = owner.queue(to);
    Entry entry =
        queue
            .index()
            .find(message.id())
            .filter(found -> !found.isHeld())
            .orElseThrow(
                () -> new Failure(FailureCode.CONFLICT, "a message is gone or being worked on"));
    entry.gone = true;
    return owner
        .messages()
        .read(queue.stored().number(), entry.id)
        .compose(found -> target.enterNow(() -> write(target, entry, found)))
        .onFailure(cause -> queue.removes().keep(entry));
  }

  private Future<Long> write(QueueJob target, Entry entry, Optional<Whole> found) {
    Whole whole = found.orElseThrow(() -> new Failure(FailureCode.NOT_FOUND, "a message is gone"));
    StoredMessage again =
        whole
            .message()
            .moved(
                owner.nextId(),
                DeadLetter.without(whole.message().headers()),
                owner.now(),
                target.definition());
    Change change =
        MessageStore.put(new Change(), target.stored().number(), again, whole.body())
            .deleteMessage(queue.stored().number(), entry.id);
    return owner
        .commits()
        .commit(change)
        .onSuccess(
            revision -> {
              queue.index().remove(entry);
              target.sends().came(again);
            });
  }
}
