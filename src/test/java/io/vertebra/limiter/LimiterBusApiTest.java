package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LimiterBusApiTest extends LimiterApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return rig.node.callByBus("limiter." + action, request);
  }

  @Test
  void servesATypedClient() {
    LimiterService limits = new BusLimiterService(rig.node.vertx);
    Policy mails =
        Policy.of(
            "mails",
            new GcraLimit(10, Duration.ofMinutes(1), 2),
            new PolicyKey(List.of(KeyPart.of("field:user", "")), 32, 64));
    StoredPolicy stored = await(limits.put(WritePolicy.of(mails)));
    assertThat(await(limits.policy("mails"))).isEqualTo(stored);
    assertThat(stored.policy()).isEqualTo(mails);

    TakeLimit ann = TakeLimit.of("mails", Map.of("field:user", "ann"));
    assertThat(await(limits.take(ann)).allowed()).isTrue();
    assertThat(await(limits.peek(ann)).policies().get(0).decision().remaining()).isEqualTo(1);
    assertThat(await(limits.takeAll(List.of(ann, ann))).get(1).retryAfterMs()).isEqualTo(6_000);
    await(limits.reset(ann));
    assertThat(await(limits.take(ann)).allowed()).isTrue();
    TakeLimit held = new TakeLimit("mails", ann.fields(), Optional.empty(), "p");
    assertThat(await(limits.release(ReleaseLimit.of(held)))).isFalse();
    assertThat(await(limits.policies())).hasSize(4);
    assertThat(await(limits.delete(WritePolicy.of("mails")))).isPositive();
  }
}
