package io.vertebra.idempotency;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.RangeRequest;
import io.vertebra.testkit.KvNode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvIdempotencyStoreTest extends IdempotencyStoreContract {
  private final KvNode node = new KvNode();
  private final IdempotencyStore store =
      new KvIdempotencyStore(node.kv(), node.clock, MAX_SCOPE_BYTES);

  @Override
  IdempotencyStore store() {
    return store;
  }

  @Override
  void letTimePass(Duration time) {
    node.letTimePass(time);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void leavesNothingBehindButTheCountOfBytes() {
    Subject subject = new Subject("orders", "k");
    Duration second = Duration.ofSeconds(1);
    long token = await(store.begin(new BeginWork(subject, "f", "", second), Guard.NONE)).token();
    KeptAnswer answer = new KeptAnswer(200, Map.of(), Bytes.EMPTY);
    await(store.complete(new CompleteWork(subject, token, answer, second), Guard.NONE));
    node.letTimePass(second);
    assertThat(await(store.sweep(10))).isEqualTo(1);
    assertThat(await(node.kv().range(RangeRequest.all(KeyRange.ALL))).entries())
        .extracting(KvEntry::value)
        .containsExactly(Bytes.utf8("0"));
    assertThat(await(node.kv().leases())).isEmpty();
  }
}
