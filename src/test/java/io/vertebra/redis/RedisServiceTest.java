package io.vertebra.redis;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RedisServiceTest {
  private static final RedisScript ADD =
      RedisScript.of("return redis.call('INCRBY', KEYS[1], ARGV[1])");

  private static Future<Response> add(RedisNode node, int step) {
    return node.service().eval(ADD, List.of("n"), List.of(Integer.toString(step)));
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  @Test
  void runsAScriptThatTheServerDoesNotKnowYet() {
    try (RedisNode node = new RedisNode()) {
      assertThat(await(add(node, 2)).toInteger()).isEqualTo(2);
      assertThat(await(add(node, 3)).toInteger()).isEqualTo(5);
      assertThat(node.meters().get("vertebra.redis.call").timer().count()).isPositive();
    }
  }

  @Test
  void isUnavailableWhileTheServerIsDownAndWorksAgainOnceItIsUp() {
    try (RedisNode node = new RedisNode()) {
      assertThat(await(add(node, 1)).toInteger()).isEqualTo(1);
      eventually(() -> assertThat(connected(node)).isEqualTo(1));
      node.kill();
      eventually(() -> assertThat(refused(add(node, 1))).isEqualTo(FailureCode.UNAVAILABLE));
      eventually(() -> assertThat(connected(node)).isZero());
      node.start();
      eventually(() -> assertThat(await(add(node, 7)).toInteger()).isEqualTo(7));
      eventually(() -> assertThat(connected(node)).isEqualTo(1));
    }
  }

  private static double connected(RedisNode node) {
    return node.meters().get("vertebra.redis.connected").gauge().value();
  }

  @Test
  void doesNotKnowWhatAServerDidThatDoesNotAnswer() {
    try (RedisNode node = new RedisNode()) {
      assertThat(await(add(node, 1)).toInteger()).isEqualTo(1);
      node.signal("STOP");
      long begun = System.nanoTime();
      assertThat(refused(add(node, 1))).isEqualTo(FailureCode.TIMEOUT);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      node.signal("CONT");
      eventually(() -> assertThat(await(add(node, 1)).toInteger()).isEqualTo(3));
    }
  }

  @Test
  void endsEveryCallWhenManyWaitForADeadServer() {
    try (RedisNode node = new RedisNode()) {
      assertThat(await(add(node, 1)).toInteger()).isEqualTo(1);
      node.signal("STOP");
      List<Future<Response>> calls = IntStream.range(0, 200).mapToObj(i -> add(node, 1)).toList();
      for (Future<Response> call : calls) {
        assertThat(refused(call)).isIn(FailureCode.TIMEOUT, FailureCode.UNAVAILABLE);
      }
    }
  }

  @Test
  void provesItselfWithAPassword() {
    String password = "a-secret-of-tests";
    JsonObject right = new JsonObject().put("password", password);
    try (RedisNode node = new RedisNode(right, "--requirepass", password)) {
      assertThat(await(add(node, 1)).toInteger()).isEqualTo(1);
    }
    JsonObject wrong = new JsonObject().put("password", "another");
    try (RedisNode node = new RedisNode(wrong, "--requirepass", password)) {
      Throwable cause = catchThrowable(() -> await(add(node, 1)));
      assertThat(Failure.of(cause).code()).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(cause.getMessage()).doesNotContain("another").doesNotContain(password);
    }
  }

  @Test
  void hearsWhatIsPublishedAlsoAfterTheServerWasAway() {
    RedisScript publish = RedisScript.of("return redis.call('PUBLISH', KEYS[1], ARGV[1])");
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    try (RedisNode node = new RedisNode()) {
      Runnable end = node.service().subscribe("news", heard::add);
      eventually(() -> assertThat(heard).contains(""));
      await(node.service().eval(publish, List.of("news"), List.of("first")));
      eventually(() -> assertThat(heard).contains("first"));
      heard.clear();
      node.kill();
      node.start();
      eventually(() -> assertThat(heard).as("may have missed some").contains(""));
      await(node.service().eval(publish, List.of("news"), List.of("second")));
      eventually(() -> assertThat(heard).contains("second"));
      end.run();
    }
  }
}
