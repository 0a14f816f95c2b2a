package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.raft.RaftNodes.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same nodes with real engines: what was written outlives every change of the members. */
@Tag("slow")
@Timeout(240)
final class RaftGrowthTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @TempDir Path folder;

  private final Map<Node, RaftEngine> engines = new HashMap<>();
  private final Map<Node, CountingReplica> replicas = new HashMap<>();
  private final List<String> written = new ArrayList<>();
  private RaftNodes nodes;

  @BeforeEach
  void begin() {
    nodes = new RaftNodes(folder);
  }

  @AfterEach
  void close() {
    engines.values().forEach(engine -> Trio.await(engine.close()));
    nodes.close();
  }

  @Test
  void growsFromOneToThreeHealsAfterALossAndShrinks() {
    Node first = open(nodes.start(0, List.of()));
    write(first, "alone");
    Node second = open(nodes.start(1, nodes.all()));
    add(second);
    write(second, "two");
    Node third = open(nodes.start(2, nodes.all()));
    add(third);
    write(third, "three");
    everyoneHasAll(first, second, third);

    stop(third);
    nodes.wipe(2);
    write(first, "one lost");
    refusesToRemove(first, second.self().id());
    Node again = open(nodes.start(2, nodes.all()));
    eventually(() -> assertThat(again.group().member(again.self().id())).isPresent());
    assertThat(again.group().peers()).hasSize(3).doesNotContain(third.self());
    write(again, "healed");
    everyoneHasAll(first, second, again);

    GroupView after = await(second.verticle().service().transfer(Optional.empty()));
    assertThat(after.members()).hasSize(3);
    GroupView fewer = RaftNodes.taken(first.verticle().service().remove(again.self().id()));
    assertThat(fewer.peers()).containsExactlyInAnyOrder(first.self(), second.self());
    write(second, "two again");
    everyoneHasAll(first, second);
    eventually(() -> assertThat(again.group().members()).hasSize(3));
    eventually(() -> addUnlessMember(first, again));
    write(again, "three again");
    everyoneHasAll(first, second, again);
  }

  @Test
  void threeThatFormTogetherTakeEntriesAndOpenAgainAfterAllWereClosed() {
    List<Node> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(nodes.start(i, nodes.all()));
    }
    three.forEach(this::open);
    three.forEach(node -> write(node, "by " + node.self().id()));
    three.forEach(this::stop);
    List<Node> again = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      again.add(open(nodes.start(i, nodes.all())));
    }
    everyoneHasAll(again.toArray(Node[]::new));
  }

  /** An answer may be lost of an addition that was made. */
  private static void addUnlessMember(Node asked, Node node) {
    if (asked.group().member(node.self().id()).isEmpty()) {
      add(node);
    }
  }

  private Node open(Node node) {
    Seat seat = node.seat();
    JsonObject options =
        new JsonObject()
            .put("folder", nodes.folder(node.number()).toString())
            .put("port", seat.self().port());
    RaftEngine engine =
        new RaftEngine(
            RaftOptions.from(Fields.of(options)),
            seat.self(),
            seat.group(),
            new SimpleMeterRegistry(),
            System::nanoTime);
    CountingReplica replica = new CountingReplica();
    engines.put(node, engine);
    replicas.put(node, replica);
    Trio.await(engine.open(replica));
    node.verticle().serve(seat, engine);
    return node;
  }

  private void stop(Node node) {
    Trio.await(engine(node).close());
    engines.remove(node);
    nodes.stop(node);
  }

  private RaftEngine engine(Node node) {
    return Optional.ofNullable(engines.get(node)).orElseThrow();
  }

  /** Asked of the node itself, which is none of the members. */
  private static void add(Node node) {
    Future<GroupView> added = node.verticle().service().add(RaftNodes.byAddress(node));
    assertThat(RaftNodes.taken(added).peers()).contains(node.self());
  }

  private static void refusesToRemove(Node asked, long id) {
    assertThatThrownBy(() -> await(asked.verticle().service().remove(id)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.CONFLICT))
        .hasMessageContaining("would have 2 members, of which 1 is reachable");
  }

  private void write(Node node, String entry) {
    byte[] unused = Trio.await(engine(node).propose(CountingReplica.bytes(entry), DEADLINE));
    written.add(entry);
  }

  private void everyoneHasAll(Node... members) {
    for (Node node : members) {
      eventually(
          () ->
              assertThat(Optional.ofNullable(replicas.get(node)).orElseThrow().entries())
                  .isEqualTo(written));
    }
  }
}
