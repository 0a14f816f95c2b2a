package io.vertebra.task;

import io.vertx.core.Future;
import java.util.List;

/**
 * Tasks for those who submit them and those who do them. Everything may fail with {@code
 * UNAVAILABLE} where nothing was done, with {@code TIMEOUT} where that is not known, and with
 * {@code NOT_FOUND} if there is no task of that id, or no more. Safe for any thread.
 */
public interface TaskService {

  /**
   * Submits a task; where there is one of its id already, that one is answered.
   *
   * @return {@code CONFLICT} if that is of another type, {@code LIMITED} if there are as many tasks
   *     as there may be
   */
  Future<SubmittedTask> submit(SubmitTask request);

  /**
   * Gives a worker tasks to do; none if there were none in the time.
   *
   * @param gone completes when the worker went away
   */
  Future<List<ClaimedTask>> claim(ClaimTasks request, Future<Void> gone);

  /**
   * Gives a worker its task for longer, unless {@linkplain Task#cancelRequested that is not wanted
   * any more}.
   *
   * @return {@code FENCED} if the worker has it no more
   */
  Future<Task> heartbeat(TaskHeartbeat request);

  /**
   * Ends a task well, even one that was to be cancelled; late too, as long as nobody else got it.
   *
   * @return {@code FENCED} if the worker has it no more
   */
  Future<Task> complete(CompleteTask request);

  /** Ends an attempt, and the task after the last one; {@code FENCED} as above. */
  Future<Task> fail(FailTask request);

  /**
   * Ends a task that waits; has one that runs end when its worker hears of it, or is heard of no
   * more.
   *
   * @return {@code CONFLICT} if it ended otherwise
   */
  Future<Task> cancel(String id);

  Future<Task> get(String id);

  Future<TaskPage> list(ListTasks request);
}
