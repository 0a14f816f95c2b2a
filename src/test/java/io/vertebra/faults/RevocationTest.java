package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** How soon three processes refuse what was revoked on one of them. */
@Timeout(300)
@Tag("slow")
final class RevocationTest {
  private static final int ROUNDS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern KEY = Pattern.compile("vtb_[0-9a-f]{16}_[A-Za-z0-9_-]{43}");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final AtomicReference<String> token = new AtomicReference<>("none yet");
  private final VertebraNode software =
      new VertebraNode(
          List.of("auth.enabled=true", "auth.secretKeys=k1:" + "A".repeat(43) + "="), token);

  @Test
  void everyNodeRefusesWithinASecondAndAfterAFailoverToo() {
    try (ThreeNodes nodes =
        ThreeNodes.start(software, new Loopback(), folder, this::findFirstKey)) {
      List<String> urls = nodes.urls();
      List<Long> refused = new ArrayList<>();
      List<Long> cut = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        JsonObject key = usable(urls);
        List<CompletableFuture<Long>> streams =
            urls.stream().map(url -> end(url, bearer(key))).toList();
        long begun = System.nanoTime();
        revoke(urls.get(round % urls.size()), key);
        refused.addAll(whenRefused(urls, key, begun));
        streams.forEach(stream -> cut.add(stream.join() - begun));
      }
      report("refused", refused);
      report("streams cut", cut);
      assertThat(refused).allMatch(nanos -> nanos < LIMIT.toNanos());
      assertThat(cut).allMatch(nanos -> nanos < LIMIT.toNanos());
      killFollower(nodes, urls);
      killLeader(nodes, urls);
    }
  }

  /** A node that was down while something was revoked never takes it again. */
  private void killFollower(ThreeNodes nodes, List<String> urls) {
    JsonObject key = usable(urls);
    int down = nodes.follower();
    nodes.kill(down);
    List<String> up = without(urls, down);
    long begun = System.nanoTime();
    revoke(up.get(0), key);
    List<Long> refused = whenRefused(up, key, begun);
    report("refused, a follower down", refused);
    assertThat(refused).allMatch(nanos -> nanos < LIMIT.toNanos());
    nodes.start(down);
    AtomicReference<Integer> first = new AtomicReference<>();
    within(
        PATIENCE,
        () -> {
          int status = status(urls.get(down), bearer(key));
          assertThat(status).isNotEqualTo(200);
          first.set(status);
          assertThat(status).isEqualTo(401);
        });
    nodes.awaitService();
  }

  /** Nothing can be revoked until there is a leader again; from then on it is as before. */
  private void killLeader(ThreeNodes nodes, List<String> urls) {
    JsonObject key = usable(urls);
    int down = nodes.leader();
    List<String> up = without(urls, down);
    nodes.kill(down);
    long killed = System.nanoTime();
    within(PATIENCE, () -> assertThat(revoked(up.get(0), key)).isTrue());
    long answered = System.nanoTime();
    List<Long> refused = whenRefused(up, key, answered);
    report("revocation answered after the kill of the leader", List.of(answered - killed));
    report("refused after that answer", refused);
    assertThat(refused).allMatch(nanos -> nanos < LIMIT.toNanos());
  }

  private void findFirstKey(ThreeNodes nodes) {
    within(
        PATIENCE,
        () -> {
          String all = nodes.output(0) + nodes.output(1) + nodes.output(2);
          Matcher matcher = KEY.matcher(all);
          assertThat(matcher.find()).as(all).isTrue();
          token.set(matcher.group());
        });
  }

  /** A new key that every node takes. */
  private JsonObject usable(List<String> urls) {
    JsonObject wanted = new JsonObject().put("permissions", new JsonArray().add("kv:read:*"));
    AtomicReference<JsonObject> made = new AtomicReference<>();
    within(
        PATIENCE,
        () -> {
          Http.Answer answer =
              ask("POST", urls.get(0) + "/auth/api-keys", admin(), wanted.encode());
          assertThat(answer.status()).as(answer.body()).isEqualTo(200);
          made.set(answer.json());
        });
    for (String url : urls) {
      within(PATIENCE, () -> assertThat(status(url, bearer(made.get()))).isEqualTo(200));
    }
    return made.get();
  }

  private void revoke(String url, JsonObject key) {
    assertThat(revoked(url, key)).isTrue();
  }

  private boolean revoked(String url, JsonObject key) {
    String path = url + "/auth/api-keys/" + key.getString("prefix");
    return ask("DELETE", path, admin(), "").status() == 200;
  }

  /** How long after {@code begun} each refused, as asked again and again. */
  private static List<Long> whenRefused(List<String> urls, JsonObject key, long begun) {
    List<CompletableFuture<Long>> all =
        urls.stream()
            .map(
                url ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          within(
                              PATIENCE, () -> assertThat(status(url, bearer(key))).isEqualTo(401));
                          return System.nanoTime() - begun;
                        }))
            .toList();
    return all.stream().map(CompletableFuture::join).toList();
  }

  /** When the node ends a stream that is open before this returns. */
  private static CompletableFuture<Long> end(String url, String bearer) {
    try {
      Http.Lines lines =
          Http.follow(
              "GET",
              url + "/kv:watch?key=a",
              Map.of("Accept", "text/event-stream", "Authorization", bearer),
              "");
      String opened = lines.next();
      assertThat(opened).contains("open");
      return CompletableFuture.supplyAsync(() -> untilEnd(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long untilEnd(Http.Lines lines) {
    try {
      String line = lines.next();
      while (!line.contains("unauthenticated")) {
        line = lines.next();
      }
      return System.nanoTime();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int status(String url, String bearer) {
    return ask("GET", url + "/kv", bearer, "").status();
  }

  private static Http.Answer ask(String method, String url, String bearer, String body) {
    try {
      Map<String, String> headers =
          Map.of("Authorization", bearer, "Content-Type", "application/json");
      return Http.ask(method, url, headers, body);
    } catch (IOException e) {
      return new Http.Answer(0, e.toString());
    }
  }

  private String admin() {
    return "Bearer " + token.get();
  }

  private static String bearer(JsonObject key) {
    return "Bearer " + key.getString("key");
  }

  private static List<String> without(List<String> urls, int down) {
    List<String> up = new ArrayList<>(urls);
    up.remove(down);
    return up;
  }

  private static void report(String what, List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "%s: median %d ms, greatest %d ms of %d%n",
        what,
        sorted[sorted.length / 2] / 1_000_000,
        Arrays.stream(sorted).max().orElse(0) / 1_000_000,
        sorted.length);
  }
}
