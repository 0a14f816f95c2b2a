package io.vertebra.lock;

import io.vertebra.testkit.SqlNode;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Slow to start. */
@Tag("slow")
final class MariaDbLockStoreTest extends DocumentLockStoreContract {
  private static SqlNode node;

  @BeforeAll
  static void startServer() throws Exception {
    node = SqlNode.mariaDb();
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
}
