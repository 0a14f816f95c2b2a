package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.cluster.Cluster;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.raft.MemberView.Role;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a real cluster in one process, whose engines agree without a log. */
@Timeout(180)
final class RaftVerticleTest {
  private static final List<Integer> PORTS =
      Stream.generate(RaftVerticleTest::freePort).limit(3).toList();

  @TempDir Path folder;

  private final List<Node> open = new ArrayList<>();

  /** A node, and what stands for its engine. */
  private record Node(Cluster cluster, RaftVerticle verticle, Future<String> started) {

    Seat seat() {
      return taken(verticle.seat());
    }

    Peer self() {
      return seat().self();
    }

    void serve(InMemoryGroup group) {
      verticle.serve(seat(), group.of(self().id()), seat().self().port());
    }

    GroupView group() {
      return await(verticle.service().group());
    }
  }

  @AfterEach
  void closeAll() {
    open.forEach(RaftVerticleTest::close);
  }

  @Test
  void threeThatNameEachOtherFormOneGroup() {
    List<Node> nodes = List.of(start(0, all()), start(1, all()), start(2, all()));
    List<Group> groups = nodes.stream().map(node -> node.seat().group()).distinct().toList();
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).peers())
        .containsExactlyInAnyOrderElementsOf(nodes.stream().map(Node::self).toList());
  }

  @Test
  void saysWhomItWaitsForAndIsNotReadyMeanwhile() {
    Node first = start(0, List.of(member(0), member(1)));
    eventually(
        () ->
            assertThat(first.verticle().health().data().getString("reason"))
                .isEqualTo("waits for " + member(1)));
    assertThat(first.verticle().seat().isComplete()).isFalse();
    Node second = start(1, List.of(member(0), member(1)));
    assertThat(first.seat().group()).isEqualTo(second.seat().group());
    assertThat(first.verticle().health().up()).isTrue();
  }

  @Test
  void takesItsSeatAgainWithoutTheOthers() {
    Node first = start(0, List.of(member(0), member(1)));
    Node second = start(1, List.of(member(0), member(1)));
    Seat seat = first.seat();
    assertThat(second.seat().group()).isEqualTo(seat.group());
    stop(first);
    stop(second);
    assertThat(start(0, List.of(member(0), member(1))).seat()).isEqualTo(seat);
  }

  @Test
  void aNodeAloneGrowsAndOneThatLostItsFolderTakesItsPlaceAgain() {
    Node first = start(0, List.of());
    InMemoryGroup group = new InMemoryGroup(clusterId(first), List.of(first.self()));
    first.serve(group);
    Node second = start(1, all());
    assertThat(second.seat().group()).isEqualTo(new Group(clusterId(first), List.of()));
    second.serve(group);
    eventually(() -> assertThat(second.group().members()).hasSize(2));

    await(second.verticle().service().add(byAddress(second)));
    assertThat(group.members()).containsExactly(first.self(), second.self());
    Node third = start(2, all());
    third.serve(group);
    await(third.verticle().service().add(byAddress(third)));
    assertThat(third.group().members())
        .extracting(MemberView::role)
        .containsExactly(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER);

    stop(third);
    wipe(2);
    Node again = start(2, all());
    again.serve(group);
    assertThat(again.self().id()).isNotEqualTo(third.self().id());
    eventually(
        () ->
            assertThat(group.members()).containsExactly(first.self(), second.self(), again.self()));
  }

  @Test
  void nodesOfTwoGroupsDoNotMix() {
    Node first = start(0, List.of());
    long one = clusterId(first);
    stop(first);
    Node second = start(1, List.of());
    long other = clusterId(second);
    Node mixed = start(0, List.of(member(1)));
    assertThatThrownBy(mixed::seat)
        .hasMessageContaining(PeerCodec.hex(one))
        .hasMessageContaining(PeerCodec.hex(other));
  }

  @Test
  void doesNotStartWithADamagedIdentity() throws IOException {
    Path file = folder.resolve("0").resolve(IdentityStore.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{}");
    Node node = start(0, List.of());
    assertThatThrownBy(() -> taken(node.started())).hasMessageContaining(file + " is damaged");
  }

  private static long clusterId(Node node) {
    return node.seat().group().clusterId();
  }

  private static NodeSelector byAddress(Node node) {
    return new NodeSelector(NodeSelector.Kind.ADDRESS, node.self().address());
  }

  private Node start(int number, List<String> members) {
    ClusterOptions options = new ClusterOptions("test", "127.0.0.1", PORTS.get(number), 0, members);
    NodeFacts facts = new NodeFacts("", List.of("core"), "1", Instant.EPOCH);
    Cluster cluster = taken(Cluster.open(options, facts, new VertxOptions()));
    BusDoor door = new BusDoor(cluster.vertx(), cluster.nodeId(), Interceptor.chain(List.of()));
    Kernel kernel =
        new Kernel(
            cluster.vertx(),
            cluster.nodeId(),
            new TestClock(),
            new SimpleMeterRegistry(),
            List.of(door));
    JsonObject raft =
        new JsonObject()
            .put("folder", folder.resolve("" + number).toString())
            .put("port", 10_001 + number);
    RaftVerticle verticle =
        new RaftVerticle(kernel, cluster.service(), options, RaftOptions.from(Fields.of(raft)));
    Node node = new Node(cluster, verticle, cluster.vertx().deployVerticle(verticle));
    open.add(node);
    return node;
  }

  private void stop(Node node) {
    open.remove(node);
    close(node);
  }

  private static void close(Node node) {
    taken(node.cluster().vertx().close());
  }

  private void wipe(int number) {
    try (Stream<Path> files = Files.walk(folder.resolve("" + number))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Meeting takes seconds, and the first Hazelcast of a process as many again. */
  private static <T> T taken(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not done in 60 s", e);
    }
  }

  private static List<String> all() {
    return List.of(member(0), member(1), member(2));
  }

  private static String member(int number) {
    return "127.0.0.1:" + PORTS.get(number);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
