package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.KvNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvLimitStoreTest extends LimitStoreContract {
  private final KvNode node = new KvNode();
  private final KvLimitStore store = new KvLimitStore(node.kv(), new MicroClock(clock), ROOM);

  @Override
  LimitStore store() {
    return store;
  }

  @Override
  void count() {
    assertThat(await(store.count())).isEqualTo(ROOM);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void forgetsKeysThatAreAsGoodAsNew() {
    GcraLimit limit = new GcraLimit(1, Duration.ofSeconds(1), 1);
    for (int i = 0; i < 150; i++) {
      Change take = new Change.Take(limit, Penalty.NONE, 1, "");
      assertThat(await(store.change("k" + i, take)).allowed()).isTrue();
      clock.advance(Duration.ofMillis(10));
    }
    await(store.sweep());
    assertThat(await(store.count())).as("of the last second").isEqualTo(99);
  }
}
