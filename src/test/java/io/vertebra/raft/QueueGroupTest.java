package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.raft.RaftNodes.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two groups on the same nodes, the second with the members of the first. */
@Tag("slow")
@Timeout(240)
final class QueueGroupTest {
  private static final Duration DEADLINE = Duration.ofSeconds(15);
  private static final Duration LIMIT = Duration.ofSeconds(40);

  @TempDir Path folder;

  private final Map<Node, Pair> open = new LinkedHashMap<>();
  private RaftNodes nodes;

  /** The engines of a node, and what they drive. */
  private record Pair(
      RaftEngine first,
      RaftEngine queues,
      CountingReplica firstReplica,
      CountingReplica queueReplica,
      MeterRegistry meters) {}

  @BeforeEach
  void begin() {
    nodes = new RaftNodes(folder);
  }

  @AfterEach
  void close() {
    List.copyOf(open.keySet()).forEach(this::closeEngines);
    nodes.close();
  }

  @Test
  void growsWithTheOtherGroupHealsWithItAndShrinksWithIt() {
    Node first = open(nodes.start(0, List.of()));
    write(first, "alone");
    Node second = open(nodes.start(1, nodes.all()));
    Node third = open(nodes.start(2, nodes.all()));
    add(second);
    add(third);
    membersAre(first, second, third);
    write(third, "three");
    holds(2, first, second, third);

    stop(third);
    nodes.wipe(2);
    Node again = open(nodes.start(2, nodes.all()));
    membersAre(first, second, again);
    holds(2, first, second, again);

    GroupView fewer = RaftNodes.taken(first.verticle().service().remove(again.self().id()));
    assertThat(fewer.peers()).hasSize(2);
    membersAre(first, second);
    write(second, "two");
    holds(3, first, second);
  }

  @Test
  void aGroupThatLosesItsLeaderLeavesTheOtherAlone() {
    List<Node> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(nodes.start(i, nodes.all()));
    }
    three.forEach(this::open);
    three.forEach(node -> write(node, "by " + node.self().id()));
    Node leading = queueLeader();
    double elections = elections();
    RaftEngine other = pair(leading).first();
    Trio.await(pair(leading).queues().close());
    Node next = three.stream().filter(node -> node != leading).findFirst().orElseThrow();
    write(next, "after");
    assertThat(elections()).isEqualTo(elections);
    assertThat(other.status().writable()).isTrue();
    byte[] unused = Trio.await(other.propose(CountingReplica.bytes("still"), DEADLINE));

    three.forEach(this::stop);
    List<Node> again = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      again.add(open(nodes.start(i, nodes.all())));
    }
    again.forEach(
        node ->
            within(
                LIMIT,
                () -> {
                  assertThat(pair(node).queueReplica().entries()).hasSize(4).contains("after");
                  assertThat(pair(node).firstReplica().entries()).containsExactly("still");
                }));
  }

  private double elections() {
    return open.values().stream()
        .mapToDouble(
            pair ->
                pair.meters().get("vertebra.raft.elections").tag("group", "kv").counter().count())
        .sum();
  }

  private Node queueLeader() {
    within(LIMIT, () -> assertThat(leaders()).hasSize(1));
    return leaders().get(0);
  }

  private List<Node> leaders() {
    return open.keySet().stream().filter(node -> pair(node).queueReplica().leads()).toList();
  }

  private Pair pair(Node node) {
    return Objects.requireNonNull(open.get(node));
  }

  private void membersAre(Node... wanted) {
    List<Long> ids = List.of(wanted).stream().map(node -> node.self().id()).toList();
    for (Node node : wanted) {
      within(
          LIMIT,
          () ->
              assertThat(pair(node).queues().members())
                  .extracting(Peer::id)
                  .containsExactlyInAnyOrderElementsOf(ids));
    }
  }

  private void holds(int entries, Node... members) {
    for (Node node : members) {
      within(LIMIT, () -> assertThat(pair(node).queueReplica().entries()).hasSize(entries));
    }
  }

  private void write(Node node, String entry) {
    byte[] unused = Trio.await(pair(node).queues().propose(CountingReplica.bytes(entry), DEADLINE));
  }

  /** Asked of the node itself, which is none of the members. */
  private static void add(Node node) {
    Future<GroupView> added = node.verticle().service().add(RaftNodes.byAddress(node));
    assertThat(RaftNodes.taken(added).peers()).contains(node.self());
  }

  private Node open(Node node) {
    Seat seat = node.seat();
    JsonObject options =
        new JsonObject()
            .put("folder", nodes.folder(node.number()).toString())
            .put("port", seat.self().port());
    RaftOptions raft = RaftOptions.from(Fields.of(options));
    RaftHost host = new RaftHost(raft, seat.self());
    MeterRegistry meters = new SimpleMeterRegistry();
    RaftEngine first =
        new RaftEngine(host, "kv", raft.folder(), seat.group(), meters, System::nanoTime);
    Path beside = raft.folder().resolve("queue");
    Group group = seat.group().queues();
    RaftEngine queues = new RaftEngine(host, "queue", beside, group, meters, System::nanoTime);
    Pair pair = new Pair(first, queues, new CountingReplica(), new CountingReplica(), meters);
    open.put(node, pair);
    Trio.await(first.open(pair.firstReplica()));
    node.verticle().serve(seat, first);
    Trio.await(queues.open(pair.queueReplica()));
    Void unused = RaftNodes.taken(node.verticle().serveQueues(group, first, queues));
    return node;
  }

  private void stop(Node node) {
    closeEngines(node);
    nodes.stop(node);
  }

  private void closeEngines(Node node) {
    Pair pair = open.remove(node);
    if (pair != null) {
      Trio.await(pair.queues().close());
      Trio.await(pair.first().close());
    }
  }
}
