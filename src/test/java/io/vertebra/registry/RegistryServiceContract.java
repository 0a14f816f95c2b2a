package io.vertebra.registry;

import static io.vertebra.kv.Guard.NONE;
import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.registry.CheckDefinition.Reported;
import io.vertebra.registry.CheckDefinition.Ttl;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the registry does, wherever it is called from. */
abstract class RegistryServiceContract {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  final RegistryRig rig = new RegistryRig();
  private RegistryService registry;

  abstract RegistryService open();

  @BeforeEach
  void openRegistry() {
    registry = open();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void findsWhatWasRegistered() {
    Instance instance =
        new Instance(
            "web1",
            "orders-1",
            "orders",
            List.of("v2", "blue"),
            "10.0.0.1",
            8080,
            Map.of("zone", "a"),
            new Weights(10, 2),
            true);
    Registered done =
        register(
            Registration.of(instance, new RegisterCheck(check(instance, "c"), passing(), "ok")));

    InstanceHealth found = one("orders");
    assertThat(found.instance().value()).isEqualTo(instance);
    assertThat(found.instance().modifyRevision()).isEqualTo(done.revision());
    assertThat(found.node().value()).isEqualTo(Node.named("web1"));
    assertThat(found.status()).isEqualTo(CheckStatus.PASSING);
    assertThat(found.weight()).isEqualTo(10);
    assertThat(await(registry.services(Reading.NOW)).value())
        .isEqualTo(Map.of("orders", List.of("blue", "v2")));
    assertThat(await(registry.summaries(Reading.NOW)).value())
        .containsExactly(new ServiceSummary("orders", List.of("blue", "v2"), 1, 1));
    NodeHealth node = await(registry.node("web1", Reading.NOW)).value().orElseThrow();
    assertThat(node.instances()).containsExactly(found.instance());
    assertThat(node.checks()).isEqualTo(found.checks());
  }

  @Test
  void registeringTheSameAgainMovesNoIndex() {
    Registration registration = withTtl("orders", "o1", passing());
    long revision = register(registration).revision();
    rig.letTimePass(Duration.ofSeconds(1));

    Registered again = register(registration);

    assertThat(again.changed()).isFalse();
    Indexed<List<InstanceHealth>> found = instances("orders");
    assertThat(found.index()).isEqualTo(revision);
    assertThat(found.value().get(0).checks().get(0).modifyRevision()).isEqualTo(revision);
  }

  @Test
  void anIndexMovesOnlyForWhatItIsOf() {
    long orders = register(plain("orders", "o1")).revision();
    long tags = await(registry.services(Reading.NOW)).index();

    long users = register(withTtl("users", "u1", passing())).revision();

    assertThat(instances("orders").index()).isEqualTo(orders);
    assertThat(instances("users").index()).isEqualTo(users);
    assertThat(await(registry.services(Reading.NOW)).index()).isEqualTo(users).isGreaterThan(tags);
    report("u1", CheckStatus.WARNING, "slow");
    assertThat(await(registry.services(Reading.NOW)).index()).isEqualTo(users);
    assertThat(await(registry.instances(InstanceQuery.of("users").withoutChecks(), Reading.NOW)))
        .extracting(Indexed::index)
        .isEqualTo(users);
    assertThat(instances("users").index()).isGreaterThan(users);
  }

  @Test
  void anIndexDoesNotGoBackWhenTheLastInstanceGoes() {
    register(plain("orders", "o1"));
    long before = instances("orders").index();

    Registered gone = await(registry.deregister(Node.SHARED, "o1", NONE));

    assertThat(gone.changed()).isTrue();
    Indexed<List<InstanceHealth>> after = instances("orders");
    assertThat(after.value()).isEmpty();
    assertThat(after.index()).isEqualTo(gone.revision()).isGreaterThan(before);
    assertThat(await(registry.deregister(Node.SHARED, "o1", NONE)).changed()).isFalse();
  }

  @Test
  void whoWaitsIsWokenByItsServiceAlone() {
    long index = register(plain("orders", "o1")).revision();
    Future<Indexed<List<InstanceHealth>>> waiting =
        registry.instances(InstanceQuery.of("orders"), Reading.after(index, LONG));
    eventually(() -> assertThat(waitingReaders()).isEqualTo(1));

    register(plain("users", "u1"));
    assertThat(instances("users").value()).hasSize(1);
    assertThat(waiting.isComplete()).isFalse();
    long changed = register(plain("orders", "o2")).revision();

    assertThat(await(waiting).index()).isEqualTo(changed);
    assertThat(await(waiting).value()).hasSize(2);
  }

  @Test
  void whoKnowsThatNothingWasEverRegisteredWaitsForTheFirst() {
    long none = instances("orders").index();
    InstanceQuery orders = InstanceQuery.of("orders");
    long begun = System.nanoTime();
    assertThat(await(registry.instances(orders, Reading.after(none, SHORT))).index())
        .isEqualTo(none);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(SHORT);
    Future<Indexed<List<InstanceHealth>>> waiting =
        registry.instances(orders, Reading.after(none, LONG));
    eventually(() -> assertThat(waitingReaders()).isEqualTo(1));

    long first = register(plain("orders", "o1")).revision();

    assertThat(await(waiting).index()).isEqualTo(first);
    assertThat(await(registry.instances(orders, Reading.after(first + 100, LONG))).index())
        .isEqualTo(first);
  }

  @Test
  void whoWaitsForThePassingIsNotWokenByOneThatWasNotAndIsNot() {
    long index = register(withTtl("orders", "o1", Optional.empty())).revision();
    Future<Indexed<List<InstanceHealth>>> waiting =
        registry.instances(InstanceQuery.of("orders").passing(), Reading.after(index, LONG));
    eventually(() -> assertThat(waitingReaders()).isEqualTo(1));

    report("o1", CheckStatus.WARNING, "");
    assertThat(one("orders").status()).isEqualTo(CheckStatus.WARNING);
    assertThat(waiting.isComplete()).isFalse();
    report("o1", CheckStatus.PASSING, "");

    assertThat(await(waiting).value()).hasSize(1);
  }

  @Test
  void whoWaitsInVainIsToldWhatThereIs() {
    long index = register(plain("orders", "o1")).revision();

    Indexed<List<InstanceHealth>> same =
        await(
            registry.instances(
                InstanceQuery.of("orders"), Reading.after(index, Duration.ofMillis(20))));

    assertThat(same.index()).isEqualTo(index);
    assertThat(same.value()).hasSize(1);
  }

  @Test
  void aCheckIsCriticalOnceNobodyReportedInTime() {
    register(withTtl("orders", "o1", passing()));
    long index = instances("orders").index();
    for (int i = 0; i < 5; i++) {
      rig.letTimePass(Duration.ofSeconds(6));
      assertThat(report("o1", CheckStatus.PASSING, "").changed()).isFalse();
    }
    assertThat(one("orders").status()).isEqualTo(CheckStatus.PASSING);
    assertThat(instances("orders").index()).isEqualTo(index);

    rig.letTimePass(Duration.ofSeconds(11));

    eventually(() -> assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL));
    assertThat(one("orders").checks().get(0).value().state().output())
        .isEqualTo("not reported for 10000 ms");
    report("o1", CheckStatus.PASSING, "");
    assertThat(one("orders").status()).isEqualTo(CheckStatus.PASSING);
  }

