package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvConfigStoreTest extends ConfigStoreContract {
  private final ConfigRig rig = new ConfigRig();

  @Override
  ConfigStore open() {
    KvConfigStore store = new KvConfigStore(rig.vertx, rig.kv);
    store.start();
    return store;
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void showsAnotherNodeWhatThisOneReleased() {
    ConfigService there = rig.node("n2", ConfigRig.OLD_KEY);
    for (int i = 0; i < 20; i++) {
      Change change = Change.put("a", "value " + i);
      Outcome done = await(rig.service().release(new Release("ns", List.of(change), Terms.NONE)));
      Item seen = await(there.get(ReadConfig.one("ns", "a")));
      assertThat(seen.text()).contains("value " + i);
      assertThat(seen.revision()).isEqualTo(done.revision());
    }
  }

  @Test
  void refusesAReleaseThatIsTooLarge() {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Content big = Content.of("k", Bytes.wrap(new byte[Content.MAX_BYTES]));
      changes.add(Change.put("k" + i, big));
    }
    Throwable cause =
        catchThrowable(() -> await(rig.service().release(new Release("ns", changes, Terms.NONE))));
    assertThat(Failure.of(cause).code()).isEqualTo(FailureCode.TOO_LARGE);
    Outcome one =
        await(rig.service().release(new Release("ns", changes.subList(0, 1), Terms.NONE)));
    assertThat(one.revision()).isPositive();
  }
}
