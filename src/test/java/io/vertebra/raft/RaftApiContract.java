package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every transport must do, with a group of two (the first one, which answers, leads), a node
 * that waits and a member that is gone. A transport's test says how to open and call.
 */
@ExtendWith(VertxExtension.class)
abstract class RaftApiContract {
  static final String NODE = "n1";
  private static final Peer ANN = new Peer(0xa, "10.0.0.1:6701");
  private static final Peer BOB = new Peer(0xb, "10.0.0.2:6701");
  private static final Peer CAT = new Peer(-1, "10.0.0.3:6701");
  private static final Peer GONE = new Peer(0xd, "10.0.0.4:6701");

  private final InMemoryGroup group = new InMemoryGroup(7, List.of(ANN, BOB, GONE));
  private Map<String, Operation<?>> operations;

  abstract void open(Vertx vertx, Api api);

  abstract Future<JsonObject> call(Operation<?> operation, JsonObject request);

  @BeforeEach
  void serve(Vertx vertx) {
    LiveRaftService service =
        new LiveRaftService(
            vertx,
            new StillCluster(3),
            () -> Future.succeededFuture(introductions()),
            () -> Optional.of(group.of(ANN.id())));
    Api api = RaftApi.of(service, service);
    open(vertx, api);
    operations = api.operations().stream().collect(Collectors.toMap(Operation::action, o -> o));
  }

  private List<Introduction> introductions() {
    return List.of(introduction("n1", ANN), introduction("n2", BOB), introduction("n3", CAT));
  }

  private Introduction introduction(String node, Peer peer) {
    Membership own = group.of(peer.id());
    return new Introduction(
        node,
        peer,
        7,
        List.of(),
        own.members(),
        Optional.of(Introduction.Progress.of(own.status())));
  }

  GroupView ask(String action, JsonObject request) {
    return GroupView.from(Fields.of(await(call(operations.get(action), request))));
  }

  Failure refused(String action, JsonObject request) {
    return Failure.of(catchThrowable(() -> await(call(operations.get(action), request))));
  }

  private static JsonObject id(Peer peer) {
    return new JsonObject().put("id", PeerCodec.hex(peer.id()));
  }

  @Test
  void showsMembersAndWhoWaits() {
    JsonObject answer = await(call(operations.get("group"), new JsonObject()));
    assertThat(answer.getString("clusterId")).isEqualTo("0000000000000007");
    assertThat(answer.getString("leaderId")).isEqualTo("000000000000000a");
    assertThat(answer.getJsonArray("members").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("id", "000000000000000a")
                .put("address", "10.0.0.1:6701")
                .put("role", "leader")
                .put("reachable", true)
                .put("name", "name-1")
                .put("node", "n1")
                .put("commitIndex", 10)
                .put("appliedIndex", 10));
    assertThat(answer.getJsonArray("members").getJsonObject(2))
        .isEqualTo(
            new JsonObject()
                .put("id", "000000000000000d")
                .put("address", "10.0.0.4:6701")
                .put("role", "follower")
                .put("reachable", false)
                .put("name", "")
                .put("node", ""));
    JsonObject waiting = answer.getJsonArray("members").getJsonObject(3);
    assertThat(waiting.getString("id")).isEqualTo("ffffffffffffffff");
    assertThat(waiting.getString("role")).isEqualTo("waiting");
  }

  @Test
  void addsAWaitingNodeByAddressNodeOrName() {
    for (JsonObject node :
        List.of(
            new JsonObject().put("address", CAT.address()),
            new JsonObject().put("node", "n3"),
            new JsonObject().put("name", "name-3"))) {
      assertThat(ask("add-member", node).peers()).containsExactly(ANN, BOB, GONE, CAT);
      assertThat(ask("remove-member", id(CAT)).peers()).containsExactly(ANN, BOB, GONE);
    }
  }

  @Test
  void removesAMemberThatIsGone() {
    assertThat(ask("remove-member", id(GONE)).peers()).containsExactly(ANN, BOB);
  }

  @Test
  void replacesAMemberThatIsGone() {
    JsonObject request = id(GONE).put("by", new JsonObject().put("node", "n3"));
    assertThat(ask("replace-member", request).peers()).containsExactly(ANN, BOB, CAT);
  }

  @Test
  void keepsTheMajority() {
    Failure failure = refused("remove-member", id(BOB));
    assertThat(failure.code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(failure).hasMessageContaining("would have 2 members, of which 1 is reachable");
    assertThat(group.members()).containsExactly(ANN, BOB, GONE);
  }

  @Test
  void refusesWhatItCannotRead() {
    for (JsonObject request :
        List.of(new JsonObject(), new JsonObject().put("node", "n3").put("name", "name-3"))) {
      assertThat(refused("add-member", request).code()).isEqualTo(FailureCode.INVALID);
    }
    assertThat(refused("remove-member", new JsonObject().put("id", "x")).code())
        .isEqualTo(FailureCode.INVALID);
    assertThat(refused("remove-member", new JsonObject().put("id", "00000000000000ff")).code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }
}
