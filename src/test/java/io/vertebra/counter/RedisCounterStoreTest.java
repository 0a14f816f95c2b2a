package io.vertebra.counter;

import io.vertebra.redis.RedisScript;
import io.vertebra.testkit.RedisNode;
import io.vertebra.testkit.Waiting;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

final class RedisCounterStoreTest extends CounterStoreContract {
  private static RedisNode node;

  @BeforeAll
  static void start() {
    node = new RedisNode();
  }

  @BeforeEach
  void empty() {
    RedisScript flush = RedisScript.of("return redis.call('FLUSHALL')");
    Waiting.await(node.service().eval(flush, List.of("x"), List.of()));
  }

  @Override
  CounterStore store() {
    return new RedisCounterStore(node.service());
  }

  @AfterAll
  static void stop() {
    node.close();
  }
}
