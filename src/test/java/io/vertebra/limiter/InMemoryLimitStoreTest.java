package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class InMemoryLimitStoreTest extends LimitStoreContract {
  private final LimitStore store = new InMemoryLimitStore(new MicroClock(clock), ROOM);

  @Override
  LimitStore store() {
    return store;
  }

  @Test
  void takesTheRoomOfKeysThatAreAsGoodAsNew() {
    GcraLimit limit = new GcraLimit(1, Duration.ofSeconds(1), 1);
    Change take = new Change.Take(limit, Penalty.NONE, 1, "");
    for (int i = 0; i < 10 * ROOM; i++) {
      assertThat(await(store.change("k" + i, take)).allowed()).isTrue();
      clock.advance(Duration.ofMillis(100));
    }
  }
}
