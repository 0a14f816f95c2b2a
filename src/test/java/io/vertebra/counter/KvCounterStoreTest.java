package io.vertebra.counter;

import io.vertebra.testkit.KvNode;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

final class KvCounterStoreTest extends CounterStoreContract {
  private final KvNode node = new KvNode();
  private final CounterStore store = new KvCounterStore(node.kv(), new Random(7)::nextInt);

  @Override
  CounterStore store() {
    return store;
  }

  @AfterEach
  void close() {
    node.close();
  }
}
