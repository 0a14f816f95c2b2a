package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.RangeRequest;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.TestClock;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvAuthStoreTest extends AuthStoreContract {
  private final KvNode node = new KvNode();
  private final AuthStore store = new KvAuthStore(node.vertx, node.kv(), node.clock);

  @Override
  AuthStore store() {
    return store;
  }

  @Override
  TestClock clock() {
    return node.clock;
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void leavesNothingOfWhatIsExpired() {
    DocumentId id = new DocumentId(Kind.ATTEMPT, "x");
    Change change = Change.put(id, new JsonObject(), node.clock.millis() + 1000);
    assertThat(await(store.commit(List.of(change), Guard.NONE))).isTrue();
    node.clock.advance(Duration.ofSeconds(2));
    assertThat(await(store.sweep(10))).isEqualTo(1);
    assertThat(await(node.kv().range(RangeRequest.all(KeyRange.ALL))).entries()).isEmpty();
  }
}
