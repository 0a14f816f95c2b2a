package io.vertebra.registry;

import static io.vertebra.kv.Guard.NONE;
import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.registry.CheckDefinition.Tcp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several nodes' shares of the checks, over one store; the nodes' own checks are off. */
final class CheckJobTest {
  private static final int CHECKS = 60;
  private static final RegistryOptions.Checks OFF =
      new RegistryOptions.Checks(false, List.of(), 64, Duration.ofSeconds(30));
  private static final RegistryOptions.Checks ON =
      new RegistryOptions.Checks(true, List.of(), 64, Duration.ofSeconds(30));

  private final RegistryRig rig = new RegistryRig(new RegistryOptions(10, 100, 100, 100, OFF));
  private final AtomicReference<List<String>> members = new AtomicReference<>();
  private final Map<String, List<String>> runs = new HashMap<>();
  private final Map<String, CheckJob> jobs = new HashMap<>();
  private Finding finding = new Finding(CheckStatus.PASSING, "fine");

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void everyCheckIsRunByOneNodeAndAllTakePart() {
    registerChecks();
    open("a", "b", "c");

    turn("a", "b", "c");

    assertThat(all()).hasSize(CHECKS).doesNotHaveDuplicates();
    assertThat(runs.values()).allSatisfy(own -> assertThat(own).hasSizeGreaterThan(CHECKS / 10));
  }

  @Test
  void theOthersTakeOverWhatANodeThatWentHad() {
    registerChecks();
    open("a", "b", "c");
    turn("a", "b", "c");
    List<String> lost = List.copyOf(runs.get("c"));
    runs.clear();

    members.set(List.of("a", "b"));
    jobs.values().forEach(CheckJob::changed);
    rig.letTimePass(Duration.ofSeconds(1));
    turn("a", "b");

    assertThat(all()).containsExactlyInAnyOrderElementsOf(lost);
  }

  @Test
  void aCheckRunsAgainAfterItsInterval() {
    registerChecks();
    open("a");
    turn("a");
    runs.clear();
    rig.letTimePass(Duration.ofSeconds(8));
    turn("a");
    assertThat(all()).isEmpty();

    rig.letTimePass(Duration.ofSeconds(2));
    turn("a");

    assertThat(all()).hasSize(CHECKS);
  }

  @Test
  void writesAStatusAtOnceAndAnOutputNowAndThen() {
    registerChecks();
    open("a");
    turn("a");
    eventually(() -> assertThat(passing()).isEqualTo(CHECKS));
    long index = await(rig.service().checks(CheckQuery.ALL, Reading.NOW)).index();

    finding = new Finding(CheckStatus.PASSING, "another");
    rig.letTimePass(Duration.ofSeconds(10));
    turn("a");
    assertThat(await(rig.service().checks(CheckQuery.ALL, Reading.NOW)).index()).isEqualTo(index);

    rig.letTimePass(Duration.ofSeconds(31));
    turn("a");
    eventually(
        () ->
            assertThat(await(rig.service().checks(CheckQuery.ALL, Reading.NOW)).value())
                .allSatisfy(
                    each ->
                        assertThat(each.check().value().state().output()).isEqualTo("another")));
  }

  @Test
  void whatAnOldOwnerFoundIsNotWrittenOverWhatWasWrittenSince() {
    register("o1");
    KvRegistryStore store = rig.view();
    StoredRegistryService service = rig.serviceOn(store);
    Entry<HealthCheck> seen =
        await(service.checks(CheckQuery.ALL, Reading.NOW)).value().get(0).check();

    assertThat(await(service.found(seen, CheckStatus.PASSING, "new owner"))).isTrue();
    assertThat(await(service.found(seen, CheckStatus.CRITICAL, "old owner"))).isFalse();

    assertThat(passing()).isEqualTo(1);
  }

  @Test
  void runsNoMoreAtOnceThanMay() {
    registerChecks();
    List<Promise<Finding>> open = new ArrayList<>();
    RegistryOptions.Checks two =
        new RegistryOptions.Checks(true, List.of(), 2, Duration.ofSeconds(30));
    CheckJob job =
        job(
            "a",
            two,
            definition -> {
              Promise<Finding> running = Promise.promise();
              open.add(running);
              return running.future();
            });
    members.set(List.of("a"));
    job.tick();
    rig.letTimePass(Duration.ofSeconds(1));
    job.tick();
    assertThat(open).hasSize(2);

    open.get(0).complete(new Finding(CheckStatus.CRITICAL, ""));
    job.tick();

    assertThat(open).hasSize(3);
  }

  private void registerChecks() {
    for (int i = 0; i < CHECKS; i++) {
      register("o" + i);
    }
  }

  private void register(String id) {
    Instance instance = Instance.of("orders", id, "127.0.0.1", 80);
    Tcp tcp = new Tcp(id + ":80", Duration.ofSeconds(10), Duration.ofSeconds(1));
    await(
        rig.service()
            .register(
                Registration.of(instance, RegisterCheck.of(Check.of(instance, "c-" + id, tcp))),
                NONE));
  }

  private void open(String... names) {
    members.set(List.of(names));
    for (String name : names) {
      jobs.put(
          name,
          job(
              name,
              ON,
              definition -> {
                runs.computeIfAbsent(name, own -> new ArrayList<>())
                    .add(((Tcp) definition).address());
                return Future.succeededFuture(finding);
              }));
    }
  }

  private CheckJob job(
      String name,
      RegistryOptions.Checks options,
      Function<CheckDefinition, Future<Finding>> probe) {
    KvRegistryStore store = rig.view();
    await(store.sync());
    return new CheckJob(
        store, rig.serviceOn(store), probe, options, rig.nanos::get, members::get, name);
  }

  /** Lets the nodes do what is due within the next second, to the end. */
  private void turn(String... names) {
    tick(names);
    rig.letTimePass(Duration.ofSeconds(1));
    tick(names);
  }

  private void tick(String... names) {
    for (String name : names) {
      CheckJob job = jobs.get(name);
      job.tick();
      eventually(() -> assertThat(job.running()).isZero());
    }
  }

  private List<String> all() {
    return runs.values().stream().flatMap(List::stream).toList();
  }

  private long passing() {
    return await(rig.service().checks(CheckQuery.in(CheckStatus.PASSING), Reading.NOW))
        .value()
        .size();
  }
}
