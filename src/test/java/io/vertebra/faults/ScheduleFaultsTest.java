package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.faults.CalledTarget.Called;
import io.vertebra.faults.RandomFaults.Kind;
import io.vertebra.testkit.Violation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A thousand schedules fire while nodes fail, at a target that honours the occurrence's id. */
@Tag("slow")
@Timeout(1_200)
final class ScheduleFaultsTest {
  /** What is promised of a node that is killed. */
  private static final long WITHIN_MS = 2_000;

  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("schedules.seconds", 30));
  private static final int JOBS = 1_000;
  private static final int CRON_JOBS = 100;
  private static final int CLIENTS = 16;
  private static final int PERIOD_SECONDS = 10;
  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/json", "Authorization", "Bearer " + VertebraNode.TOKEN);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  /** Nodes that may call the target. */
  private ThreeNodes start(Network network) {
    return ThreeNodes.start(
        new VertebraNode("webhook.hosts=" + network.testHost()), network, folder);
  }

  private static JsonObject ask(String method, String url, JsonObject body) {
    try {
      Http.Answer answer =
          Http.ask(method, url, HEADERS, method.equals("GET") ? "" : body.encode());
      if (answer.status() != 200) {
        throw new UncheckedIOException(new IOException(answer.toString()));
      }
      return answer.json();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One that fires each ten seconds: spread over them at a steady rate, or all together by cron.
   */
  private static JsonObject definition(int number, Instant begin, String target) {
    JsonObject timetable =
        number < CRON_JOBS
            ? new JsonObject().put("cron", "*/" + PERIOD_SECONDS + " * * * * *")
            : new JsonObject()
                .put("everyMs", PERIOD_SECONDS * 1_000)
                .put(
                    "anchor", begin.plusMillis(PERIOD_SECONDS * 1_000L * number / JOBS).toString());
    JsonObject http =
        new JsonObject().put("url", target + "/job-" + number).put("timeoutMs", 2_000);
    return new JsonObject()
        .put("timetable", timetable)
        .put("target", new JsonObject().put("http", http))
        .put("retries", new JsonObject().put("maxAttempts", 20).put("backoffMs", 100))
        .put("overlap", "queue-all")
        .put("misfire", new JsonObject().put("policy", "catch-up").put("graceMs", 600_000));
  }

  private static void define(ThreeNodes nodes, String host, CalledTarget target) throws Exception {
    Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String url = "http://%s:%d".formatted(host, target.port());
    forEachJob(
        i -> {
          JsonObject definition = definition(i, begin, url);
          String path = nodes.urls().get(i % Network.NODES) + "/schedules/job-" + i;
          within(Duration.ofSeconds(30), () -> ask("PUT", path, definition));
        });
  }

  private static void forEachJob(IntConsumer step) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> steps = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      int job = i;
      steps.add(clients.submit(() -> step.accept(job)));
    }
    clients.shutdown();
    for (Future<?> each : steps) {
      each.get(60, TimeUnit.SECONDS);
    }
  }

  /** What is to fire, by job, as a preview tells. */
  private static Map<String, List<Instant>> preview(ThreeNodes nodes) throws Exception {
    Map<String, List<Instant>> firings = new ConcurrentHashMap<>();
    forEachJob(
        i -> {
          String job = "job-" + i;
          String url = nodes.urls().get(0) + "/schedules/" + job + "/preview?count=100";
          JsonObject preview = ask("GET", url, new JsonObject());
          firings.put(
              job,
              preview.getJsonArray("firings").stream()
                  .map(JsonObject.class::cast)
                  .map(firing -> Instant.parse(firing.getString("at")))
                  .toList());
        });
    return firings;
  }

  @Test
  void firesAllWhileNodesDieAndStandStill() throws Exception {
    run(new Loopback(), Kind.KILL, Kind.SUSPEND);
  }

  @Test
  void firesAllWhileTheNetworkFailsToo() throws Exception {
    run(Namespaces.open(), Kind.values());
  }

  private void run(Network network, Kind... kinds) throws Exception {
    long seed = new Random().nextInt(1_000_000);
    System.out.println("schedules seed=" + seed);
    try (CalledTarget target = CalledTarget.open();
        ThreeNodes nodes = start(network)) {
      define(nodes, network.testHost(), target);
      Map<String, List<Instant>> wanted = preview(nodes);
      RandomFaults faults = new RandomFaults(nodes, new Random(seed), kinds);
      faults.run(System.nanoTime() + TIME.toNanos());
      Instant end = Instant.now();
      Violation.unless(
          () ->
              within(
                  Duration.ofSeconds(60),
                  () -> assertThat(missing(wanted, end, target.calls())).isEmpty()));
      List<Called> calls = target.calls();
      System.out.printf("schedules seed=%d %s %s%n", seed, faults, figures(calls));
      Violation.unless(() -> verify(wanted, end, calls));
    }
  }

  private static Set<String> missing(
      Map<String, List<Instant>> wanted, Instant end, List<Called> calls) {
    Set<String> missing = new TreeSet<>();
    wanted.forEach(
        (job, times) ->
            times.stream()
                .filter(time -> time.isBefore(end))
                .forEach(time -> missing.add(job + " " + time)));
    calls.forEach(call -> missing.remove(call.job() + " " + call.time()));
    return missing;
  }

  /** Nothing fires that was not to, and whatever fires again has the id that it had. */
  private static void verify(Map<String, List<Instant>> wanted, Instant end, List<Called> calls) {
    assertThat(wanted.values())
        .allSatisfy(times -> assertThat(times).last().matches(end::isBefore));
    Map<String, Set<String>> ids = new HashMap<>();
    Set<String> unknown = new HashSet<>();
    for (Called call : calls) {
      List<Instant> times = wanted.get(call.job());
      ids.computeIfAbsent(call.job() + " " + call.time(), first -> new HashSet<>()).add(call.id());
      if (!call.time().isBefore(times.get(0)) && !times.contains(call.time())) {
        unknown.add(call.id());
      }
    }
    assertThat(unknown).as("fired at no time of its own").isEmpty();
    ids.values().removeIf(each -> each.size() == 1);
    assertThat(ids).as("occurrences with several ids").isEmpty();
    Set<String> all = calls.stream().map(Called::id).collect(Collectors.toSet());
    assertThat(all).as("ids of several occurrences").hasSize(occurrences(calls));
  }

  private static int occurrences(List<Called> calls) {
    return (int) calls.stream().map(call -> call.job() + " " + call.time()).distinct().count();
  }

  private static String figures(List<Called> calls) {
    List<Long> late = new ArrayList<>(calls.stream().map(Called::late).sorted().toList());
    int all = occurrences(calls);
    return "occurrences=%d again=%d late ms p50=%d p99=%d max=%d"
        .formatted(
            all, calls.size() - all, at(late, 0.5), at(late, 0.99), late.get(late.size() - 1));
  }

  private static long at(List<Long> sorted, double share) {
    return sorted.get((int) (share * (sorted.size() - 1)));
  }

  @Test
  void firesElsewhereSoonAfterTheNodeThatFiresIsKilled() throws Exception {
    List<Long> gaps = new ArrayList<>();
    Network network = new Loopback();
    try (CalledTarget target = CalledTarget.open();
        ThreeNodes nodes = start(network)) {
      define(nodes, network.testHost(), target);
      long end = System.nanoTime() + TIME.toNanos();
      while (gaps.isEmpty() || System.nanoTime() < end) {
        int leader = nodes.leader();
        awaitFirings(target, System.nanoTime());
        long token = target.calls().stream().mapToLong(Called::token).max().orElseThrow();
        nodes.kill(leader);
        Called first = awaitNext(target, token);
        gaps.add((first.at() - nodes.lastKill()) / 1_000_000);
        nodes.start(leader);
        nodes.awaitService();
      }
    }
    Collections.sort(gaps);
    System.out.printf(
        "schedules elsewhere after kills=%d ms median=%d max=%d%n",
        gaps.size(), at(gaps, 0.5), gaps.get(gaps.size() - 1));
    assertThat(at(gaps, 0.5)).isLessThan(WITHIN_MS);
  }

  private static void awaitFirings(CalledTarget target, long since) {
    within(
        Duration.ofSeconds(30),
        () ->
            assertThat(target.calls())
                .filteredOn(call -> call.at() > since)
                .hasSizeGreaterThan(50));
  }

  private static Called awaitNext(CalledTarget target, long token) {
    Called[] found = new Called[1];
    within(
        Duration.ofSeconds(30),
        () ->
            found[0] =
                target.calls().stream()
                    .filter(call -> call.token() > token)
                    .findFirst()
                    .orElseThrow());
    return found[0];
  }
}
