package io.vertebra.task;

import io.vertebra.queue.QueueService;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

final class BusTaskServiceTest extends TaskServiceContract {
  private final TaskRig rig = new TaskRig("{}");
  private final TaskService tasks = new BusTaskService(rig.node.vertx);

  @AfterEach
  void close() {
    rig.close();
  }

  @Override
  protected TaskService tasks() {
    return tasks;
  }

  @Override
  protected QueueService queues() {
    return rig.queues;
  }

  @Override
  protected void letTimePass(Duration time) {
    rig.node.letTimePass(time);
  }
}
