package io.vertebra.raft;

import static io.vertebra.raft.Trio.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.raft.Trio.Node;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 48 MiB, which needs leave to mount one. */
@Timeout(90)
final class RaftDiskTest {
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final int ENTRY = 256 << 10;

  @TempDir Path folder;
  private Path disk;
  private Path ballast;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    disk = Files.createDirectory(folder.resolve("disk"));
    ballast = disk.resolve("ballast");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString()) == 0,
        "a file system can be mounted by root only");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    assertThat(run("umount", "-l", disk.toString())).isBetween(0, 255);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  @Test
  void refusesWritesAtOnceBelowTheFloorAndTakesThemAgainAbove() throws IOException {
    try (Trio trio = new Trio(disk).minFreeBytes(16 << 20).form(1)) {
      Node node = trio.node(1);
      assertThat(node.propose("a")).isEqualTo("1");
      fill(10 << 20);
      eventually(() -> assertThat(codeOf(node, "refused")).isEqualTo(FailureCode.UNAVAILABLE));
      assertThat(node.engine().status().writable()).isFalse();
      assertThat(node.engine().status().problem()).contains("no more room");
      int applied = node.replica().entries().size();
      node.barrier();
      assertThat(node.meters().get("vertebra.raft.refused").tag("reason", "disk").counter().count())
          .isPositive();
      Files.delete(ballast);
      eventually(() -> assertThat(node.engine().status().writable()).isTrue());
      assertThat(node.propose("b")).isEqualTo(String.valueOf(applied + 1));
    }
  }

  @Test
  void recoversFromAFullDiskWithAllThatWasAcknowledged() throws IOException {
    try (Trio trio = new Trio(disk).minFreeBytes(0).form(1)) {
      Node node = trio.node(1);
      List<String> acknowledged = new ArrayList<>();
      writeUntilRefused(node, acknowledged);
      assertThat(node.engine().status().writable()).isFalse();
      assertThat(node.engine().status().problem()).isNotEmpty();
      long start = System.nanoTime();
      assertThat(codeOf(node, "refused")).isIn(FailureCode.UNAVAILABLE, FailureCode.TIMEOUT);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE.multipliedBy(2));
      assertThat(node.replica().entries()).containsAll(acknowledged);
      Files.delete(ballast);
      eventually(() -> assertThat(node.engine().status().writable()).isTrue());
      assertThat(node.propose("b")).isNotEmpty();
      node.barrier();
      assertThat(node.replica().entries()).containsAll(acknowledged).doesNotHaveDuplicates();
      trio.close(1);
      Node again = trio.open(1, 1);
      again.barrier();
      assertThat(again.replica().entries()).isEqualTo(node.replica().entries());
    }
  }

  @Test
  @Tag("slow")
  void goesOnWithoutAMemberWhoseDiskIsFull() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    try (Trio trio = new Trio(elsewhere).minFreeBytes(0)) {
      Files.createSymbolicLink(elsewhere.resolve("member1"), disk);
      trio.form(1, 2, 3);
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      fill(512 << 10);
      Node asked = trio.node(2);
      int count = 1;
      for (int i = 0; i < 40; i++) {
        String entry = Trio.repeated("e" + i + ".", ENTRY);
        assertThat(asked.propose(entry)).isEqualTo(String.valueOf(++count));
      }
      Node full = trio.node(1);
      eventually(() -> assertThat(full.engine().status().problem()).contains("the log cannot be"));
      Files.delete(ballast);
      eventually(() -> full.barrier());
      int expected = count;
      eventually(() -> assertThat(full.replica().entries()).hasSize(expected));
    }
  }

  /** Leaves so much room, about. */
  private void fill(long left) throws IOException {
    long room = Files.getFileStore(disk).getUsableSpace() - left;
    try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
      file.seek(file.length());
      byte[] some = new byte[64 << 10];
      for (long written = 0; written < room; written += some.length) {
        file.write(some);
      }
    }
  }

  private void writeUntilRefused(Node node, List<String> acknowledged) throws IOException {
    assertThat(node.propose("first")).isEqualTo("1");
    fill(3 << 20);
    for (int i = 0; i < 200; i++) {
      String entry = Trio.repeated("e" + i + ".", ENTRY);
      try {
        await(node.engine().propose(CountingReplica.bytes(entry), DEADLINE));
        acknowledged.add(entry);
      } catch (Failure refused) {
        return;
      }
    }
    throw new AssertionError("the disk is not full");
  }

  private static FailureCode codeOf(Node node, String entry) {
    var failure = new FailureCode[1];
    assertThatThrownBy(() -> await(node.engine().propose(CountingReplica.bytes(entry), DEADLINE)))
        .isInstanceOfSatisfying(Failure.class, e -> failure[0] = e.code());
    return failure[0];
  }
}
