package io.vertebra;

import static io.vertebra.kv.Guard.NONE;
import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.balancer.Endpoint;
import io.vertebra.balancer.Upstream;
import io.vertebra.registry.Check;
import io.vertebra.registry.CheckDefinition.Reported;
import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Instance;
import io.vertebra.registry.InstanceQuery;
import io.vertebra.registry.Reading;
import io.vertebra.registry.RegisterCheck;
import io.vertebra.registry.Registration;
import io.vertebra.registry.RegistryRig;
import io.vertebra.registry.ReportCheck;
import io.vertebra.registry.Weights;
import io.vertebra.route.Entry;
import io.vertebra.route.Snapshot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ServiceFollowerTest {
  private static final String NODE = "web1";

  private final RegistryRig rig = new RegistryRig();
  private final BlockingQueue<Snapshot> sent = new ArrayBlockingQueue<>(1_000);
  private final ServiceFollower follower =
      new ServiceFollower(
          rig.vertx, rig.service(), snapshot -> assertThat(sent.add(snapshot)).isTrue());

  @AfterEach
  void close() {
    follower.close();
    rig.close();
  }

  @Test
  void followsAChangeWithin200Milliseconds() throws InterruptedException {
    follower.update(following(new JsonObject().put("name", "orders")));
    assertThat(next(0)).isEmpty();
    register("o1", 8001, 7, "a", CheckStatus.PASSING);
    assertThat(next(1))
        .containsExactly(
            new Endpoint("127.0.0.1", 8001, 7, Endpoint.Tier.HOT, "a", Endpoint.State.UP));

    long longest = 0;
    for (int i = 2; i <= 20; i++) {
      long begun = System.nanoTime();
      register("o" + i, 8000 + i, 1, "", CheckStatus.PASSING);
      assertThat(next(i)).hasSize(i);
      longest = Math.max(longest, System.nanoTime() - begun);
    }

    assertThat(TimeUnit.NANOSECONDS.toMillis(longest)).isLessThan(200);
  }

  @Test
  void leavesOutWhoIsNotWell() throws InterruptedException {
    follower.update(following(new JsonObject().put("name", "orders")));
    register("o1", 8001, 1, "", CheckStatus.PASSING);
    register("o2", 8002, 1, "", CheckStatus.PASSING);
    assertThat(next(2)).hasSize(2);

    await(rig.service().report(new ReportCheck(NODE, "c-o1", CheckStatus.CRITICAL, "ill"), NONE));

    assertThat(next(1)).extracting(Endpoint::port).containsExactly(8002);
  }

  @Test
  void takesThoseOfATagAndZoneThatWarnToo() throws InterruptedException {
    follower.update(
        following(
            new JsonObject()
                .put("name", "orders")
                .put("tag", "blue")
                .put("zone", "a")
                .put("passingOnly", false)));
    register("o1", 8001, 1, "a", CheckStatus.WARNING);
    register("o2", 8002, 1, "b", CheckStatus.PASSING);

    assertThat(next(1)).extracting(Endpoint::port).containsExactly(8001);
  }

  @Test
  void theLastListStaysWhenTheRegistryIsGone() throws InterruptedException {
    follower.update(following(new JsonObject().put("name", "orders")));
    register("o1", 8001, 1, "", CheckStatus.PASSING);
    assertThat(next(1)).hasSize(1);
    rig.stopRegistry();

    follower.update(following(new JsonObject().put("name", "orders")));

    assertThat(next(1)).hasSize(1);
  }

  @Test
  void theEndpointsOfTheDefinitionServeUntilTheServiceIsKnown() throws InterruptedException {
    rig.stopRegistry();
    Snapshot definition =
        snapshot(
            new JsonObject()
                .put("name", "up")
                .put("service", new JsonObject().put("name", "orders"))
                .put(
                    "endpoints",
                    new JsonArray().add(new JsonObject().put("host", "127.0.0.1").put("port", 1))));

    follower.update(definition);

    assertThat(next(1)).extracting(Endpoint::port).containsExactly(1);
  }

  @Test
  void bringsGreatWeightsIntoTheRangeOfTheBalancer() {
    register("o1", 8001, 1_000, "", CheckStatus.PASSING);
    register("o2", 8002, 10, "", CheckStatus.PASSING);
    register("o3", 8003, 1, "", CheckStatus.PASSING);

    List<Endpoint> endpoints =
        ServiceFollower.endpoints(
            "orders",
            await(rig.service().instances(InstanceQuery.of("orders"), Reading.NOW)).value());

    assertThat(endpoints).extracting(Endpoint::weight).containsExactly(100, 1, 1);
  }

  /** The endpoints of the first snapshot from now on that has so many. */
  private List<Endpoint> next(int size) throws InterruptedException {
    while (true) {
      Snapshot snapshot = sent.poll(5, TimeUnit.SECONDS);
      assertThat(snapshot).as("a snapshot with " + size + " endpoints").isNotNull();
      List<Endpoint> endpoints = snapshot.upstreams().get("up").value().endpoints();
      if (endpoints.size() == size) {
        return endpoints;
      }
    }
  }

  private void register(String id, int port, int weight, String zone, CheckStatus status) {
    Instance instance =
        new Instance(
            NODE,
            id,
            "orders",
            List.of("blue"),
            "127.0.0.1",
            port,
            Map.of("zone", zone),
            new Weights(weight, 1),
            false);
    Check check = Check.of(instance, "c-" + id, new Reported());
    await(
        rig.service()
            .register(
                Registration.of(instance, new RegisterCheck(check, Optional.of(status), "")),
                NONE));
  }

  private static Snapshot following(JsonObject service) {
    return snapshot(new JsonObject().put("name", "up").put("service", service));
  }

  private static Snapshot snapshot(JsonObject json) {
    Upstream upstream = Upstream.from(Fields.of(json));
    return new Snapshot(
        1, new TreeMap<>(), new TreeMap<>(Map.of("up", new Entry<>("up", 1, upstream))));
  }
}
