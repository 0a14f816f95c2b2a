package io.vertebra.task;

import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.queue.QueueService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.LongSupplier;

/** Opens the concern: offers its operations, and looks after tasks if this node leads the store. */
public final class TaskVerticle extends VerticleBase {
  private final Kernel kernel;
  private final TaskService service;
  private final TaskUpkeepJob upkeep;

  private TaskVerticle(
      Kernel kernel,
      TaskOptions options,
      KvService kv,
      QueueService queues,
      LongSupplier nanoTime) {
    this.kernel = kernel;
    TaskMeters meters = new TaskMeters(kernel.meters());
    TaskStore tasks = new TaskStore(kv, meters, options.maxTasks());
    TaskQueueService invitations = new TaskQueueService(queues);
    ClaimJob claims = new ClaimJob(tasks, queues, invitations, kernel.clock(), nanoTime);
    this.service = new StoredTaskService(tasks, queues, invitations, claims, kernel.clock());
    this.upkeep = new TaskUpkeepJob(kernel.vertx(), kv, tasks, options, meters, kernel.clock());
  }

  /**
   * Tasks in a store that all nodes share.
   *
   * @param kv whose transactions can send messages to {@code queues}
   */
  public static TaskVerticle stored(
      Kernel kernel,
      TaskOptions options,
      KvService kv,
      QueueService queues,
      LongSupplier nanoTime) {
    return new TaskVerticle(kernel, options, kv, queues, nanoTime);
  }

  /** The operations, for callers on this node; usable before the start. */
  public TaskService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    upkeep.start();
    return kernel.offer(TaskApi.of(service));
  }

  @Override
  public Future<?> stop() {
    upkeep.stop();
    return Future.succeededFuture();
  }
}
