package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each side of a parted network admits: no permit comes back while the test lasts, so that
 * what is over the limit is what the parting gave.
 */
@Tag("slow")
@Timeout(300)
final class LimitFaultsTest {
  private static final int LIMIT = 60;
  private static final int KEYS = 12;
  private static final int CLIENTS_OF_A_NODE = 4;
  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/json", "Authorization", "Bearer " + VertebraNode.TOKEN);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final ExecutorService clients =
      Executors.newFixedThreadPool(Network.NODES * CLIENTS_OF_A_NODE);

  /** Nodes that admitted and when, in milliseconds since the start, by policy and key. */
  private final Map<String, Queue<Admitted>> admitted = new ConcurrentHashMap<>();

  private final long start = System.nanoTime();

  private final Map<Integer, AtomicInteger> answered = new ConcurrentHashMap<>();

  private static Http.Answer ask(String method, String url, JsonObject body) {
    try {
      return Http.ask(method, url, HEADERS, method.equals("GET") ? "" : body.encode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(String url, String policy) {
    JsonObject json =
        new JsonObject()
            .put(
                "limit",
                new JsonObject()
                    .put("permits", 1)
                    .put("periodMs", Duration.ofDays(31).toMillis())
                    .put("burst", LIMIT))
            .put("key", new JsonObject().put("parts", List.of("field:id")))
            .put("onOutage", policy);
    within(
        Duration.ofSeconds(30),
        () ->
            assertThat(ask("PUT", url + "/limit-policies/" + policy, json).status())
                .isEqualTo(200));
  }

  private void hammer(String url, int node, int client) {
    for (int round = client; !stopped.get(); round++) {
      String policy = round % 2 == 0 ? "closed" : "share";
      int key = round / 2 % KEYS;
      JsonObject fields = new JsonObject().put("field:id", "k" + key);
      try {
        Http.Answer answer =
            ask(
                "POST",
                url + "/limits/" + policy + "/take",
                new JsonObject().put("fields", fields));
        if (answer.status() == 200) {
          answered.computeIfAbsent(node, first -> new AtomicInteger()).incrementAndGet();
          if (answer.json().getBoolean("allowed")) {
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            admitted
                .computeIfAbsent(policy + key, first -> new ConcurrentLinkedQueue<>())
                .add(new Admitted(node, ms));
          }
        }
      } catch (UncheckedIOException unknown) {
        continue;
      }
    }
  }

  private record Admitted(int node, long ms) {}

  private List<Admitted> admitted(String policy, int key, Integer... nodes) {
    return admitted.getOrDefault(policy + key, new ConcurrentLinkedQueue<>()).stream()
        .filter(each -> List.of(nodes).contains(each.node()))
        .toList();
  }

  private void passed(String what) {
    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    System.out.println(what + " at " + ms);
  }

  /** Waits until every node has answered for a while with what holds then. */
  private void awaitAnswers(int some) {
    for (int node = 0; node < Network.NODES; node++) {
      int asked = node;
      int before = answered.getOrDefault(asked, new AtomicInteger()).get();
      within(
          Duration.ofSeconds(60),
          () ->
              assertThat(answered.getOrDefault(asked, new AtomicInteger()).get())
                  .isGreaterThan(before + some));
    }
  }

  /** Waits until any one node could end without a loss of counts. */
  private static void awaitCopies(String url) {
    within(
        Duration.ofSeconds(60),
        () ->
            assertThat(ask("GET", url + "/cluster", new JsonObject()).json().getBoolean("copied"))
                .isTrue());
  }

  private static void awaitMembers(String url, int count) {
    within(
        Duration.ofSeconds(60),
        () ->
            assertThat(
                    ask("GET", url + "/cluster", new JsonObject()).json().getJsonArray("members"))
                .hasSize(count));
  }

  @Test
  void admitsTheLimitOnEachSideOfAPartedNetwork() throws Exception {
    Network network = Namespaces.open();
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), network, folder)) {
      List<String> urls = nodes.urls();
      write(urls.get(0), "closed");
      write(urls.get(0), "share");
      urls.forEach(url -> awaitMembers(url, Network.NODES));
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < Network.NODES * CLIENTS_OF_A_NODE; i++) {
        int client = i;
        int node = i % Network.NODES;
        running.add(clients.submit(() -> hammer(urls.get(node), node, client)));
      }
      awaitAnswers(2 * KEYS);
      awaitCopies(urls.get(0));
      passed("cut off");
      nodes.cutOff(2);
      awaitMembers(urls.get(0), 2);
      awaitMembers(urls.get(2), 1);
      passed("parted");
      awaitAnswers(4 * KEYS * LIMIT);
      passed("healed");
      nodes.heal();
      awaitMembers(urls.get(2), Network.NODES);
      passed("together");
      awaitAnswers(4 * KEYS);
      stopped.set(true);
      for (Future<?> each : running) {
        each.get(30, TimeUnit.SECONDS);
      }
      verify();
    } finally {
      stopped.set(true);
      clients.shutdownNow();
    }
  }

  /** The larger side has a copy of each key; the smaller one may begin it anew. */
  private void verify() {
    boolean twice = false;
    for (int key = 0; key < KEYS; key++) {
      assertThat(admitted("closed", key, 0, 1)).as("closed %d", key).hasSizeBetween(1, LIMIT);
      List<Admitted> together = admitted("closed", key, 0, 1, 2);
      assertThat(together).as("closed %d", key).hasSizeBetween(1, 2 * LIMIT);
      twice |= together.size() > LIMIT;
      assertThat(admitted("share", key, 0, 1)).as("share %d", key).hasSizeBetween(1, 2 * LIMIT);
      assertThat(admitted("share", key, 0, 1, 2)).as("share %d", key).hasSizeBetween(1, 4 * LIMIT);
    }
    assertThat(twice).as("the parting is seen").isTrue();
  }
}
