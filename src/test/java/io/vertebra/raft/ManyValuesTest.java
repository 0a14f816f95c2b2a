package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvGroup;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.testkit.Child;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A million values of 1 KiB in a process whose heap holds half of them. */
@Tag("slow")
@Timeout(900)
final class ManyValuesTest {
  private static final int MANY = Integer.getInteger("values", 1_000_000);
  private static final int PER_TXN = 100;
  private static final int IN_FLIGHT = 8;
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir Path folder;

  @Test
  void areWrittenReadFoundAfterARestartAndTheDiskIsFreeWhenTheyAreGone() throws Exception {
    assertThat(run("write")).contains("written " + MANY);
    assertThat(run("restart")).contains("found " + MANY).contains("freed");
  }

  private String run(String what) throws InterruptedException, IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dvalues=" + MANY,
            "-cp",
            System.getProperty("java.class.path"),
            ManyValuesTest.class.getName(),
            what,
            folder.toString());
    try (Child child = Child.running(Path.of("").toAbsolutePath(), command)) {
      within(LIMIT, () -> assertThat(child.output()).contains("ended"));
      System.out.println(what + ": " + child.output().replace('\n', ' '));
      return child.output();
    }
  }

  /** The process: writes, or finds and removes. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    Vertx vertx = Vertx.vertx();
    MeterRegistry meters = new SimpleMeterRegistry();
    long start = System.nanoTime();
    KvService kv = open(vertx, folder, meters);
    within(LIMIT, () -> assertThat(kv.status().hasLeader()).isTrue());
    System.out.println("opened ms=" + (System.nanoTime() - start) / 1_000_000);
    start = System.nanoTime();
    if (arguments[0].equals("write")) {
      each(kv, ManyValuesTest::put);
      System.out.println("written " + kv.status().keys());
    } else {
      System.out.println("found " + kv.status().keys());
      check(kv);
      each(kv, ManyValuesTest::delete);
      within(LIMIT, () -> assertThat(size(folder.resolve("scratch"))).isLessThan(16L << 20));
      System.out.println("freed");
    }
    System.out.println("ms=" + (System.nanoTime() - start) / 1_000_000);
    report(meters);
    long closing = System.nanoTime();
    vertx.close().await(2, TimeUnit.MINUTES);
    System.out.println("closed ms=" + (System.nanoTime() - closing) / 1_000_000);
    System.out.println("ended");
    System.exit(0);
  }

  private static KvService open(Vertx vertx, Path folder, MeterRegistry meters)
      throws TimeoutException {
    Peer peer = new Peer(1, "127.0.0.1:0");
    JsonObject raft =
        new JsonObject().put("folder", folder.resolve("log").toString()).put("port", 0);
    RaftEngine engine =
        new RaftEngine(
            RaftOptions.from(Fields.of(raft)),
            peer,
            new Group(7, List.of(peer)),
            meters,
            System::nanoTime);
    Kernel kernel = new Kernel(vertx, "node", new TestClock(), meters, List.of());
    KvOptions options = KvOptions.ofQueues(Fields.of(new JsonObject().put("maxHeapPercent", 60)));
    KvGroup group = KvGroup.queue(folder.resolve("scratch"), KeyRange.ALL);
    KvVerticle verticle = new KvVerticle(kernel, options, group, engine, System::nanoTime);
    String unused = vertx.deployVerticle(verticle).await(3, TimeUnit.MINUTES);
    return verticle.service();
  }

  private interface Step {
    Op of(int number);
  }

  private static void each(KvService kv, Step step) throws TimeoutException {
    Deque<Future<?>> underWay = new ArrayDeque<>();
    for (int i = 0; i < MANY; i += PER_TXN) {
      List<Op> steps = new ArrayList<>();
      for (int j = i; j < i + PER_TXN; j++) {
        steps.add(step.of(j));
      }
      underWay.add(kv.txn(Txn.of(steps.toArray(Op[]::new))));
      if (underWay.size() == IN_FLIGHT) {
        Object unused = underWay.remove().await(30, TimeUnit.SECONDS);
      }
    }
    for (Future<?> last : underWay) {
      Object unused = last.await(30, TimeUnit.SECONDS);
    }
  }

  private static void check(KvService kv) throws TimeoutException {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      int number = random.nextInt(MANY);
      Bytes found = kv.get(key(number)).await(30, TimeUnit.SECONDS).orElseThrow().value();
      assertThat(found).isEqualTo(value(number));
    }
    System.out.println("read 10000");
  }

  private static Op put(int number) {
    return Op.put(key(number), value(number));
  }

  private static Op delete(int number) {
    return Op.delete(key(number));
  }

  private static Bytes key(int number) {
    return Bytes.utf8(String.format("queue/one/%010d", number));
  }

  private static Bytes value(int number) {
    byte[] bytes = new byte[1_024];
    new Random(number).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static void report(MeterRegistry meters) {
    for (String name : List.of("data.bytes", "values.live.bytes", "values.dead.bytes")) {
      System.out.println(name + "=" + (long) meters.get("vertebra.kv." + name).gauge().value());
    }
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.println("heap=" + (runtime.totalMemory() - runtime.freeMemory() >> 20) + " MiB");
  }

  private static long size(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
