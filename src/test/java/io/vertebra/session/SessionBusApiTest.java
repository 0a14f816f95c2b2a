package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SessionBusApiTest extends SessionApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByBus("session." + action, request);
  }

  @Test
  void servesATypedClient() {
    SessionService sessions = new BusSessionService(node.vertx);
    JsonObject cart = new JsonObject().put("cart", 2);
    SessionId guest = await(sessions.create(CreateSession.of(cart), Guard.NONE)).id();
    RotateSession login =
        new RotateSession(guest, Optional.empty(), new JsonObject(), Optional.of("ann"));
    SessionId id = await(sessions.rotate(login, Guard.NONE)).id();
    await(sessions.merge(MergeSession.of(id, new JsonObject().put("cart", 3)), Guard.NONE));
    assertThat(await(sessions.get(id)).attributes().getInteger("cart")).isEqualTo(3);
    await(sessions.touch(id));
    assertThat(await(sessions.list(ListSessions.of("ann"))).items())
        .containsExactly(await(sessions.show(id.handle())));
    EndSessions others = new EndSessions("ann", Optional.of(id.handle()));
    assertThat(await(sessions.endAll(others, Guard.NONE))).isZero();
    await(sessions.end(id.handle(), Guard.NONE));
    SessionId last = await(sessions.create(CreateSession.of(cart), Guard.NONE)).id();
    await(sessions.invalidate(last, Guard.NONE));
    assertThat(await(sessions.list(ListSessions.of("ann"))).items()).isEmpty();
  }
}
