package io.vertebra.task;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.NewMessage;
import io.vertebra.queue.QueueService;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoredTaskServiceTest extends TaskServiceContract {
  private final TaskRig rig = new TaskRig("{'maxTasks': 30, 'maxKept': 2, 'keepMs': 60000}");

  @AfterEach
  void close() {
    rig.close();
  }

  @Override
  protected TaskService tasks() {
    return rig.service;
  }

  @Override
  protected QueueService queues() {
    return rig.queues;
  }

  @Override
  protected void letTimePass(Duration time) {
    rig.node.letTimePass(time);
  }

  private String submit(String id) {
    SubmitTask request = SubmitTask.of("a", new JsonObject()).named(id);
    return await(rig.service.submit(request)).task().id();
  }

  private List<String> ids() {
    return await(rig.service.list(ListTasks.all())).items().stream().map(Task::id).toList();
  }

  @Test
  void forgetsWhatEndedLongAgoAndTheOldestOfTooMany() {
    for (int i = 0; i < 4; i++) {
      await(rig.service.cancel(submit("t" + i)));
      letTimePass(Duration.ofSeconds(1));
    }
    String open = submit("open");
    eventually(() -> assertThat(ids()).containsExactly(open, "t2", "t3"));
    letTimePass(Duration.ofSeconds(61));
    eventually(() -> assertThat(ids()).containsExactly(open));
    assertThat(await(rig.service.submit(SubmitTask.of("a", new JsonObject()).named("t0"))))
        .extracting(SubmittedTask::duplicate)
        .isEqualTo(false);
  }

  @Test
  void takesNoMoreTasksThanTheOptionsSayAndOthersOnceThoseAreForgotten() {
    for (int i = 0; i < 30; i++) {
      submit("t" + i);
    }
    assertThat(Failure.of(catchThrowable(() -> submit("more"))).code())
        .isEqualTo(FailureCode.LIMITED);
    await(rig.service.cancel("t7"));
    letTimePass(Duration.ofSeconds(61));
    eventually(() -> assertThat(submit("more")).isEqualTo("more"));
  }

  @Test
  void dropsMessagesThatInviteToNoTaskAndAnythingThatIsNone() {
    submit("t");
    ClaimTasks claim = ClaimTasks.of("ann", "a").waiting(Duration.ofSeconds(4));
    ClaimedTask mine = await(rig.service.claim(claim, TaskRig.never())).get(0);
    String queue = TaskQueueService.name("a");
    NewMessage stray = NewMessage.of("{}");
    NewMessage again = NewMessage.of("{}").with(Map.of(TaskQueueService.ID, "t"));
    NewMessage unknown = NewMessage.of("{}").with(Map.of(TaskQueueService.ID, "x"));
    assertThat(await(rig.queues.send(queue, List.of(stray, again, unknown)))).hasSize(3);
    ClaimTasks others = ClaimTasks.of("bob", "a");
    eventually(
        () -> {
          assertThat(await(rig.service.claim(others, TaskRig.never()))).isEmpty();
          assertThat(await(rig.queues.get(queue)).messages()).isEqualTo(1);
        });
    await(rig.service.complete(CompleteTask.of(mine, new JsonObject())));
  }

  @Test
  void givesOutThePayloadOfTheTaskThereIsAndNotOfAForgottenOneOfItsId() {
    SubmitTask before = SubmitTask.of("a", new JsonObject().put("is", "old")).named("t");
    SubmitTask after = SubmitTask.of("a", new JsonObject().put("is", "new")).named("t");
    assertThat(await(rig.service.submit(before)).duplicate()).isFalse();
    await(rig.service.cancel("t"));
    letTimePass(Duration.ofSeconds(61));
    String queue = TaskQueueService.name("a");
    eventually(() -> assertThat(await(rig.queues.get(queue)).messages()).isEqualTo(1));
    eventually(() -> assertThat(ids()).isEmpty());
    assertThat(await(rig.service.submit(after)).duplicate()).isFalse();
    ClaimTasks claim = ClaimTasks.of("ann", "a").waiting(Duration.ofSeconds(4));
    ClaimedTask mine = await(rig.service.claim(claim, TaskRig.never())).get(0);
    assertThat(mine.payload()).isEqualTo(new JsonObject().put("is", "new"));
    assertThat(mine.task().attempts()).isEqualTo(1);
    await(rig.service.complete(CompleteTask.of(mine, new JsonObject())));
    eventually(() -> assertThat(await(rig.queues.get(queue)).messages()).isZero());
  }

  @Test
  void makesTheQueueAgainThatSomebodyDeleted() {
    submit("t");
    String queue = TaskQueueService.name("a");
    eventually(() -> assertThat(await(rig.queues.get(queue)).messages()).isEqualTo(1));
    await(rig.queues.delete(queue));
    ClaimTasks claim = ClaimTasks.of("ann", "a");
    assertThat(await(rig.service.claim(claim, TaskRig.never()))).isEmpty();
    submit("u");
    ClaimTasks patient = claim.waiting(Duration.ofSeconds(4));
    assertThat(await(rig.service.claim(patient, TaskRig.never())))
        .extracting(each -> each.task().id())
        .containsExactly("u");
    assertThat(await(rig.service.cancel("t")).state()).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void countsWhatHappensAndHowManyThereAre() {
    submit("t");
    await(rig.service.cancel("t"));
    submit("u");
    eventually(
        () ->
            assertThat(rig.node.kernel.meters().get("vertebra.task.tasks").gauge().value())
                .isEqualTo(2));
    eventually(
        () ->
            assertThat(rig.node.kernel.meters().get("vertebra.task.kept").gauge().value())
                .isEqualTo(1));
    assertThat(
            rig.node
                .kernel
                .meters()
                .get("vertebra.task.events")
                .tag("event", "cancelled")
                .counter()
                .count())
        .isEqualTo(1);
  }
}
