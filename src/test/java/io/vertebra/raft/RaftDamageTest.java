package io.vertebra.raft;

import static io.vertebra.raft.Trio.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.raft.Trio.Node;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member alone, its files changed while it is closed. */
@Timeout(60)
final class RaftDamageTest {
  private static final int ENTRY = 1_000;

  @TempDir Path folder;
  private int entriesWritten;

  @Test
  void namesTheFileOfALogThatIsDamagedInTheMiddle() throws IOException {
    try (Trio trio = written(20)) {
      Path log = newest(trio);
      flip(log, 8 + 10 * ENTRY + 500);
      assertThatThrownBy(() -> reopen(trio))
          .hasMessageContaining(log.toString())
          .hasMessageContaining("is damaged after entry");
    }
  }

  @Test
  void namesAFileWhoseEntryClaimsToGoBeyondItsEnd() throws IOException {
    try (Trio trio = written(20)) {
      Path log = newest(trio);
      enlargeLengthOfEntry(log, 5);
      assertThatThrownBy(() -> reopen(trio))
          .hasMessageContaining(log.toString())
          .hasMessageContaining("is damaged after entry 4");
    }
  }

  @Test
  void dropsAnEntryThatWasNotWrittenWhole() throws IOException {
    try (Trio trio = written(20)) {
      Path log = newest(trio);
      appendHalfAnEntry(log);
      Node again = reopen(trio);
      again.barrier();
      assertThat(again.replica().entries()).hasSize(20);
      assertThat(again.propose("next")).isEqualTo("21");
    }
  }

