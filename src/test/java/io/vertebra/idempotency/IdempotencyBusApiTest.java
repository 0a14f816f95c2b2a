package io.vertebra.idempotency;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class IdempotencyBusApiTest extends IdempotencyApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByBus("idempotency." + action, request);
  }

  @Test
  void servesATypedClient() {
    IdempotencyService once = new BusIdempotencyService(node.vertx);
    Subject subject = new Subject("orders", "17");
    BeginWork request = new BeginWork(subject, "hash", "ann", Duration.ofSeconds(30));
    Standing begun = await(once.begin(request, Guard.NONE));
    Held held = new Held(subject, begun.token());
    assertThat(await(once.extend(held))).isEqualTo(Duration.ofSeconds(30));
    KeptAnswer answer = new KeptAnswer(200, Map.of("a", "b"), Bytes.utf8("shipped"));
    await(
        once.complete(
            new CompleteWork(subject, held.token(), answer, Duration.ofHours(1)), Guard.NONE));
    Standing again = await(once.begin(request, Guard.NONE));
    assertThat(again.state()).isEqualTo(Standing.State.COMPLETED);
    assertThat(again.answer()).contains(answer);
    assertThat(await(once.status(subject))).isEqualTo(again);
    Subject other = new Subject("orders", "18");
    BeginWork another = new BeginWork(other, "", "", Duration.ofSeconds(30));
    long token = await(once.begin(another, Guard.NONE)).token();
    assertThat(await(once.abort(new Held(other, token), Guard.NONE))).isTrue();
  }
}
