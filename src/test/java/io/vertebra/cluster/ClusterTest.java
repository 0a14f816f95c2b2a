package io.vertebra.cluster;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.testkit.Child;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ClusterTest {
  private static final Instant STARTED_AT = Instant.parse("2029-12-31T23:59:50Z");

  @TempDir Path folder;

  private final int firstPort = freePort();
  private final int secondPort = freePort();
  private final List<Cluster> open = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    open.forEach(cluster -> await(cluster.vertx().close()));
  }

  @Test
  void nodesThatNameEachOtherMeetWithinFiveSecondsAndAnswerAlike() throws InterruptedException {
    Cluster first = open("ann", firstPort, members());
    BlockingQueue<JsonObject> events = offer(first);
    Cluster second = open("bob", secondPort, members());
    BlockingQueue<JsonObject> unused = offer(second);

    JsonObject joined = events.poll(5, TimeUnit.SECONDS);
    assertThat(joined).isNotNull();
    assertThat(joined.getString("change")).isEqualTo("joined");
    assertThat(joined.getJsonObject("member").getString("id")).isEqualTo(second.nodeId());
    assertThat(meters.get("vertebra.cluster.members").gauge().value()).isEqualTo(2);
    for (Cluster node : open) {
      JsonObject answer = askedFrom(first, node);
      assertThat(answer.getString("thisNode")).isEqualTo(node.nodeId());
      assertThat(answer.getJsonArray("members")).hasSize(2);
      assertThat(answer.getJsonArray("members").getJsonObject(1))
          .isEqualTo(
              new JsonObject()
                  .put("id", second.nodeId())
                  .put("name", "bob")
                  .put("address", "127.0.0.1:" + secondPort)
                  .put("roles", List.of("core"))
                  .put("version", "1")
                  .put("startedAt", STARTED_AT.toString())
                  .put("uptimeMs", 10_000));
    }
    eventually(() -> assertThat(askedFrom(first, second).getBoolean("copied")).isTrue());
    assertThat(unused).isEmpty();
  }

  @Test
  void noticesAKilledProcessWithinTenSeconds() throws InterruptedException {
    Cluster first = open("ann", firstPort, members());
    BlockingQueue<JsonObject> events = offer(first);
    try (Child other = child()) {
      assertThat(events.poll(20, TimeUnit.SECONDS)).isNotNull();
      other.awaitLine("api +http");
      other.kill();
      JsonObject left = events.poll(10, TimeUnit.SECONDS);
      assertThat(left).isNotNull();
      assertThat(left.getString("change")).isEqualTo("left");
      assertThat(first.service().members()).containsExactly(first.service().self());
    }
  }

  @Test
  void aNodeWithoutMembersStaysAloneEvenBesideAnother() {
    Cluster first = open("ann", firstPort, List.of());
    Cluster second = open("bob", firstPort, List.of());
    assertThat(first.service().members()).hasSize(1);
    assertThat(second.service().members()).hasSize(1);
    assertThat(second.service().self().address()).isNotEqualTo(first.service().self().address());
  }

  @Test
  void aNodeThatBeganAloneTakesInOthersThatNameItLater() throws InterruptedException {
    Cluster first = open("ann", firstPort, List.of());
    BlockingQueue<JsonObject> events = offer(first);
    Cluster second = open("bob", secondPort, members());
    assertThat(events.poll(5, TimeUnit.SECONDS)).isNotNull();
    BlockingQueue<JsonObject> unused = offer(second);
    assertThat(first.service().members()).isEqualTo(second.service().members()).hasSize(2);
    assertThat(askedFrom(first, second).getString("thisNode")).isEqualTo(second.nodeId());
    assertThat(unused).isEmpty();
  }

  private Cluster open(String name, int port, List<String> members) {
    NodeFacts facts = new NodeFacts(name, List.of("core"), "1", STARTED_AT);
    ClusterOptions options = new ClusterOptions("test", "127.0.0.1", port, 0, members);
    Cluster cluster = opened(Cluster.open(options, facts, new VertxOptions()));
    open.add(cluster);
    return cluster;
  }

  /** Looking in vain for the others takes seconds. */
  private static Cluster opened(Future<Cluster> opening) {
    try {
      return opening.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not open in 20 s", e);
    }
  }

  private BlockingQueue<JsonObject> offer(Cluster node) {
    BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
    node.vertx()
        .eventBus()
        .<JsonObject>localConsumer(ClusterVerticle.EVENTS, message -> events.add(message.body()));
    BusDoor door = new BusDoor(node.vertx(), node.nodeId(), Interceptor.chain(List.of()));
    Kernel kernel = new Kernel(node.vertx(), node.nodeId(), new TestClock(), meters, List.of(door));
    await(node.vertx().deployVerticle(new ClusterVerticle(kernel, node.service())));
    return events;
  }

  private static JsonObject askedFrom(Cluster asking, Cluster asked) {
    DeliveryOptions action = new DeliveryOptions().addHeader("action", "members");
    String address = "vertebra.cluster." + asked.nodeId();
    return await(asking.vertx().eventBus().<JsonObject>request(address, new JsonObject(), action))
        .body();
  }

  private Child child() {
    return Child.vertebra(
        folder,
        "start",
        "--set=api.port=0",
        "--set=gateway.port=0",
        "--set=cluster.name=test",
        "--set=cluster.port=" + secondPort,
        "--set=cluster.members=" + String.join(",", members()));
  }

  private List<String> members() {
    return List.of("127.0.0.1:" + firstPort, "127.0.0.1:" + secondPort);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
