package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.spill.ValueFolder;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a restore leaves behind when the log fails it in its midst. */
@Timeout(30)
final class RestorerTest {
  private static final int ENTRIES = 40;

  @TempDir Path folder;

  private final FailingEngine engine = new FailingEngine();
  private final KvReplica replica = new KvReplica(() -> 0);
  private final KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
  private final Proposer proposer = new Proposer(engine, options, () -> 0, 1);
  private final Restorer restorer = new Restorer(replica.state(), proposer, 1L << 30);
  private Path file;

  @BeforeEach
  void open() throws IOException {
    KvReplica saved = Proposals.replica();
    Proposals toSaved = new Proposals(saved);
    String large = "x".repeat(64 << 10);
    for (int i = 0; i < ENTRIES; i++) {
      toSaved.send(Proposals.put("key" + i, large));
    }
    try (StateImage image = saved.backup()) {
      file = Files.write(folder.resolve("backup"), image.open().readAllBytes());
    }
    engine.open(replica).toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    proposer.close();
    engine.close().toCompletableFuture().join();
  }

  @Test
  void goesThroughTheLogInPiecesAndIsAtOnceInForce() throws IOException {
    Restorer.Restored restored = restorer.restore(file, false, () -> false);
    assertThat(engine.proposed.get()).isGreaterThan(ENTRIES / 8);
    assertThat(replica.state().keys()).isEqualTo(ENTRIES);
    assertThat(restored.revision()).isEqualTo(replica.state().revision());
  }

  @Test
  void leavesTheStoreAsItWasWhereverItBreaksOff() throws IOException {
    put("mine", "value");
    long revision = replica.state().revision();
    int broken = 0;
    while (true) {
      engine.failAt.set(engine.proposed.get() + 1 + broken);
      try {
        Restorer.Restored unused = restorer.restore(file, true, () -> false);
        break;
      } catch (Failure failure) {
        assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
      }
      assertThat(replica.state().revision()).isEqualTo(revision);
      assertThat(replica.state().keys()).isEqualTo(1);
      put("mine", "value");
      revision++;
      assertThat(replica.state().gathered()).as("broken off at " + broken).isEmpty();
      broken++;
    }
    assertThat(broken).isGreaterThan(ENTRIES / 8);
    assertThat(replica.state().keys()).isEqualTo(ENTRIES);
  }

  @Test
  void givesWayToAnotherRestore() {
    engine.before =
        number -> {
          if (number == 4) {
            byte[] begin = Codec.encode(new Command.BeginRestore(1));
            replica.state().apply(Codec.command(ByteBuffer.wrap(begin)));
          }
        };
    assertThatThrownBy(() -> restorer.restore(file, false, () -> false))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.CONFLICT));
    put("mine", "value");
    assertThat(replica.state().keys()).isEqualTo(1);
    assertThat(replica.state().gathered().orElseThrow().id()).isEqualTo(1);
  }

  @Test
  void isGivenUpWhenItsClientGoesAwayAtAnyTimeBeforeItsEnd() throws IOException {
    put("mine", "value");
    AtomicInteger asked = new AtomicInteger();
    int steps = 0;
    while (true) {
      int last = steps++;
      asked.set(0);
      try {
        Restorer.Restored unused =
            restorer.restore(file, true, () -> asked.getAndIncrement() == last);
        break;
      } catch (Failure failure) {
        assertThat(failure).hasMessageContaining("went away");
      }
      put("mine", "value");
      assertThat(replica.state().gathered()).as("gone at " + last).isEmpty();
      assertThat(replica.state().keys()).isEqualTo(1);
    }
    assertThat(steps).isGreaterThan(ENTRIES / 8);
    assertThat(replica.state().keys()).isEqualTo(ENTRIES);
  }

  @Test
  void refusesWhatWouldTakeMoreMemoryThanThereIs() {
    Restorer small = new Restorer(replica.state(), proposer, 1 << 20);
    assertThatThrownBy(() -> small.restore(file, false, () -> false))
        .hasMessageContaining("bytes of memory; nothing was changed");
    assertThat(engine.proposed).hasValue(0);
  }

  @Test
  void countsNoMemoryForValuesThatGoToFiles() throws IOException {
    ValueFolder values = new ValueFolder(folder.resolve("values"), 1 << 20, 3);
    values.clear();
    KvReplica spilling = new KvReplica(() -> 0, KvGroup.inMemory(), values, 256);
    InMemoryEngine files = new InMemoryEngine();
    files.open(spilling).toCompletableFuture().join();
    Proposer toFiles = new Proposer(files, options, () -> 0, 2);
    Restorer small = new Restorer(spilling.state(), toFiles, 1 << 20);
    Restorer.Restored restored = small.restore(file, false, () -> false);
    long memory = restored.backup().memory();
    assertThat(memory).isLessThan(ENTRIES * 300L);
    assertThat(spilling.state().keys()).isEqualTo(ENTRIES);
    assertThat(spilling.state().bytes()).isBetween(memory, memory + 1_000);
    toFiles.close();
    files.close().toCompletableFuture().join();
    spilling.reset();
  }

  @Test
  void refusesABackupOfAnotherStore() {
    KvReplica other = new KvReplica(() -> 0, KvGroup.queue(folder, KeyRange.ALL));
    Restorer queues = new Restorer(other.state(), proposer, 1L << 30);
    assertThatThrownBy(() -> queues.restore(file, true, () -> false))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.INVALID))
        .hasMessageContaining("one of the store kv, not of queue");
    assertThat(engine.proposed).hasValue(0);
  }

  private void put(String key, String value) {
    byte[] command = Codec.encode(new Command.Transact(Proposals.put(key, value)));
    assertThat(proposer.submit(command).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(5));
  }

  /** Refuses one entry, as an engine does that has no leader. */
  private static final class FailingEngine implements Engine {
    final AtomicInteger proposed = new AtomicInteger();
    final AtomicInteger failAt = new AtomicInteger();
    volatile IntConsumer before = number -> {};
    private final InMemoryEngine engine = new InMemoryEngine();

    @Override
    public CompletionStage<byte[]> propose(byte[] entry, Duration deadline) {
      int number = proposed.incrementAndGet();
      before.accept(number);
      return number == failAt.get()
          ? CompletableFuture.failedFuture(new Failure(FailureCode.UNAVAILABLE, "no leader"))
          : engine.propose(entry, deadline);
    }

    @Override
    public CompletionStage<Void> open(Replica driven) {
      return engine.open(driven);
    }

    @Override
    public CompletionStage<Void> barrier(Duration deadline) {
      return engine.barrier(deadline);
    }

    @Override
    public CompletionStage<byte[]> ask(byte[] question, Duration deadline) {
      return engine.ask(question, deadline);
    }

    @Override
    public EngineStatus status() {
      return engine.status();
    }

    @Override
    public CompletionStage<Void> close() {
      return engine.close();
    }
  }
}
