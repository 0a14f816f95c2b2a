package io.vertebra.redis;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.RedisNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that belong together. */
@Timeout(60)
final class RedisModesTest {
  private static final RedisScript SET = RedisScript.of("return redis.call('INCR', KEYS[1])");

  private static String tell(int port, String command) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      byte[] answer = new byte[100];
      int length = socket.getInputStream().read(answer);
      return new String(answer, 0, Math.max(0, length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void findsTheServerOfAKeyInACluster() {
    JsonObject cluster = new JsonObject().put("mode", "cluster");
    try (RedisNode node = new RedisNode(cluster, "--cluster-enabled", "yes")) {
      assertThat(tell(node.port(), "CLUSTER ADDSLOTSRANGE 0 16383")).startsWith("+OK");
      eventually(
          () ->
              assertThat(await(node.service().eval(SET, List.of("{a}:n"), List.of())).toInteger())
                  .isPositive());
    }
  }

  @Test
  void asksSentinelsForTheMaster() throws IOException, InterruptedException {
    int masterPort = RedisNode.freePort();
    int sentinelPort = RedisNode.freePort();
    Process master = RedisNode.server(masterPort, List.of());
    Path settings = Files.createTempFile("sentinel", ".conf");
    Files.writeString(settings, "sentinel monitor primary 127.0.0.1 " + masterPort + " 1\n");
    Process sentinel = RedisNode.server(sentinelPort, List.of(settings.toString(), "--sentinel"));
    JsonObject options =
        new JsonObject()
            .put("mode", "sentinel")
            .put("masterName", "primary")
            .put("addresses", new JsonArray().add("127.0.0.1:" + sentinelPort));
    try (RedisNode node = new RedisNode(options)) {
      eventually(
          () ->
              assertThat(await(node.service().eval(SET, List.of("n"), List.of())).toInteger())
                  .isPositive());
      assertThat(tell(masterPort, "EXISTS n")).startsWith(":1");
      assertThat(tell(node.port(), "EXISTS n")).startsWith(":0");
    } finally {
      sentinel.destroyForcibly().waitFor();
      master.destroyForcibly().waitFor();
    }
  }
}