  @Test
  @Tag("slow")
  void dropsAnEntryThatWasNotWrittenWholeIntoRoomOfZeros() throws IOException {
    try (Trio trio = written(20)) {
      Path log = newest(trio);
      appendHalfAnEntry(log);
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(file.length() + 100_000);
      }
      Node again = reopen(trio);
      again.barrier();
      assertThat(again.replica().entries()).hasSize(20);
    }
  }

  @Test
  void noticesALogThatEndsBeforeWhatWasApplied() throws IOException {
    try (Trio trio = written(20)) {
      Path log = newest(trio);
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(8 + 10 * ENTRY);
      }
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> reopen(trio))
            .hasMessageContaining(log + " ends the log at entry 9, which went to 20 before");
        trio.close(1);
      }
    }
  }

  /** Each start is a term of its own, and each term a file. */
  @Test
  void noticesAMissingFileOfTheLog() throws IOException {
    try (Trio trio = written(1)) {
      for (int i = 0; i < 2; i++) {
        assertThat(reopen(trio).propose("more")).isEqualTo(String.valueOf(i + 2));
        trio.close(1);
      }
      List<Path> logs = trio.files(1, "current", "log_");
      assertThat(logs).hasSize(3);
      Files.delete(logs.get(1));
      assertThatThrownBy(() -> reopen(trio))
          .hasMessageContaining(logs.get(2).toString())
          .hasMessageContaining("a file of the log is missing");
    }
  }

  @Test
  void namesASnapshotThatIsDamaged() throws IOException {
    try (Trio trio = withSnapshots()) {
      List<Path> snapshots = trio.files(1, "sm", "snapshot.");
      Path newest = snapshots.get(snapshots.size() - 1);
      flip(newest, (int) Files.size(newest) / 2);
      assertThatThrownBy(() -> reopen(trio))
          .hasMessageContaining(newest.toString())
          .hasMessageContaining("is damaged: the checksum differs");
    }
  }

  @Test
  void namesAMissingSnapshotByTheLogThatLacksIt() throws IOException {
    try (Trio trio = withSnapshots()) {
      for (Path snapshot : trio.files(1, "sm", "snapshot.")) {
        Files.delete(snapshot);
      }
      assertThatThrownBy(() -> reopen(trio)).hasMessageContaining("no snapshot holds the entries");
    }
  }

  @Test
  @Tag("slow")
  void goesBackToTheSnapshotBeforeIfTheNewestIsTakenAway() throws IOException {
    try (Trio trio = withSnapshots()) {
      List<Path> snapshots = trio.files(1, "sm", "snapshot.");
      assertThat(snapshots).hasSize(2);
      Files.delete(snapshots.get(1));
      Files.delete(Path.of(snapshots.get(1) + ".md5"));
      Node again = reopen(trio);
      again.barrier();
      assertThat(again.replica().entries()).hasSize(entriesWritten);
    }
  }

  @Test
  void removesASnapshotThatWasNotWrittenWhole() throws IOException {
    try (Trio trio = withSnapshots()) {
      Path newest = trio.files(1, "sm", "snapshot.").get(1);
      Path unfinished = newest.resolveSibling("snapshot.9_999999.tmp");
      Files.writeString(unfinished, "half");
      Node again = reopen(trio);
      again.barrier();
      assertThat(unfinished).doesNotExist();
      assertThat(again.replica().entries()).hasSize(entriesWritten);
    }
  }

  @Test
  @Tag("slow")
  void putsSnapshotsBackThatWereBeingReplaced() throws IOException {
    try (Trio trio = withSnapshots()) {
      Path snapshots = trio.files(1, "sm", "snapshot.").get(0).getParent();
      Files.move(snapshots, snapshots.resolveSibling("sm.tmp2026-11-22"));
      Node again = reopen(trio);
      again.barrier();
      assertThat(again.replica().entries()).hasSize(entriesWritten);
    }
  }

  @Test
  void noticesThatTheTermIsLost() throws IOException {
    try (Trio trio = written(1)) {
      Path metadata = newest(trio).resolveSibling("raft-meta");
      Files.delete(metadata);
      assertThatThrownBy(() -> reopen(trio)).hasMessageContaining(metadata + " is missing");
    }
  }

  /** A closed member with so many entries of about a thousand bytes each. */
  private Trio written(int entries) {
    Trio trio = new Trio(folder).form(1);
    for (int i = 0; i < entries; i++) {
      assertThat(trio.node(1).propose(Trio.repeated("e" + i + ".", ENTRY)))
          .isEqualTo(String.valueOf(i + 1));
    }
    trio.close(1);
    return trio;
  }

  private Trio withSnapshots() {
    Trio trio = new Trio(folder).snapshotAfterBytes(64 << 10).form(1);
    trio.fillUntilPurged(trio.node(1));
    entriesWritten = trio.node(1).replica().entries().size();
    trio.close(1);
    return trio;
  }

  private static Node reopen(Trio trio) {
    await(trio.opening(1, trio.peers(1)));
    return trio.node(1);
  }

  private static Path newest(Trio trio) {
    List<Path> logs = trio.files(1, "current", "log_");
    return logs.get(logs.size() - 1);
  }

  private static void flip(Path path, int at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 1);
    }
  }

  /** Entries are read as the scan does: a length of two bytes, the entry, four bytes. */
  private static void enlargeLengthOfEntry(Path log, int entry) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      long at = 8;
      for (int i = 0; i < entry; i++) {
        at = afterEntry(file, at);
      }
      file.seek(at + 1);
      int high = file.read();
      file.seek(at + 1);
      file.write(new byte[] {(byte) (high | 0x80), 0x08});
    }
  }

  private static long afterEntry(RandomAccessFile file, long at) throws IOException {
    file.seek(at);
    long length = 0;
    int shift = 0;
    int next;
    do {
      next = file.read();
      length |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next >= 0x80);
    return file.getFilePointer() + length + 4;
  }

  private static void appendHalfAnEntry(Path log) throws IOException {
    SegmentScan scan = SegmentScan.of(log, 0, Long.MAX_VALUE);
    assertThat(scan.clean()).isTrue();
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(scan.goodBytes());
      file.seek(scan.goodBytes());
      file.write(new byte[] {(byte) 0xE8, 0x07, 0x08, 0x01, 0x10, 0x16, 0x1a, 0x33, 0x44});
    }
  }
}
