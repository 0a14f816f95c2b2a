package io.vertebra.task;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.PeekMessages;
import io.vertebra.queue.QueueService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What tasks do, wherever they are kept and however they are called. */
public abstract class TaskServiceContract {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  protected abstract TaskService tasks();

  protected abstract QueueService queues();

  protected abstract void letTimePass(Duration time);

  private static FailureCode refused(Future<?> future) {
    return Failure.of(catchThrowable(() -> await(future))).code();
  }

  private static JsonObject payload(int number) {
    return new JsonObject().put("number", number);
  }

  private String submit(String type, int number) {
    SubmittedTask submitted = await(tasks().submit(SubmitTask.of(type, payload(number))));
    assertThat(submitted.duplicate()).isFalse();
    assertThat(submitted.task().state()).isEqualTo(TaskState.QUEUED);
    return submitted.task().id();
  }

  private ClaimedTask claim(String worker, String type) {
    List<ClaimedTask> claimed =
        await(tasks().claim(ClaimTasks.of(worker, type).waiting(PATIENCE), TaskRig.never()));
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }

  private List<ClaimedTask> claimAtOnce(String type) {
    return await(tasks().claim(ClaimTasks.of("any", type), TaskRig.never()));
  }

  private TaskState state(String id) {
    return await(tasks().get(id)).state();
  }

  private void noMessageIsLeft(String type) {
    eventually(
        () ->
            assertThat(await(queues().peek(PeekMessages.of(TaskQueueService.name(type)))).items())
                .isEmpty());
  }

