package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WatchServiceTest {
  private final InMemoryConfigStore store = new InMemoryConfigStore();
  private final WatchService watches = new WatchService(store::present);

  private Namespace change(String what) {
    Namespace now = await(store.read("a"));
    return await(store.commit(ConfigStoreContract.commit(now, what))).orElseThrow();
  }

  @Test
  void tellsOfAChangeThatCameBetweenTheReadAndTheOpeningOfTheFirstWatch() {
    store.watch(watches::changed);
    Namespace read = change("x=1");
    Namespace missed = change("x=2");
    ConfigWatch watch = watches.open(read, WatchConfig.all("a"), Optional.empty());
    ConfigBatch batch = await(watch.next());
    assertThat(batch.revision()).isEqualTo(missed.revision());
    assertThat(batch.items().get(0).text()).contains("2");
    assertThat(watch.next().isComplete()).isFalse();
    watch.close();
  }
}
