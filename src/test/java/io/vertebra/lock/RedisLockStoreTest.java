package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.RedisNode;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RedisLockStoreTest extends DocumentLockStoreContract {
  private static RedisNode node;

  @BeforeAll
  static void startServer() {
    node = new RedisNode();
  }

  @Override
  Vertx vertx() {
    return node.vertx();
  }

  @Override
  LockDocumentStore documents() {
    return new RedisLockStore(node.service(), AHEAD_MS::get);
  }

  @AfterAll
  static void stopServer() {
    node.close();
  }

  @Test
  void givesGreaterTokensAlsoWhenTheServerLostEverything() {
    Holding before = grant(ask("ann"));
    node.kill();
    node.start();
    eventually(
        () ->
            assertThat(grant(ask("bob")).token())
                .as("granted by a server without memory")
                .isGreaterThan(before.token()));
  }
}
