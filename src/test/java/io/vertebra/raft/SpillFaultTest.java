package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvGroup;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values in files that cannot be read or written any more: the state is made anew from the log. */
@Timeout(90)
final class SpillFaultTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Bytes KEY = Bytes.utf8("key");
  private static final Bytes VALUE = Bytes.wrap(new byte[1_000]);

  private final Vertx vertx = Vertx.vertx();
  @TempDir Path folder;
  private Path scratch;
  private RaftEngine engine;
  private KvService kv;

  @BeforeEach
  void makeScratch() throws IOException {
    scratch = Files.createDirectory(folder.resolve("scratch"));
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    assertThat(run("umount", "-l", scratch.toString())).isBetween(0, 255);
  }

  private void open() {
    Peer peer = new Peer(1, "127.0.0.1:0");
    JsonObject raft =
        new JsonObject()
            .put("folder", folder.resolve("log").toString())
            .put("port", 0)
            .put("minFreeBytes", 0);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Kernel kernel = new Kernel(vertx, "node", new TestClock(), meters, List.of());
    engine =
        new RaftEngine(
            RaftOptions.from(Fields.of(raft)),
            peer,
            new Group(7, List.of(peer)),
            meters,
            System::nanoTime);
    KvOptions options = KvOptions.ofQueues(Fields.of(new JsonObject()));
    KvVerticle verticle =
        new KvVerticle(
            kernel, options, KvGroup.queue(scratch, KeyRange.ALL), engine, System::nanoTime);
    await(vertx.deployVerticle(verticle));
    kv = verticle.service();
    within(LIMIT, () -> assertThat(kv.status().hasLeader()).isTrue());
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  @Test
  void aDamagedValueIsNeverAnsweredAndIsReadAgainOnceItIsMadeAnew() throws IOException {
    open();
    long written = await(kv.put(KEY, VALUE)).revision();
    Files.write(scratch.resolve("1.values"), new byte[500], StandardOpenOption.WRITE);
    assertThatThrownBy(() -> await(kv.get(KEY)))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.UNAVAILABLE));
    within(
        LIMIT,
        () -> {
          KvEntry entry = await(kv.get(KEY)).orElseThrow();
          assertThat(entry.value()).isEqualTo(VALUE);
          assertThat(entry.modRevision()).isEqualTo(written);
        });
    assertThat(await(kv.put(KEY, VALUE)).revision()).isEqualTo(written + 1);
  }

  @Test
  void aFullDiskRefusesWritesAndTakesThemAgainWithAllThatWasAcknowledged()
      throws IOException, InterruptedException {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", scratch.toString()) == 0,
        "a file system can be mounted by root only");
    open();
    Path ballast = Files.write(scratch.resolve("ballast"), new byte[2 << 20]);
    int acknowledged = 0;
    while (put(acknowledged)) {
      acknowledged++;
      assertThat(acknowledged).isLessThan(100);
    }
    eventually(() -> assertThat(engine.status().writable()).isFalse());
    assertThat(engine.status().problem()).contains("values cannot be written");
    Files.delete(ballast);
    within(LIMIT, () -> assertThat(put(100)).isTrue());
    for (int i = 0; i < acknowledged; i++) {
      assertThat(await(kv.get(Bytes.utf8("k" + i)))).as("key " + i).isPresent();
    }
  }

  private boolean put(int number) {
    try {
      Bytes value = Bytes.wrap(new byte[100_000]);
      return kv.put(Bytes.utf8("k" + number), value).await(20, TimeUnit.SECONDS).revision() > 0;
    } catch (Failure refused) {
      return false;
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