  @Test
  void aCriticalReportCountsUntilAnotherAndAChangedTimeToLiveFromThenOn() {
    register(withTtl("orders", "o1", passing()));
    report("o1", CheckStatus.CRITICAL, "ill");
    assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL);
    report("o1", CheckStatus.WARNING, "better");
    Instance instance = one("orders").instance().value();
    Check longer = Check.of(instance, "ttl-o1", new Ttl(Duration.ofSeconds(100)));
    register(Registration.of(instance, RegisterCheck.of(longer)));

    rig.letTimePass(Duration.ofSeconds(50));

    assertThat(one("orders").status()).isEqualTo(CheckStatus.WARNING);
    rig.letTimePass(Duration.ofSeconds(51));
    eventually(() -> assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL));
  }

  @Test
  void whatIsCriticalTooLongIsRemoved() {
    Instance instance = Instance.of("orders", "o1", "127.0.0.1", 80);
    Check check = new Check(Node.SHARED, "c", "o1", "", "", new Reported(), Duration.ofMinutes(1));
    register(Registration.of(instance, RegisterCheck.of(check)));
    register(plain("users", "u1"));
    assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL);

    eventually(
        () -> {
          rig.letTimePass(Duration.ofSeconds(61));
          assertThat(instances("orders").value()).isEmpty();
        });
    assertThat(instances("users").value()).hasSize(1);
  }

  @Test
  void maintenanceIsACriticalCheckThatGoesAgain() {
    register(plain("orders", "o1"));

    await(registry.maintain(new SetMaintenance(Node.SHARED, "o1", true, "disk"), NONE));
    assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL);
    assertThat(one("orders").checks().get(0).value().check().notes()).isEqualTo("disk");
    register(plain("orders", "o1"));
    assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL);
    await(registry.maintain(new SetMaintenance(Node.SHARED, "o1", false, ""), NONE));
    assertThat(one("orders").status()).isEqualTo(CheckStatus.PASSING);

    await(registry.maintain(new SetMaintenance(Node.SHARED, "", true, ""), NONE));
    assertThat(one("orders").status()).isEqualTo(CheckStatus.CRITICAL);
    assertThat(code(registry.maintain(new SetMaintenance("x", "y", true, ""), NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void registeringAgainReplacesTheChecks() {
    Instance instance = Instance.of("orders", "o1", "127.0.0.1", 80);
    register(
        Registration.of(
            instance,
            RegisterCheck.of(check(instance, "a")),
            new RegisterCheck(check(instance, "b"), passing(), "kept")));

    register(Registration.of(instance, RegisterCheck.of(check(instance, "b"))));

    assertThat(one("orders").checks())
        .extracting(entry -> entry.value().check().id() + " " + entry.value().state().output())
        .containsExactly("b kept");
    assertThat(
            code(registry.report(new ReportCheck(Node.SHARED, "a", CheckStatus.PASSING, ""), NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void aCheckOfAnInstanceThatIsNotThereIsRefused() {
    Check check = check(Instance.of("orders", "o1", "", 0), "c");
    assertThat(code(registry.register(Registration.of(RegisterCheck.of(check)), NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void removesANodeWithAllOnIt() {
    for (int i = 0; i < 3; i++) {
      Instance instance =
          new Instance(
              "web1", "o" + i, "orders", List.of(), "", 80, Map.of(), Weights.DEFAULTS, false);
      register(Registration.of(instance, RegisterCheck.of(check(instance, "c" + i))));
    }
    long index = await(registry.nodes(Reading.NOW)).index();

    assertThat(await(registry.deregisterNode("web1", NONE)).changed()).isTrue();

    assertThat(instances("orders").value()).isEmpty();
    assertThat(await(registry.node("web1", Reading.NOW)).value()).isEmpty();
    assertThat(await(registry.checks(CheckQuery.ofNode("web1"), Reading.NOW)).value()).isEmpty();
    assertThat(await(registry.nodes(Reading.NOW)).index()).isGreaterThan(index);
  }

  @Test
  void filtersInstances() {
    register(Registration.of(tagged("o1", "a", "v1")));
    register(Registration.of(tagged("o2", "b", "v1", "v2")));
    InstanceQuery inB =
        new InstanceQuery("orders", List.of("v1"), false, "b", Map.of("zone", "b"), true);

    assertThat(await(registry.instances(inB, Reading.NOW)).value())
        .extracting(found -> found.instance().value().id())
        .containsExactly("o2");
    assertThat(
            await(
                    registry.instances(
                        InstanceQuery.of("orders").tagged(List.of("v2", "v3")), Reading.NOW))
                .value())
        .isEmpty();
  }

  @Test
  void findsChecksByServiceNodeAndStatus() {
    register(withTtl("orders", "o1", passing()));
    register(withTtl("users", "u1", Optional.empty()));

    assertThat(await(registry.checks(CheckQuery.ofService("orders"), Reading.NOW)).value())
        .singleElement()
        .satisfies(
            found -> assertThat(found.instance().orElseThrow().value().id()).isEqualTo("o1"));
    assertThat(await(registry.checks(CheckQuery.in(CheckStatus.CRITICAL), Reading.NOW)).value())
        .extracting(found -> found.check().value().check().id())
        .containsExactly("ttl-u1");
    assertThat(await(registry.checks(CheckQuery.ofNode(Node.SHARED), Reading.NOW)).value())
        .hasSize(2);
  }

  @Test
  void aWriteWithAKeyIsDoneOnce() {
    Guard once = new Guard(Optional.empty(), "k1");
    Registered first = await(registry.register(plain("orders", "o1"), once));
    await(registry.deregister(Node.SHARED, "o1", NONE));

    assertThat(await(registry.register(plain("orders", "o1"), once))).isEqualTo(first);
    assertThat(instances("orders").value()).isEmpty();
    assertThat(code(registry.register(plain("orders", "o2"), once)))
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void aNodeThatIsDeregisteredOnceKeepsWhatCameSince() {
    Guard once = new Guard(Optional.empty(), "k1");
    register(plain("orders", "o1"));
    Registered first = await(registry.deregisterNode(Node.SHARED, once));
    assertThat(first.changed()).isTrue();
    register(plain("orders", "o2"));

    assertThat(await(registry.deregisterNode(Node.SHARED, once))).isEqualTo(first);
    assertThat(code(registry.deregisterNode("web1", once))).isEqualTo(FailureCode.CONFLICT);
    assertThat(instances("orders").value()).hasSize(1);
  }

  @Test
  void aWriteUnderAnOvertakenFenceIsRefusedEvenIfItChangesNothing() {
    register(plain("orders", "o1"));
    long token = await(rig.kv.txn(Txn.of(new Op.Overtake("deploy", 0)))).revision();
    Guard old = new Guard(Optional.of(new Fence("deploy", token - 1)), "");

    assertThat(code(registry.register(plain("orders", "o1"), old))).isEqualTo(FailureCode.FENCED);
    assertThat(code(registry.deregister(Node.SHARED, "o1", old))).isEqualTo(FailureCode.FENCED);
    assertThat(instances("orders").value()).hasSize(1);
  }

  @Test
  void everyMemberIsRegisteredAsANode() {
    eventually(
        () ->
            assertThat(await(registry.nodes(Reading.NOW)).value())
                .extracting(entry -> entry.value().name() + "@" + entry.value().address())
                .contains("n1@127.0.0.1"));
  }

  static Registration plain(String service, String id) {
    return Registration.of(Instance.of(service, id, "127.0.0.1", 80));
  }

  static Registration withTtl(String service, String id, Optional<CheckStatus> status) {
    Instance instance = Instance.of(service, id, "127.0.0.1", 80);
    Check ttl = Check.of(instance, "ttl-" + id, new Ttl(Duration.ofSeconds(10)));
    return Registration.of(instance, new RegisterCheck(ttl, status, ""));
  }

  static Optional<CheckStatus> passing() {
    return Optional.of(CheckStatus.PASSING);
  }

  private static Instance tagged(String id, String zone, String... tags) {
    return new Instance(
        Node.SHARED,
        id,
        "orders",
        List.of(tags),
        "127.0.0.1",
        80,
        Map.of("zone", zone),
        Weights.DEFAULTS,
        false);
  }

  private static Check check(Instance instance, String id) {
    return Check.of(instance, id, new Reported());
  }

  Registered register(Registration registration) {
    return await(registry.register(registration, NONE));
  }

  private Registered report(String id, CheckStatus status, String output) {
    return await(registry.report(new ReportCheck(Node.SHARED, "ttl-" + id, status, output), NONE));
  }

  private Indexed<List<InstanceHealth>> instances(String service) {
    return await(registry.instances(InstanceQuery.of(service), Reading.NOW));
  }

  private InstanceHealth one(String service) {
    List<InstanceHealth> found = instances(service).value();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private double waitingReaders() {
    return rig.meters.get("vertebra.registry.waiting").gauge().value();
  }

  private static FailureCode code(Future<?> refused) {
    return Failure.of(catchThrowable(() -> await(refused))).code();
  }
}
