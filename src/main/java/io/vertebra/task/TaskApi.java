package io.vertebra.task;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The operations on tasks: the one place that names them, their paths and their JSON. */
final class TaskApi {
  static final String CONCERN = "task";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String TASKS = "/api/v1/tasks";
  private static final String TASK = TASKS + "/:id";

  private TaskApi() {}

  static Api of(TaskService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            Operation.of(
                "submit",
                POST,
                TASKS,
                "Submits a task.",
                SubmitTask::from,
                request -> service.submit(request).map(SubmittedTask::toJson)),
            Operation.waiting(
                "claim",
                POST,
                TASKS + ":claim",
                "Gives a worker tasks, and waits for some.",
                ClaimTasks::from,
                (request, gone) -> service.claim(request, gone).map(TaskApi::claimed)),
            Operation.of(
                "heartbeat",
                POST,
                TASK + "/heartbeat",
                "Gives a worker its task for longer, and tells whether it is still wanted.",
                TaskHeartbeat::from,
                request -> service.heartbeat(request).map(Task::toJson)),
            Operation.of(
                "complete",
                POST,
                TASK + "/complete",
                "Ends a task well.",
                CompleteTask::from,
                request -> service.complete(request).map(Task::toJson)),
            Operation.of(
                "fail",
                POST,
                TASK + "/fail",
                "Ends an attempt that failed.",
                FailTask::from,
                request -> service.fail(request).map(Task::toJson)),
            Operation.of(
                "cancel",
                POST,
                TASK + "/cancel",
                "Ends a task that is not wanted any more.",
                TaskApi::id,
                id -> service.cancel(id).map(Task::toJson)),
            Operation.of(
                "get",
                GET,
                TASK,
                "Shows how far a task is, or how it ended.",
                TaskApi::id,
                id -> service.get(id).map(Task::toJson)),
            Operation.of(
                "list",
                GET,
                TASKS,
                "Lists tasks by id.",
                ListTasks::from,
                request -> service.list(request).map(TaskPage::toJson))));
  }

  private static JsonObject claimed(List<ClaimedTask> tasks) {
    return new JsonObject()
        .put("tasks", new JsonArray(tasks.stream().map(ClaimedTask::toJson).toList()));
  }

  private static String id(Fields fields) {
    String id = TaskFields.id(fields).required();
    return fields.build(() -> id);
  }
}
