package io.vertebra.task;

import static io.vertebra.task.TaskState.CANCELLED;
import static io.vertebra.task.TaskState.FAILED;
import static io.vertebra.task.TaskState.QUEUED;
import static io.vertebra.task.TaskState.RUNNING;
import static io.vertebra.task.TaskState.SUCCEEDED;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The record of a task, which leads: whatever its message does, a task is what this says. Each
 * change yields the record after it.
 *
 * @param attempts claims so far; the number of the present one, by which what a worker does
 *     elsewhere can be fenced
 * @param maxAttempts after which it has failed
 * @param invitation what may have it claimed
 * @param holding the worker that has it, while it runs
 * @param cancelRequested whether its worker is to be told that it is not wanted any more
 * @param progress what a worker said last, for people; at most 500 characters
 * @param ending how it ended, if it did
 */
public record Task(
    String id,
    String type,
    TaskState state,
    int attempts,
    int maxAttempts,
    Instant submittedAt,
    Invitation invitation,
    Optional<Holding> holding,
    boolean cancelRequested,
    String progress,
    Optional<Ending> ending) {
  private static final String LEASE_OVER = "the lease of the last attempt ended";

  /**
   * What invites workers to a task.
   *
   * @param submission that it is of, as its messages tell; another task of the same id, submitted
   *     after this one was forgotten, has another one. Empty if an earlier version wrote it
   * @param message by which it was claimed, and can be claimed again; empty before the first claim
   */
  public record Invitation(String submission, String message) {
    boolean isBy(Invitation delivered) {
      return (submission.isEmpty() || submission.equals(delivered.submission))
          && (message.isEmpty() || message.equals(delivered.message));
    }

    Invitation by(Invitation delivered) {
      return new Invitation(submission, delivered.message);
    }
  }

  /**
   * A worker that has a task.
   *
   * @param receipt by which it says so; told to nobody else, so empty in answers
   * @param until when another one may have it
   */
  public record Holding(String worker, String receipt, Instant since, Instant until) {}

  /**
   * How it ended.
   *
   * @param result what the worker answered, if it succeeded
   * @param reason why it did not, for people; empty if it did
   * @param receipt by which its worker said so; empty if none did, and in answers
   */
  public record Ending(Instant at, Optional<JsonObject> result, String reason, String receipt) {}

  /**
   * A new one.
   *
   * @param submission tells its messages from those of others of its id
   */
  static Task of(SubmitTask request, String submission, Instant now) {
    return new Task(
        request.id(),
        request.type(),
        QUEUED,
        0,
        request.maxAttempts(),
        now,
        new Invitation(submission, ""),
        Optional.empty(),
        false,
        "",
        Optional.empty());
  }

  /**
   * A message of it was delivered to a worker: it runs, or ends where nothing is left to be done;
   * the same where the message has no say.
   *
   * @param delivered the message, with the submission that it is of
   */
  Task delivered(Invitation delivered, Holding to, Instant now) {
    if (state.isEnd() || !invitation.isBy(delivered)) {
      return this;
    }
    if (cancelRequested) {
      return ended(CANCELLED, now, "");
    }
    if (attempts >= maxAttempts) {
      return ended(FAILED, now, LEASE_OVER);
    }
    return new Task(
        id,
        type,
        RUNNING,
        attempts + 1,
        maxAttempts,
        submittedAt,
        invitation.by(delivered),
        Optional.of(to),
        false,
        progress,
        Optional.empty());
  }

  /** Whether a worker has it by this receipt. */
  boolean isHeldBy(String receipt) {
    return holding.filter(held -> held.receipt().equals(receipt)).isPresent();
  }

  /** The same if a worker has it by this receipt; else throws {@code FENCED}. */
  Task requireHeldBy(String receipt) {
    if (!isHeldBy(receipt)) {
      throw new Failure(
          FailureCode.FENCED,
          state.isEnd() ? "the task has ended" : "another attempt has the task, or none");
    }
    return this;
  }

  /**
   * Its worker has it for longer; the same if it is to be cancelled.
   *
   * @param note of the progress; none for the one before
   */
  Task renewed(String receipt, Instant until, Optional<String> note) {
    Holding held = requireHeldBy(receipt).holding.orElseThrow();
    if (cancelRequested) {
      return this;
    }
    Holding longer = new Holding(held.worker(), held.receipt(), held.since(), until);
    return new Task(
        id,
        type,
        state,
        attempts,
        maxAttempts,
        submittedAt,
        invitation,
        Optional.of(longer),
        false,
        note.orElse(progress),
        ending);
  }

  /** Its worker has done it; the same if that was said by this receipt before. */
  Task completed(String receipt, Optional<JsonObject> result, Instant now) {
    return state == SUCCEEDED && isEndedBy(receipt)
        ? this
        : requireHeldBy(receipt).ended(SUCCEEDED, new Ending(now, result, "", receipt));
  }

  private boolean isEndedBy(String receipt) {
    return ending.filter(end -> end.receipt().equals(receipt)).isPresent();
  }

  /**
   * An attempt failed; the same if it ended by this receipt before.
   *
   * @param isFinal whether it is no use to try again
   */
  Task failed(String receipt, String reason, boolean isFinal, Instant now) {
    if (state != SUCCEEDED && isEndedBy(receipt)) {
      return this;
    }
    Task held = requireHeldBy(receipt);
    Ending end = new Ending(now, Optional.empty(), reason, receipt);
    if (cancelRequested) {
      return held.ended(CANCELLED, end);
    }
    return isFinal || attempts >= maxAttempts ? held.ended(FAILED, end) : held.queued(reason);
  }

  private Task queued(String reason) {
    return new Task(
        id,
        type,
        QUEUED,
        attempts,
        maxAttempts,
        submittedAt,
        invitation,
        Optional.empty(),
        false,
        reason,
        Optional.empty());
  }

  /** It is not wanted any more: ends at once, or once its worker has heard of it or lost it. */
  Task cancelled(Instant now) {
    if (state == QUEUED) {
      return ended(CANCELLED, now, "");
    }
    if (state == SUCCEEDED || state == FAILED) {
      throw new Failure(FailureCode.CONFLICT, "the task has " + Fields.word(state));
    }
    return state == CANCELLED ? this : cancelling();
  }

  private Task cancelling() {
    return new Task(
        id,
        type,
        state,
        attempts,
        maxAttempts,
        submittedAt,
        invitation,
        holding,
        true,
        progress,
        ending);
  }

  /** Ends it if it was to be cancelled and its worker's time is over; else the same. */
  Task abandoned(Instant now) {
    boolean over = holding.filter(held -> held.until().isAfter(now)).isEmpty();
    return state == RUNNING && cancelRequested && over ? ended(CANCELLED, now, "") : this;
  }

  private Task ended(TaskState how, Instant now, String reason) {
    return ended(how, new Ending(now, Optional.empty(), reason, ""));
  }

  private Task ended(TaskState how, Ending end) {
    return new Task(
        id,
        type,
        how,
        attempts,
        maxAttempts,
        submittedAt,
        invitation,
        Optional.empty(),
        cancelRequested,
        progress,
        Optional.of(end));
  }

  /** As callers are told it. */
  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("id", id)
            .put("type", type)
            .put("state", Fields.word(state))
            .put("attempts", attempts)
            .put("maxAttempts", maxAttempts)
            .put("submittedAt", submittedAt.toString())
            .put("cancelRequested", cancelRequested);
    holding.ifPresent(
        held ->
            json.put("worker", held.worker())
                .put("claimedAt", held.since().toString())
                .put("leaseUntil", held.until().toString()));
    if (!progress.isEmpty()) {
      json.put("progress", progress);
    }
    ending.ifPresent(end -> write(end, json));
    return json;
  }

  private static void write(Ending end, JsonObject json) {
    json.put("endedAt", end.at().toString());
    end.result().ifPresent(result -> json.put("result", result));
    if (!end.reason().isEmpty()) {
      json.put("reason", end.reason());
    }
  }

  /** As the store keeps it. */
  JsonObject toStored() {
    return toJson()
        .put("submission", invitation.submission())
        .put("message", invitation.message())
        .put("receipt", holding.map(Holding::receipt).or(this::lastReceipt).orElse(""));
  }

  private Optional<String> lastReceipt() {
    return ending.map(Ending::receipt);
  }

  /** Of an answer or the store. */
  static Task from(JsonObject json) {
    return new Task(
        json.getString("id"),
        json.getString("type"),
        TaskState.valueOf(json.getString("state").toUpperCase(Locale.ROOT)),
        json.getInteger("attempts"),
        json.getInteger("maxAttempts"),
        Instant.parse(json.getString("submittedAt")),
        new Invitation(json.getString("submission", ""), json.getString("message", "")),
        Optional.ofNullable(json.getString("worker")).map(worker -> holding(worker, json)),
        json.getBoolean("cancelRequested"),
        json.getString("progress", ""),
        Optional.ofNullable(json.getString("endedAt")).map(at -> ending(at, json)));
  }

  private static Holding holding(String worker, JsonObject json) {
    return new Holding(
        worker,
        json.getString("receipt", ""),
        Instant.parse(json.getString("claimedAt")),
        Instant.parse(json.getString("leaseUntil")));
  }

  private static Ending ending(String at, JsonObject json) {
    return new Ending(
        Instant.parse(at),
        Optional.ofNullable(json.getJsonObject("result")),
        json.getString("reason", ""),
        json.getString("receipt", ""));
  }
}
