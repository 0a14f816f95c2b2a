package io.vertebra.sqs;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.Redrive;
import io.vertebra.queue.RedriveState;
import io.vertebra.queue.RedriveState.Status;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The actions that move dead letters. Of a queue one task runs at a time, and the last one is
 * known, so a task is named by the queue.
 */
final class TaskActions {
  private static final int MAX_RATE = 500;
  private static final String SOURCE = "SourceArn";

  private final QueueNames names;

  TaskActions(QueueNames names) {
    this.names = names;
  }

  Map<String, Action> byName() {
    return Map.of(
        "StartMessageMoveTask",
        this::start,
        "ListMessageMoveTasks",
        this::list,
        "CancelMessageMoveTask",
        this::cancel);
  }

  private Future<JsonObject> start(Asked asked) {
    Params params = asked.params();
    String queue = source(params);
    Optional<String> target =
        params.text("DestinationArn").map(arn -> QueueNames.ofArn("DestinationArn", arn));
    int rate = params.integer("MaxNumberOfMessagesPerSecond", 1, MAX_RATE).orElse(MAX_RATE);
    if (target.filter(queue::equals).isPresent()) {
      throw SqsException.invalid("DestinationArn", names.arn(queue), "Must be another queue.");
    }
    Redrive all = Redrive.of(queue);
    return requireThere(asked, target)
        .compose(
            there -> asked.queues().redrive(new Redrive(queue, target, all.filter(), rate, false)))
        .map(state -> new JsonObject().put("TaskHandle", handle(queue)))
        .recover(cause -> Future.failedFuture(inWords(cause)));
  }

  private static Future<Void> requireThere(Asked asked, Optional<String> target) {
    return target.isEmpty()
        ? Future.succeededFuture()
        : asked.queues().get(target.get()).mapEmpty();
  }

  private static SqsException inWords(Throwable cause) {
    Failure failure = Failure.of(cause);
    String message = String.valueOf(failure.getMessage());
    return switch (failure.code()) {
      case NOT_FOUND -> new SqsException(SqsError.RESOURCE_NOT_FOUND, message);
      case CONFLICT -> new SqsException(SqsError.UNSUPPORTED_OPERATION, message);
      default -> SqsException.of(cause);
    };
  }

  private static String source(Params params) {
    return QueueNames.ofArn(SOURCE, params.required(SOURCE));
  }

  private Future<JsonObject> list(Asked asked) {
    String queue = source(asked.params());
    Optional<Integer> unused = asked.params().integer("MaxResults", 1, 10);
    return asked
        .queues()
        .get(queue)
        .recover(cause -> Future.failedFuture(inWords(cause)))
        .compose(there -> asked.queues().redriveState(queue))
        .map(state -> new JsonArray().add(task(queue, state)))
        .recover(TaskActions::noneIfUnknown)
        .map(tasks -> new JsonObject().put("Results", tasks));
  }

  private static Future<JsonArray> noneIfUnknown(Throwable cause) {
    return cause instanceof Failure failure && failure.code() == FailureCode.NOT_FOUND
        ? Future.succeededFuture(new JsonArray())
        : Future.failedFuture(cause);
  }

  private JsonObject task(String queue, RedriveState state) {
    JsonObject json =
        new JsonObject()
            .put("Status", status(state))
            .put(SOURCE, names.arn(queue))
            .put("ApproximateNumberOfMessagesMoved", state.moved())
            .put("ApproximateNumberOfMessagesToMove", state.matched());
    if (state.status() == Status.RUNNING) {
      json.put("TaskHandle", handle(queue));
    }
    if (!state.detail().isEmpty()) {
      json.put("FailureReason", state.detail());
    }
    return json;
  }

  private static String status(RedriveState state) {
    return switch (state.status()) {
      case RUNNING -> "RUNNING";
      case CANCELLED -> state.detail().isEmpty() ? "CANCELLED" : "FAILED";
      case DONE, PREVIEW -> state.failed() > 0 ? "FAILED" : "COMPLETED";
    };
  }

  private Future<JsonObject> cancel(Asked asked) {
    String queue = ofHandle(asked.params().required("TaskHandle"));
    return asked
        .queues()
        .redriveState(queue)
        .compose(
            state ->
                state.status() == Status.RUNNING
                    ? asked.queues().cancelRedrive(queue)
                    : Future.failedFuture(
                        new SqsException(
                            SqsError.UNSUPPORTED_OPERATION, "Only active tasks can be cancelled.")))
        .map(state -> new JsonObject().put("ApproximateNumberOfMessagesMoved", state.moved()))
        .recover(cause -> Future.failedFuture(inWords(cause)));
  }

  private static String handle(String queue) {
    return Base64.getUrlEncoder().encodeToString(queue.getBytes(StandardCharsets.UTF_8));
  }

  private static String ofHandle(String handle) {
    try {
      String queue = new String(Base64.getUrlDecoder().decode(handle), StandardCharsets.UTF_8);
      return QueueNames.checked(queue);
    } catch (IllegalArgumentException | SqsException e) {
      throw SqsException.invalid("TaskHandle", handle, "Not one that was given.");
    }
  }
}
