package io.vertebra.task;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.KvService;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that die, are late and repeat themselves, over a store whose answers get lost. */
final class TaskFaultTest {
  private static final int TASKS = 15;
  private static final int MAX_STEPS = 3_000;

  private final List<ClaimedTask> held = new ArrayList<>();
  private final Map<String, Integer> accepted = new HashMap<>();
  private Random random = new Random();
  private volatile boolean faulty = true;

  /** A store whose transactions fail now and then, half of them after they were done. */
  private KvService flaky(KvService kv) {
    return (KvService)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {KvService.class},
            (proxy, method, arguments) -> {
              if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
              }
              boolean writes = method.getName().equals("txn") && faulty;
              int fate = writes ? dice(10) : 9;
              if (fate == 0) {
                return Failure.future(FailureCode.UNAVAILABLE, "nothing was done");
              }
              try {
                Object answer = method.invoke(kv, arguments);
                return fate == 1
                    ? ((Future<?>) answer)
                        .compose(done -> Failure.future(FailureCode.TIMEOUT, "the answer is lost"))
                    : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private synchronized int dice(int sides) {
    return random.nextInt(sides);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void eachTaskEndsOnceWithTheResultThatWasAccepted(long seed) {
    random = new Random(seed);
    try (KvNode node = new KvNode()) {
      TaskService tasks = deploy(node);
      for (int i = 0; i < TASKS; i++) {
        submit(tasks, "t" + i);
      }
      for (int step = 0; step < MAX_STEPS && !allEnded(tasks); step++) {
        work(tasks);
        if (dice(4) == 0) {
          node.letTimePass(Duration.ofSeconds(dice(20)));
        }
      }
      faulty = false;
      for (Task task : await(tasks.list(ListTasks.all())).items()) {
        assertThat(task.state()).as("seed %s %s", seed, task).isEqualTo(TaskState.SUCCEEDED);
        Optional<JsonObject> result = task.ending().orElseThrow().result();
        Integer known = accepted.get(task.id());
        if (known != null) {
          assertThat(result.orElseThrow().getInteger("attempt")).isEqualTo(known);
        }
      }
    }
  }

  private TaskService deploy(KvNode node) {
    Fields nothing = Fields.of(new JsonObject());
    QueueVerticle queues =
        QueueVerticle.stored(
            node.kernel,
            QueueOptions.from(nothing),
            node.kv(),
            node.kv(),
            AllowedHosts.of(List.of()),
            5,
            System::nanoTime);
    TaskVerticle tasks =
        TaskVerticle.stored(
            node.kernel,
            TaskOptions.from(nothing),
            flaky(node.kv()),
            queues.service(),
            System::nanoTime);
    String unused =
        await(node.vertx.deployVerticle(queues).compose(up -> node.vertx.deployVerticle(tasks)));
    return tasks.service();
  }

  private static <T> Optional<T> tried(Future<T> future) {
    try {
      return Optional.of(await(future));
    } catch (Failure failure) {
      assertThat(failure.code())
          .isIn(
              FailureCode.UNAVAILABLE,
              FailureCode.TIMEOUT,
              FailureCode.FENCED,
              FailureCode.NOT_FOUND,
              FailureCode.CONFLICT);
      return Optional.empty();
    }
  }

  private static void submit(TaskService tasks, String id) {
    SubmitTask request = SubmitTask.of("work", new JsonObject()).named(id).trying(100);
    while (tried(tasks.submit(request)).isEmpty()) {
      // Sent again with the same id until it is known to be there.
    }
  }

  private boolean allEnded(TaskService tasks) {
    return await(tasks.list(ListTasks.all())).items().stream()
        .allMatch(task -> task.state().isEnd());
  }

  private void work(TaskService tasks) {
    if (held.isEmpty() || dice(2) == 0) {
      ClaimTasks claim =
          ClaimTasks.of("w" + dice(4), "work").lasting(Duration.ofSeconds(1 + dice(20)));
      tried(tasks.claim(claim, TaskRig.never())).ifPresent(held::addAll);
      return;
    }
    ClaimedTask mine = held.get(dice(held.size()));
    switch (dice(6)) {
      case 0 -> held.remove(mine);
      case 1 -> tried(tasks.heartbeat(TaskHeartbeat.of(mine, Duration.ofSeconds(10))));
      case 2 -> tried(tasks.fail(FailTask.of(mine, "no luck")));
      default -> complete(tasks, mine);
    }
  }

  private void complete(TaskService tasks, ClaimedTask mine) {
    JsonObject result = new JsonObject().put("attempt", mine.task().attempts());
    if (tried(tasks.complete(CompleteTask.of(mine, result))).isPresent()) {
      int attempt = mine.task().attempts();
      Integer before = accepted.put(mine.task().id(), attempt);
      assertThat(before).as("who completed %s", mine.task().id()).isIn(null, attempt);
    }
  }
}
