package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.kv.Guard;
import io.vertebra.lock.AcquireLock;
import io.vertebra.lock.LockRig;
import io.vertebra.lock.ReleaseLock;
import io.vertx.core.Promise;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LockCommandTest {
  @TempDir Path folder;

  private final LockRig rig = new LockRig();
  private final List<String> complaints = new ArrayList<>();

  @AfterEach
  void close() {
    rig.close();
  }

  private int run(String... words) {
    return run(rig.port, words);
  }

  private int run(int port, String... words) {
    URI url = URI.create("http://127.0.0.1:" + port);
    return new LockCommand(url, Optional.empty(), System::nanoTime, complaints::add)
        .run(LockRun.parse(Arguments.parse(words).words()));
  }

  @Test
  void runsACommandUnderALockAndGivesItBack() throws Exception {
    Path seen = folder.resolve("seen");
    String script = "echo $VERTEBRA_LOCK_NAME $VERTEBRA_LOCK_FENCE > " + seen + "; exit 7";
    assertThat(run("lock", "run", "job/a", "--lease", "2s", "--", "sh", "-c", script)).isEqualTo(7);
    assertThat(Files.readString(seen)).matches("job/a job/a@\\d+\n");
    assertThat(await(rig.locks.inspect("job/a")).holders()).isEmpty();
    assertThat(complaints).isEmpty();
  }

  @Test
  void saysThatALockIsNotFree() {
    var unused =
        await(
            rig.locks.acquire(
                AcquireLock.of("job", "ann", Duration.ofHours(1)),
                Guard.NONE,
                Promise.<Void>promise().future()));
    assertThat(run("lock", "run", "job", "--wait=50ms", "--", "true"))
        .isEqualTo(LockCommand.NOT_FREE);
    assertThat(complaints).singleElement().asString().contains("not free within 50 ms");
  }

  @Test
  void endsTheCommandWhenTheLockIsLost() throws Exception {
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> run("lock", "run", "job", "--lease=1s", "--", "sleep", "50"));
    eventually(() -> assertThat(await(rig.locks.inspect("job")).holders()).hasSize(1));
    String owner = await(rig.locks.inspect("job")).holders().get(0).owner();
    var unused =
        await(
            rig.locks.release(
                new ReleaseLock("job", owner, java.util.OptionalLong.empty()), Guard.NONE));
    assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(LockCommand.LOST);
    assertThat(complaints).singleElement().asString().contains("lost");
  }

  @Test
  void saysThatNobodyAnswers() {
    assertThat(run(1, "lock", "run", "job", "--", "true")).isEqualTo(LockCommand.UNAVAILABLE);
  }

  @Test
  void saysWhatIsMisspelt() {
    for (List<String> words :
        List.of(
            List.of("lock"),
            List.of("lock", "run", "a"),
            List.of("lock", "run", "a", "--"),
            List.of("lock", "run", "a", "--lease", "5", "--", "true"),
            List.of("lock", "run", "a", "--wait", "11m", "--", "true"),
            List.of("lock", "walk", "a", "--", "true"))) {
      assertThatThrownBy(() -> Arguments.parse(words.toArray(String[]::new)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
