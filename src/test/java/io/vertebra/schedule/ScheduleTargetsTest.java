package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.queue.DefineQueue;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.queue.ReceiveMessages;
import io.vertebra.queue.ReceivedMessage;
import io.vertebra.task.ClaimTasks;
import io.vertebra.task.ClaimedTask;
import io.vertebra.task.TaskOptions;
import io.vertebra.task.TaskService;
import io.vertebra.task.TaskVerticle;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Schedules with the targets that they are used with: queues, tasks and servers. */
final class ScheduleTargetsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final KvNode node = new KvNode();
  private final QueueService queues;
  private final TaskService tasks;
  private final ScheduleService schedules;

  ScheduleTargetsTest() {
    Fields nothing = Fields.of(new JsonObject());
    QueueVerticle queue =
        QueueVerticle.stored(
            node.kernel,
            QueueOptions.from(nothing),
            node.kv(),
            node.kv(),
            AllowedHosts.of(List.of()),
            5,
            System::nanoTime);
    queues = queue.service();
    TaskVerticle task =
        TaskVerticle.stored(
            node.kernel, TaskOptions.from(nothing), node.kv(), queues, System::nanoTime);
    tasks = task.service();
    ScheduleVerticle schedule =
        ScheduleVerticle.stored(
            node.kernel,
            ScheduleOptions.DEFAULTS,
            node.kv(),
            AllowedHosts.of(List.of(AllowedHosts.LOOPBACK)),
            5);
    schedules = schedule.service();
    for (var verticle : List.of(queue, task, schedule)) {
      String unused = await(node.vertx.deployVerticle(verticle));
    }
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void put(String name, String target) {
    JsonObject json =
        ScheduleRig.json("{'timetable': {'everyMs': 1000}, 'target': " + target + "}");
    Definition definition = Definition.from(Fields.of(json), node.clock.instant());
    var unused = await(schedules.put(WriteSchedule.of(name, definition)));
  }

  private void results(String name, String... words) {
    eventually(
        () ->
            assertThat(await(schedules.history(name, 10)))
                .extracting(past -> Fields.word(past.result()))
                .containsExactly(words));
  }

  @Test
  void sendToAQueueWithAnIdThatIsOneMessageEvenIfItIsLong() {
    await(queues.define(DefineQueue.of("work")));
    String name = "n".repeat(150);
    put(name, "{'queue': {'queue': 'work', 'headers': {'X-Mine': 'yes'}}}, 'payload': {'a': [1]}");
    node.letTimePass(SECOND);
    List<ReceivedMessage> got =
        await(
            queues.receive(
                ReceiveMessages.of("work", 10).waiting(PATIENCE),
                Promise.<Void>promise().future()));
    assertThat(got).hasSize(1);
    assertThat(got.get(0).message().body().toString()).isEqualTo("{\"a\":[1]}");
    assertThat(got.get(0).message().contentType()).isEqualTo("application/json");
    assertThat(got.get(0).message().headers())
        .containsEntry("X-Mine", "yes")
        .containsEntry("Occurrence-Id", name + "@2030-01-01T00:00:01Z")
        .containsKey("Fencing-Token");
    assertThat(got.get(0).message().dedupId()).isPresent();
    results(name, "succeeded");
  }

  @Test
  void tellThatAQueueIsNotThere() {
    put("a", "{'queue': {'queue': 'nowhere'}}");
    node.letTimePass(SECOND);
    results("a", "failed");
    assertThat(await(schedules.history("a", 1)).get(0).detail()).contains("nowhere");
  }

  @Test
  void submitATaskPerOccurrence() {
    put("a", "{'task': {'type': 'mail', 'maxAttempts': 5}}, 'payload': {'to': 'bob'}");
    node.letTimePass(SECOND);
    List<ClaimedTask> claimed =
        await(
            tasks.claim(
                ClaimTasks.of("ann", "mail").waiting(PATIENCE), Promise.<Void>promise().future()));
    assertThat(claimed).hasSize(1);
    assertThat(claimed.get(0).task().id()).isEqualTo("a@2030-01-01T00:00:01Z");
    assertThat(claimed.get(0).task().maxAttempts()).isEqualTo(5);
    assertThat(claimed.get(0).payload()).isEqualTo(new JsonObject().put("to", "bob"));
    assertThat(claimed.get(0).headers())
        .containsEntry("Occurrence-Id", "a@2030-01-01T00:00:01Z")
        .containsEntry("Occurrence-Time", "2030-01-01T00:00:01Z")
        .containsKey("Fencing-Token");
  }

  @Test
  void tellEachWorkerTheNumberOfItsShard() {
    put("a", "{'task': {'type': 'mail'}}, 'shards': 2");
    node.letTimePass(SECOND);
    Set<String> shards = new HashSet<>();
    eventually(
        () -> {
          await(tasks.claim(ClaimTasks.of("ann", "mail"), Promise.<Void>promise().future()))
              .forEach(
                  task ->
                      shards.add(
                          task.headers().get("Shard-Number")
                              + " of "
                              + task.headers().get("Shard-Count")));
          assertThat(shards).containsExactlyInAnyOrder("0 of 2", "1 of 2");
        });
  }

  @Test
  void breakOffACallThatIsCancelled() {
    AtomicBoolean called = new AtomicBoolean();
    AtomicBoolean brokenOff = new AtomicBoolean();
    HttpServer server =
        await(
            node.vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      called.set(true);
                      request.connection().closeHandler(closed -> brokenOff.set(true));
                    })
                .listen(0, "127.0.0.1"));
    put("a", "{'http': {'url': 'http://127.0.0.1:" + server.actualPort() + "/'}}");
    node.letTimePass(SECOND);
    eventually(() -> assertThat(called).isTrue());
    Instant nominal = node.clock.instant();
    await(schedules.cancel("a", nominal));
    eventually(() -> assertThat(brokenOff).isTrue());
    results("a", "cancelled");
  }
}
