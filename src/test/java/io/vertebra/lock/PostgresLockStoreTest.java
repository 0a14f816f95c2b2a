package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.SqlNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PostgresLockStoreTest extends DocumentLockStoreContract {
  private static SqlNode node;

  @BeforeAll
  static void startServer() throws IOException {
    node = SqlNode.postgres();
  }

  @Override
  Vertx vertx() {
    return node.vertx();
  }

  @Override
  LockDocumentStore documents() {
    return new SqlLockStore(node.service(), AHEAD_MS::get);
  }

  @AfterAll
  static void stopServer() {
    node.close();
  }

  @Test
  void isUnavailableWhileTheServerIsDownAndKeepsWhatWasHeld() throws IOException {
    Holding ann = grant(AcquireLock.of(name, "ann", Duration.ofMinutes(5)));
    node.kill();
    eventually(
        () ->
            assertThat(refusal(store().acquire(ask("bob"), Guard.NONE)))
                .isEqualTo(FailureCode.UNAVAILABLE));
    node.restart();
    eventually(() -> assertThat(await(store().inspect(name)).holders()).containsExactly(ann));
    assertThat(release(ann)).contains(0);
    assertThat(grant(ask("bob")).token()).isGreaterThan(ann.token());
  }
}
