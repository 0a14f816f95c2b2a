package io.vertebra.registry;

import static io.vertebra.kv.Guard.NONE;
import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class StoredRegistryServiceTest extends RegistryServiceContract {
  @Override
  RegistryService open() {
    return rig.service();
  }

  @Test
  void aWaiterWhoGoesAwayIsForgotten() {
    KvRegistryStore store = rig.view();
    StoredRegistryService there = rig.serviceOn(store);
    long index = register(plain("orders", "o1")).revision();
    CompletableFuture<Void> gone = new CompletableFuture<>();
    Future<?> waiting =
        there.instances(
            InstanceQuery.of("orders"), Reading.after(index, Duration.ofMinutes(1)).until(gone));
    eventually(() -> assertThat(store.waiting()).isEqualTo(1));

    assertThat(gone.complete(null)).isTrue();

    assertThat(code(waiting)).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(store.waiting()).isZero();
  }

  @Test
  void noMoreWaitThanMay() {
    KvRegistryStore store = new KvRegistryStore(rig.vertx, rig.kv, 1);
    store.start();
    StoredRegistryService there = rig.serviceOn(store);
    long index = register(plain("orders", "o1")).revision();
    Reading reading = Reading.after(index, Duration.ofMinutes(1));
    Future<?> first = there.instances(InstanceQuery.of("orders"), reading);
    eventually(() -> assertThat(store.waiting()).isEqualTo(1));

    assertThat(code(there.instances(InstanceQuery.of("orders"), reading)))
        .isEqualTo(FailureCode.LIMITED);
    store.stop();
    assertThat(code(first)).isEqualTo(FailureCode.UNAVAILABLE);
  }

  @Test
  void announcesChangesOnTheBus() {
    List<JsonObject> events = new CopyOnWriteArrayList<>();
    await(
        rig.vertx
            .eventBus()
            .<JsonObject>consumer("vertebra.registry.events", m -> events.add(m.body()))
            .completion());

    Registered done = register(plain("orders", "o1"));

    eventually(
        () ->
            assertThat(events)
                .contains(
                    new JsonObject()
                        .put("change", "registered")
                        .put("node", Node.SHARED)
                        .put("instance", "o1")
                        .put("service", "orders")
                        .put("revision", done.revision())));
  }

  @Test
  void registrationsAtOnceAreAllKept() {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(rig.service().register(plain("orders", "o" + i), NONE));
    }
    await(Future.all(all));
    assertThat(await(rig.service().instances(InstanceQuery.of("orders"), Reading.NOW)).value())
        .hasSize(50);
  }

  /** Random changes; a view that saw each of them and one that reads the outcome must agree. */
  @Test
  void indexesAreTheSameOnANodeThatHasJustStartedAndNeverGoBack() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Long> before = indexes(rig.service());
    for (int round = 0; round < 8; round++) {
      for (int i = 0; i < 12; i++) {
        change(random);
      }
      List<Long> here = indexes(rig.service());
      KvRegistryStore fresh = rig.view();
      assertThat(indexes(rig.serviceOn(fresh))).as("seed " + seed).isEqualTo(here);
      fresh.stop();
      for (int i = 0; i < here.size(); i++) {
        assertThat(here.get(i)).as("seed " + seed).isGreaterThanOrEqualTo(before.get(i));
      }
      before = here;
    }
  }

  @Test
  void forgetsTheIndexesOfServicesLongGoneWithoutAnyGoingBack() {
    KvRegistryStore store = rig.view();
    StoredRegistryService service = rig.serviceOn(store);
    register(plain("stays", "o"));
    long stays = await(service.instances(InstanceQuery.of("stays"), Reading.NOW)).index();
    List<Long> before = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      register(plain("s" + i, "i" + i));
      before.add(await(rig.service().deregister(Node.SHARED, "i" + i, NONE)).revision());
    }
    await(store.sync());
    assertThat(store.look(Catalog::forgettable)).hasSize(20);

    new UpkeepJob(store, service, rig.nanos::get, 4).tidy();

    eventually(() -> assertThat(store.look(Catalog::forgettable)).isEmpty());
    for (int i = 0; i < 10; i++) {
      InstanceQuery gone = InstanceQuery.of("s" + i);
      assertThat(await(service.instances(gone, Reading.NOW)).index())
          .isGreaterThanOrEqualTo(before.get(i));
    }
    assertThat(await(service.instances(InstanceQuery.of("stays"), Reading.NOW)).index())
        .isEqualTo(stays);
  }

  private void change(Random random) {
    String id = "i" + random.nextInt(4);
    String node = "node" + random.nextInt(2);
    String service = "s" + random.nextInt(3);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        Instance plain = Instance.of(service, id, "127.0.0.1", random.nextInt(3));
        Instance instance =
            new Instance(
                node,
                id,
                service,
                plain.tags(),
                plain.address(),
                plain.port(),
                plain.meta(),
                plain.weights(),
                false);
        Check check = Check.of(instance, "c-" + id, new CheckDefinition.Reported());
        RegisterCheck[] checks =
            random.nextBoolean()
                ? new RegisterCheck[] {new RegisterCheck(check, passing(), "")}
                : new RegisterCheck[0];
        await(rig.service().register(Registration.of(instance, checks), NONE));
      }
      case 2 -> await(rig.service().deregister(node, id, NONE));
      case 3 -> await(rig.service().deregisterNode(node, NONE));
      case 4 -> {
        Check check =
            new Check(node, "n", "", "", "", new CheckDefinition.Reported(), Duration.ZERO);
        CheckStatus status = CheckStatus.values()[random.nextInt(3)];
        RegisterCheck wanted = new RegisterCheck(check, Optional.of(status), "");
        await(rig.service().register(Registration.of(wanted), NONE));
      }
      default -> await(rig.service().deregisterCheck(node, "n", NONE));
    }
  }

  private static List<Long> indexes(RegistryService service) {
    List<Long> indexes = new ArrayList<>();
    indexes.add(await(service.nodes(Reading.NOW)).index());
    indexes.add(await(service.services(Reading.NOW)).index());
    indexes.add(await(service.checks(CheckQuery.ALL, Reading.NOW)).index());
    for (int i = 0; i < 3; i++) {
      InstanceQuery query = InstanceQuery.of("s" + i);
      indexes.add(await(service.instances(query, Reading.NOW)).index());
      indexes.add(await(service.instances(query.withoutChecks(), Reading.NOW)).index());
    }
    indexes.add(await(service.node("node0", Reading.NOW)).index());
    indexes.add(await(service.node("node1", Reading.NOW)).index());
    return indexes;
  }

  private static FailureCode code(Future<?> refused) {
    return Failure.of(catchThrowable(() -> await(refused))).code();
  }
}
