package io.vertebra.task;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.OutboxJson;
import io.vertebra.queue.Backoff;
import io.vertebra.queue.DefineQueue;
import io.vertebra.queue.NewMessage;
import io.vertebra.queue.QueueDefinition;
import io.vertebra.queue.QueueService;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The queues of tasks, one for each type: what they are, and what is in their messages. */
final class TaskQueueService {
  private static final String RESERVED = "task-";

  /** The header of a message that names its task. */
  static final String ID = RESERVED + "id";

  /** The header that names the submission, since an id can be used again. */
  static final String SUBMISSION = RESERVED + "submission";

  private static final String PREFIX = "task.";
  private static final int MOST_KNOWN = 1_000;

  /** Attempts are counted in the record, so the queue gives up nothing. */
  private static final QueueDefinition DEFINITION =
      new QueueDefinition(
          Duration.ofSeconds(30),
          0,
          Backoff.DEFAULT,
          Optional.empty(),
          Optional.empty(),
          Duration.ZERO,
          1_000_000,
          1L << 30,
          QueueDefinition.OnFull.REFUSE,
          Duration.ofMinutes(5),
          Map.of());

  private final QueueService queues;
  private final Set<String> defined = ConcurrentHashMap.newKeySet();

  TaskQueueService(QueueService queues) {
    this.queues = queues;
  }

  static String name(String type) {
    return PREFIX + type;
  }

  /** Makes the queue of a type if it is not there, as far as this node knows. */
  Future<Void> define(String type) {
    if (defined.contains(type)) {
      return Future.succeededFuture();
    }
    return queues
        .define(new DefineQueue(name(type), DEFINITION, Optional.of(0L)))
        .<Void>mapEmpty()
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.STALE
                    ? Future.succeededFuture()
                    : Future.failedFuture(cause))
        .onSuccess(there -> note(type));
  }

  private void note(String type) {
    if (defined.size() >= MOST_KNOWN) {
      defined.clear();
    }
    defined.add(type);
  }

  /** The queue of a type proved not to be there. */
  void forget(String type) {
    defined.remove(type);
  }

  /** Whether a header of a message tells of its task, or of its own death. */
  static boolean isReserved(String header) {
    return header.startsWith(RESERVED) || header.startsWith("x-dead-");
  }

  /** The message that invites workers to a task. */
  static OutboxJson.Letter letter(SubmitTask request, String submission, Instant now) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put(ID, request.id());
    headers.put(SUBMISSION, submission);
    NewMessage message =
        new NewMessage(
            Bytes.utf8(request.payload().encode()),
            Optional.empty(),
            request.key(),
            request.priority(),
            headers,
            "application/json",
            request.delay().isZero() ? Optional.empty() : Optional.of(now.plus(request.delay())),
            Optional.empty(),
            Optional.empty());
    return new OutboxJson.Letter(name(request.type()), message.toJson());
  }
}
