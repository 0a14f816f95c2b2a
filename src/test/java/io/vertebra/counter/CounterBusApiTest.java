package io.vertebra.counter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class CounterBusApiTest extends CounterApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByBus("counter." + action, request);
  }

  @Test
  void servesATypedClient() {
    CounterService counters = new BusCounterService(node.vertx);
    Guard once = new Guard(Optional.empty(), "order-17");
    Added added = await(counters.add(AddCounter.of("sold", 2), once));
    Added again = await(counters.add(AddCounter.of("sold", 2), once));
    assertThat(added.value()).isEqualTo(OptionalLong.of(2));
    assertThat(again).isEqualTo(new Added("sold", added.value(), added.revision(), true));
    assertThat(await(counters.addAll(List.of(AddCounter.of("sold", 1)), Guard.NONE))).hasSize(1);
    assertThat(await(counters.get("sold")).value()).isEqualTo(3);
    assertThat(await(counters.list(new ListCounters("s", Optional.empty(), 10))).items())
        .hasSize(1);
    assertThat(await(counters.set(SetCounter.to("sold", 8), Guard.NONE)).value()).isEqualTo(8);
    assertThat(await(counters.reset("sold", Guard.NONE)).value()).isZero();
    assertThat(await(counters.delete("sold", Guard.NONE))).isPositive();
    assertThat(await(counters.take(new TakeBlock("orders", 3), Guard.NONE)).last()).isEqualTo(3);
  }
}