  @Test
  void goesFromItsSubmissionToAWorkerAndKeepsTheResult() {
    String id = submit("mail", 7);
    ClaimedTask mine = claim("ann", "mail");
    assertThat(mine.payload()).isEqualTo(payload(7));
    assertThat(mine.task().id()).isEqualTo(id);
    assertThat(mine.task().attempts()).isEqualTo(1);
    Task running = await(tasks().get(id));
    assertThat(running.state()).isEqualTo(TaskState.RUNNING);
    assertThat(running.holding().orElseThrow().worker()).isEqualTo("ann");
    assertThat(claimAtOnce("mail")).isEmpty();
    await(tasks().complete(CompleteTask.of(mine, payload(8))));
    Task done = await(tasks().get(id));
    assertThat(done.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(done.ending().orElseThrow().result()).contains(payload(8));
    noMessageIsLeft("mail");
    assertThat(refused(tasks().fail(FailTask.of(mine, "late")))).isEqualTo(FailureCode.FENCED);
  }

  @Test
  void answersAWorkerThatSaysAgainHowItEndedAsTheFirstTime() {
    String id = submit("twice", 1);
    ClaimedTask mine = claim("ann", "twice");
    Task done = await(tasks().complete(CompleteTask.of(mine, payload(1))));
    assertThat(await(tasks().complete(CompleteTask.of(mine, payload(2))))).isEqualTo(done);
    assertThat(await(tasks().get(id)).ending().orElseThrow().result()).contains(payload(1));
    String other = submit("twice", 1);
    ClaimedTask failing = claim("ann", "twice");
    assertThat(failing.task().id()).isEqualTo(other);
    FailTask last = FailTask.of(failing, "no").forGood();
    Task failed = await(tasks().fail(last));
    assertThat(failed.state()).isEqualTo(TaskState.FAILED);
    assertThat(await(tasks().fail(last))).isEqualTo(failed);
    assertThat(refused(tasks().complete(CompleteTask.of(failing, payload(1)))))
        .isEqualTo(FailureCode.FENCED);
  }

  @Test
  void isOneTaskHoweverOftenItIsSubmittedByTheSameId() {
    SubmitTask request = SubmitTask.of("once", payload(1)).named("order-17@2030-01-01T00:00:00Z#3");
    assertThat(await(tasks().submit(request)).duplicate()).isFalse();
    assertThat(await(tasks().submit(request)).duplicate()).isTrue();
    ClaimedTask mine = claim("ann", "once");
    assertThat(await(tasks().submit(request)).task().state()).isEqualTo(TaskState.RUNNING);
    await(tasks().complete(CompleteTask.of(mine, payload(1))));
    assertThat(await(tasks().submit(request)).task().state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(claimAtOnce("once")).isEmpty();
    SubmitTask other = SubmitTask.of("other", payload(1)).named(request.id());
    assertThat(refused(tasks().submit(other))).isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void goesToAnotherWorkerWhenItsWorkerDiedAndRefusesThatOneFromThenOn() {
    String id = submit("crash", 1);
    ClaimedTask lost = claim("ann", "crash");
    letTimePass(LEASE.plusSeconds(1));
    ClaimedTask again = claim("bob", "crash");
    assertThat(again.task().id()).isEqualTo(id);
    assertThat(again.task().attempts()).isEqualTo(2);
    assertThat(refused(tasks().complete(CompleteTask.of(lost, payload(1)))))
        .isEqualTo(FailureCode.FENCED);
    assertThat(refused(tasks().heartbeat(TaskHeartbeat.of(lost, LEASE))))
        .isEqualTo(FailureCode.FENCED);
    assertThat(refused(tasks().fail(FailTask.of(lost, "late")))).isEqualTo(FailureCode.FENCED);
    await(tasks().complete(CompleteTask.of(again, payload(2))));
    assertThat(await(tasks().get(id)).ending().orElseThrow().result()).contains(payload(2));
  }

  @Test
  void takesTheResultOfALateWorkerAsLongAsNobodyElseHasTheTask() {
    String id = submit("late", 1);
    ClaimedTask mine = claim("ann", "late");
    letTimePass(LEASE.plusSeconds(1));
    await(tasks().complete(CompleteTask.of(mine, payload(1))));
    assertThat(state(id)).isEqualTo(TaskState.SUCCEEDED);
    assertThat(claimAtOnce("late")).isEmpty();
    noMessageIsLeft("late");
  }

  @Test
  void staysWithAWorkerThatSendsHeartbeats() {
    String id = submit("long", 1);
    ClaimedTask mine = claim("ann", "long");
    for (int i = 0; i < 4; i++) {
      letTimePass(Duration.ofSeconds(20));
      TaskHeartbeat beat = TaskHeartbeat.of(mine, LEASE).noting(i + " of 4");
      assertThat(await(tasks().heartbeat(beat)).cancelRequested()).isFalse();
      assertThat(claimAtOnce("long")).isEmpty();
    }
    assertThat(await(tasks().get(id)).progress()).isEqualTo("3 of 4");
    await(tasks().complete(CompleteTask.of(mine, payload(1))));
  }

  @Test
  void isTriedAgainAfterAFailureAndFailsAfterTheLastAttempt() {
    SubmittedTask task = await(tasks().submit(SubmitTask.of("flaky", payload(1)).trying(2)));
    Task queued = await(tasks().fail(FailTask.of(claim("ann", "flaky"), "no network")));
    assertThat(queued.state()).isEqualTo(TaskState.QUEUED);
    assertThat(queued.progress()).isEqualTo("no network");
    assertThat(claimAtOnce("flaky")).isEmpty();
    letTimePass(Duration.ofSeconds(2));
    Task failed = await(tasks().fail(FailTask.of(claim("ann", "flaky"), "no network still")));
    assertThat(failed.state()).isEqualTo(TaskState.FAILED);
    assertThat(failed.ending().orElseThrow().reason()).isEqualTo("no network still");
    assertThat(refused(tasks().cancel(task.task().id()))).isEqualTo(FailureCode.CONFLICT);
    noMessageIsLeft("flaky");
  }

  @Test
  void failsAtOnceWhereItIsNoUseToTryAgain() {
    submit("bad", 1);
    Task failed = await(tasks().fail(FailTask.of(claim("ann", "bad"), "no such user").forGood()));
    assertThat(failed.state()).isEqualTo(TaskState.FAILED);
    noMessageIsLeft("bad");
  }

  @Test
  void failsWhenTheWorkerOfTheLastAttemptDied() {
    SubmittedTask task = await(tasks().submit(SubmitTask.of("fatal", payload(1)).trying(1)));
    ClaimedTask lost = claim("ann", "fatal");
    letTimePass(LEASE.plusSeconds(1));
    eventually(
        () -> {
          assertThat(claimAtOnce("fatal")).isEmpty();
          assertThat(state(task.task().id())).isEqualTo(TaskState.FAILED);
        });
    assertThat(refused(tasks().complete(CompleteTask.of(lost, payload(1)))))
        .isEqualTo(FailureCode.FENCED);
  }

  @Test
  void neverReachesAWorkerWhenItWasCancelledWhileItWaited() {
    String id = submit("unwanted", 1);
    assertThat(await(tasks().cancel(id)).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(await(tasks().cancel(id)).state()).isEqualTo(TaskState.CANCELLED);
    submit("unwanted", 2);
    ClaimedTask next = claim("ann", "unwanted");
    assertThat(next.payload()).isEqualTo(payload(2));
    await(tasks().complete(CompleteTask.of(next, payload(2))));
    noMessageIsLeft("unwanted");
  }

  @Test
  void tellsItsWorkerThatItWasCancelled() {
    String id = submit("stop", 1);
    ClaimedTask mine = claim("ann", "stop");
    assertThat(await(tasks().cancel(id)).cancelRequested()).isTrue();
    assertThat(state(id)).isEqualTo(TaskState.RUNNING);
    Task told = await(tasks().heartbeat(TaskHeartbeat.of(mine, LEASE)));
    assertThat(told.cancelRequested()).isTrue();
    assertThat(told.holding().orElseThrow().until())
        .isEqualTo(mine.task().holding().orElseThrow().until());
    Task stopped = await(tasks().fail(FailTask.of(mine, "stopped half way")));
    assertThat(stopped.state()).isEqualTo(TaskState.CANCELLED);
    noMessageIsLeft("stop");
  }

  @Test
  void endsACancelledTaskWhoseWorkerIsHeardOfNoMore() {
    String id = submit("silent", 1);
    ClaimedTask mine = claim("ann", "silent");
    await(tasks().cancel(id));
    letTimePass(LEASE.plusSeconds(1));
    eventually(() -> assertThat(state(id)).isEqualTo(TaskState.CANCELLED));
    assertThat(refused(tasks().complete(CompleteTask.of(mine, payload(1)))))
        .isEqualTo(FailureCode.FENCED);
    eventually(
        () -> {
          assertThat(claimAtOnce("silent")).isEmpty();
          PeekMessages all = PeekMessages.of(TaskQueueService.name("silent"));
          assertThat(await(queues().peek(all)).items()).isEmpty();
        });
  }

  @Test
  void countsWhatWasDoneBeforeTheWorkerHeardOfTheCancellation() {
    String id = submit("quick", 1);
    ClaimedTask mine = claim("ann", "quick");
    await(tasks().cancel(id));
    await(tasks().complete(CompleteTask.of(mine, payload(1))));
    assertThat(state(id)).isEqualTo(TaskState.SUCCEEDED);
  }

  @Test
  void waitsForWorkOfSeveralTypes() {
    ClaimTasks either =
        new ClaimTasks("ann", List.of("left", "right"), 2, LEASE, Duration.ofSeconds(4));
    Future<List<ClaimedTask>> waiting = tasks().claim(either, TaskRig.never());
    submit("right", 2);
    assertThat(await(waiting)).extracting(ClaimedTask::payload).containsExactly(payload(2));
    submit("right", 3);
    submit("left", 4);
    List<ClaimedTask> all = new ArrayList<>();
    while (all.size() < 2) {
      all.addAll(await(tasks().claim(either, TaskRig.never())));
    }
    assertThat(all.stream().map(ClaimedTask::payload)).contains(payload(3), payload(4));
  }

  @Test
  void givesEachTaskToOneOfManyWorkers() {
    TreeSet<String> ids = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      ids.add(submit("crowd", i));
    }
    List<String> claimed = new ArrayList<>();
    while (claimed.size() < ids.size()) {
      List<Future<List<ClaimedTask>>> rounds = new ArrayList<>();
      for (int worker = 0; worker < 4; worker++) {
        ClaimTasks request =
            new ClaimTasks("w" + worker, List.of("crowd"), 3, LEASE, Duration.ofMillis(100));
        rounds.add(tasks().claim(request, TaskRig.never()));
      }
      rounds.forEach(round -> await(round).forEach(each -> claimed.add(each.task().id())));
    }
    assertThat(claimed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void waitsAsLongAsItWasToldTo() {
    SubmitTask later = SubmitTask.of("later", payload(1)).in(Duration.ofHours(1));
    String id = await(tasks().submit(later)).task().id();
    assertThat(claimAtOnce("later")).isEmpty();
    letTimePass(Duration.ofHours(1));
    assertThat(claim("ann", "later").task().id()).isEqualTo(id);
  }

  @Test
  void isNotGivenToAWorkerThatWentAway() {
    Promise<Void> gone = Promise.promise();
    ClaimTasks request = ClaimTasks.of("ann", "gone").waiting(Duration.ofSeconds(1));
    Future<List<ClaimedTask>> waiting = tasks().claim(request, gone.future());
    gone.complete();
    List<ClaimedTask> unused = await(waiting);
    String id = submit("gone", 1);
    assertThat(claim("bob", "gone").task().id()).isEqualTo(id);
  }

  @Test
  void listsTasksPageByPageByTypeAndState() {
    for (int i = 0; i < 5; i++) {
      SubmitTask request = SubmitTask.of(i < 3 ? "page" : "page2", payload(i)).named("page-" + i);
      SubmittedTask unused = await(tasks().submit(request));
    }
    await(tasks().cancel("page-1"));
    ListTasks first = new ListTasks(Optional.of("page"), Optional.empty(), "", 2);
    TaskPage page = await(tasks().list(first));
    assertThat(page.items()).extracting(Task::id).containsExactly("page-0", "page-1");
    ListTasks rest =
        new ListTasks(Optional.of("page"), Optional.empty(), page.cursor().orElseThrow(), 2);
    assertThat(await(tasks().list(rest)).items()).extracting(Task::id).containsExactly("page-2");
    ListTasks cancelled =
        new ListTasks(Optional.of("page"), Optional.of(TaskState.CANCELLED), "", 9);
    assertThat(await(tasks().list(cancelled)).items())
        .extracting(Task::id)
        .containsExactly("page-1");
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThat(refused(tasks().get("nobody"))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(tasks().cancel("nobody"))).isEqualTo(FailureCode.NOT_FOUND);
    CompleteTask unknown = new CompleteTask("nobody", "receipt", Optional.empty());
    assertThat(refused(tasks().complete(unknown))).isEqualTo(FailureCode.NOT_FOUND);
  }
}
