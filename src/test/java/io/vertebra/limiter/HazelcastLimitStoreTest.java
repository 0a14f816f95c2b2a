package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;

final class HazelcastLimitStoreTest extends LimitStoreContract {
  private final LimitNode node = LimitNode.open(clock, ROOM, LimitNode.freePort(), List.of());

  @Override
  LimitStore store() {
    return node.store;
  }

  @Override
  void count() {
    node.owner.countBegins();
    long keys = await(node.cluster.owned(LimiterVerticle.MAP).owned());
    node.owner.counted(keys);
    assertThat(node.owner.keys()).isEqualTo(ROOM);
  }

  @AfterEach
  void close() {
    node.close();
  }
}
