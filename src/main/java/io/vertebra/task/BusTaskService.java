package io.vertebra.task;

import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The tasks of a cluster, called over the event bus. What a worker is given that went away
 * meanwhile comes again when the lease is over.
 */
public final class BusTaskService implements TaskService {
  private final BusCallService bus;

  public BusTaskService(Vertx vertx) {
    this.bus = new BusCallService(vertx, TaskApi.ADDRESS);
  }

  @Override
  public Future<SubmittedTask> submit(SubmitTask request) {
    return bus.call("submit", request.toJson()).map(SubmittedTask::from);
  }

  @Override
  public Future<List<ClaimedTask>> claim(ClaimTasks request, Future<Void> gone) {
    return bus.call("claim", request.toJson(), Guard.NONE, request.patience())
        .map(json -> json.getJsonArray("tasks"))
        .map(tasks -> tasks.stream().map(each -> ClaimedTask.from((JsonObject) each)).toList());
  }

  @Override
  public Future<Task> heartbeat(TaskHeartbeat request) {
    return bus.call("heartbeat", request.toJson()).map(Task::from);
  }

  @Override
  public Future<Task> complete(CompleteTask request) {
    return bus.call("complete", request.toJson()).map(Task::from);
  }

  @Override
  public Future<Task> fail(FailTask request) {
    return bus.call("fail", request.toJson()).map(Task::from);
  }

  @Override
  public Future<Task> cancel(String id) {
    return bus.call("cancel", new JsonObject().put("id", id)).map(Task::from);
  }

  @Override
  public Future<Task> get(String id) {
    return bus.call("get", new JsonObject().put("id", id)).map(Task::from);
  }

  @Override
  public Future<TaskPage> list(ListTasks request) {
    return bus.call("list", request.toJson()).map(TaskPage::from);
  }
}
