package io.vertebra.idempotency;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Guard;
import io.vertebra.redis.RedisScript;
import io.vertebra.testkit.RedisNode;
import io.vertebra.testkit.TestClock;
import io.vertebra.testkit.Waiting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RedisIdempotencyStoreTest extends IdempotencyStoreContract {
  private static RedisNode node;

  private final TestClock clock = new TestClock();

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
  IdempotencyStore store() {
    return new RedisIdempotencyStore(
        node.service(), MAX_SCOPE_BYTES, () -> Long.toString(clock.millis()));
  }

  @Override
  void letTimePass(Duration time) {
    clock.advance(time);
  }

  @Test
  void judgesTimeByTheServersClockUnlessTold() {
    IdempotencyStore store = new RedisIdempotencyStore(node.service(), MAX_SCOPE_BYTES);
    Subject subject = new Subject("orders", "one");
    BeginWork request = new BeginWork(subject, "f", "ann", Duration.ofSeconds(30));
    await(store.begin(request, Guard.NONE));
    Standing standing = await(store.find(subject)).orElseThrow();
    assertThat(standing.expires()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() {
    node.close();
  }
}
