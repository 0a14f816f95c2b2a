package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Fence;
import io.vertebra.redis.RedisScript;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RedisConfigStoreTest extends ConfigStoreContract {
  private static final RedisScript FLUSH = RedisScript.of("return redis.call('FLUSHALL')");
  private static RedisNode redis;

  private final List<RedisConfigStore> opened = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = new RedisNode();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @AfterEach
  void close() {
    opened.forEach(RedisConfigStore::stop);
  }

  private static void flush() {
    await(redis.service().eval(FLUSH, List.of("x"), List.of()));
  }

  @Override
  ConfigStore open() {
    flush();
    return node(redis, Duration.ofSeconds(5));
  }

  private RedisConfigStore node(RedisNode on, Duration look) {
    RedisConfigStore node = new RedisConfigStore(on.vertx(), on.service(), look);
    node.start();
    opened.add(node);
    return node;
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  @Test
  void tellsTheOtherNodesOfAChange() {
    RedisConfigStore there = node(redis, Duration.ofHours(1));
    List<String> told = new CopyOnWriteArrayList<>();
    there.watch(next -> told.add(next.name() + values(next)));
    change("a", "x=1");
    assertThat(values(await(there.read("a")))).containsExactly("x=1");
    change("a", "x=2");
    eventually(() -> assertThat(told).contains("a[x=2]"));
    assertThat(there.count()).isEqualTo(1);
  }

  @Test
  void findsByLookingWhatItWasNotTold() {
    change("a", "x=1");
    RedisConfigStore looking = node(redis, Duration.ofMillis(50));
    eventually(() -> assertThat(looking.count()).isEqualTo(1));
    flush();
    eventually(() -> assertThat(looking.count()).isZero());
  }

  @Test
  void refusesACommitOfAnOvertakenHolderAndChangesNothing() {
    Optional<Fence> holder = Optional.of(new Fence("~jobs", 9));
    Optional<Fence> late = Optional.of(new Fence("~jobs", 8));
    Namespace none = await(store.read("a"));
    Namespace first = await(store.commit(under(holder, commit(none, "x=1")))).orElseThrow();
    assertThat(refused(store.commit(under(late, commit(first, "x=2")))))
        .isEqualTo(FailureCode.FENCED);
    assertThat(values(await(store.read("a")))).containsExactly("x=1");
    assertThat(await(store.commit(under(holder, commit(first, "x=3"))))).isPresent();
  }

  private static Commit under(Optional<Fence> fence, Commit commit) {
    return new Commit(commit.before(), commit.after(), commit.released(), commit.forget(), fence);
  }

  @Test
  void readsWhatIsTooMuchForOneAnswer() {
    for (int i = 0; i < 10; i++) {
      change("a", "x" + i + "=" + "v".repeat(500_000));
    }
    for (int i = 0; i < 12; i++) {
      String[] many = new String[100];
      for (int j = 0; j < many.length; j++) {
        many[j] = "many/" + i + "/" + j + "=" + j;
      }
      change("a", many);
    }
    RedisConfigStore other = node(redis, Duration.ofHours(1));
    assertThat(await(other.read("a")).entries()).isEqualTo(await(store.read("a")).entries());
    assertThat(await(other.read("a")).entries()).hasSize(1_210);
  }

  @Test
  void doesNotListANamespaceWhoseFirstReleaseNeverCame() {
    await(new RedisPartStore(redis.service()).name("b"));
    change("a", "x=1");
    change("c", "x=1");
    assertThat(await(store.names("", 2))).containsExactly("a", "c");
  }

  @Test
  void isUnavailableWhileRedisIsDownAndGoesOnOnceItIsUp() {
    try (RedisNode mortal = new RedisNode()) {
      RedisConfigStore here = node(mortal, Duration.ofMillis(50));
      Namespace first = await(here.commit(commit(await(here.read("a")), "x=1"))).orElseThrow();
      mortal.kill();
      eventually(() -> assertThat(refused(here.read("a"))).isEqualTo(FailureCode.UNAVAILABLE));
      long begun = System.nanoTime();
      assertThat(refused(here.commit(commit(first, "x=2")))).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      mortal.start();
      eventually(() -> assertThat(await(here.read("a")).entries()).isEmpty());
      Namespace again = await(here.commit(commit(await(here.read("a")), "y=1"))).orElseThrow();
      assertThat(again.revision()).isGreaterThan(first.revision());
      RedisConfigStore there = node(mortal, Duration.ofHours(1));
      eventually(() -> assertThat(there.count()).isEqualTo(1));
      List<String> told = new CopyOnWriteArrayList<>();
      here.watch(next -> told.add(values(next).toString()));
      eventually(
          () -> {
            Namespace now = await(there.read("a"));
            assertThat(await(there.commit(commit(now, "y=" + now.version())))).isPresent();
            assertThat(told).isNotEmpty();
          });
      opened.forEach(RedisConfigStore::stop);
    }
  }

  @Test
  void keepsANamespaceInOneSlotOfACluster() throws IOException {
    JsonObject options = new JsonObject().put("mode", "cluster");
    try (RedisNode cluster = new RedisNode(options, "--cluster-enabled", "yes");
        Socket socket = new Socket("127.0.0.1", cluster.port())) {
      socket
          .getOutputStream()
          .write("CLUSTER ADDSLOTSRANGE 0 16383\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo('+');
      RedisConfigStore here = node(cluster, Duration.ofMillis(50));
      eventually(() -> assertThat(await(here.read("a")).version()).isZero());
      for (String name : List.of("a", "b")) {
        assertThat(await(here.commit(commit(await(here.read(name)), "x=1", "y=2")))).isPresent();
      }
      assertThat(await(here.names("", 10))).containsExactly("a", "b");
      here.stop();
    }
  }
}
