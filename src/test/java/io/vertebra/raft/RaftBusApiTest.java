package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

final class RaftBusApiTest extends RaftApiContract {
  private Vertx vertx;

  @Override
  void open(Vertx vertx, Api api) {
    this.vertx = vertx;
    await(new BusDoor(vertx, NODE, Interceptor.chain(List.of())).open(api));
  }

  @Override
  Future<JsonObject> call(Operation<?> operation, JsonObject request) {
    DeliveryOptions action = new DeliveryOptions().addHeader("action", operation.action());
    return vertx
        .eventBus()
        .<JsonObject>request("vertebra.raft", request, action)
        .map(Message::body);
  }

  @Test
  void letsAnotherMemberLead() {
    assertThat(ask("transfer", new JsonObject()).leaderId()).isEqualTo(0xb);
    assertThat(ask("transfer", new JsonObject().put("to", "000000000000000a")).leaderId())
        .isEqualTo(0xa);
    assertThat(refused("transfer", new JsonObject().put("to", "000000000000000d")).code())
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void theTypedClientSaysTheSame() {
    RaftService members = BusRaftService.on(vertx, NODE);
    NodeSelector node = new NodeSelector(NodeSelector.Kind.NODE, "n3");
    assertThat(await(members.group())).isEqualTo(ask("group", new JsonObject()));
    assertThat(await(members.add(node)).peers()).hasSize(4);
    assertThat(await(members.remove(0xd)).peers()).hasSize(3);
    assertThat(await(members.transfer(Optional.of(-1L))).leaderId()).isEqualTo(-1);
    Throwable failure =
        Assertions.catchThrowable(() -> await(members.replace(new ReplaceMember(0xd, node))));
    assertThat(Failure.of(failure).code()).isEqualTo(FailureCode.NOT_FOUND);
  }
}
