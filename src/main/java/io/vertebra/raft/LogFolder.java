package io.vertebra.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the log, before Ratis reads them. The end of the last one may be cut off where it
 * was being written when the process was killed: nobody was told that these entries are safe. Any
 * other damage is an error that names the file.
 */
final class LogFolder {
  private static final Logger LOG = LoggerFactory.getLogger(LogFolder.class);
  private static final Pattern NAME = Pattern.compile("log_(inprogress_)?(\\d+)(-(\\d+))?");

  /**
   * One file.
   *
   * @param last index as its name says; -1 if it is still being written
   */
  private record Segment(Path file, long first, long last) {
    boolean open() {
      return last < 0;
    }

    void closeAt(long index) throws IOException {
      Files.move(file, file.resolveSibling("log_" + first + "-" + index));
    }
  }

  private final Path folder;

  LogFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Checks every file and cuts off an unfinished end.
   *
   * @param snapshotIndex up to which a snapshot holds what is in the log; -1 for none
   * @param marked how far the log went for certain
   * @param keepUpTo what is known to be flushed; later entries go
   * @throws DamagedFileException if anything is damaged or missing
   */
  void check(long snapshotIndex, long marked, long keepUpTo) throws IOException {
    List<Segment> segments = segments();
    if (segments.isEmpty()) {
      requireMarked(folder, snapshotIndex, marked);
      return;
    }
    if (segments.get(0).first() > snapshotIndex + 1) {
      throw new DamagedFileException(
          segments.get(0).file(),
          "is the oldest of the log, and no snapshot holds the entries before "
              + segments.get(0).first());
    }
    long last = -1;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      boolean newest = i == segments.size() - 1;
      if (last >= 0 && segment.first() != last + 1) {
        throw new DamagedFileException(
            segment.file(), "does not follow on entry " + last + ": a file of the log is missing");
      }
      if (newest) {
        checkNewest(segment, snapshotIndex, marked, keepUpTo);
      } else {
        last = checkFull(segment, segments.get(i + 1));
      }
    }
  }

  private static void requireMarked(Path file, long last, long marked) throws IOException {
    if (last < marked) {
      throw new DamagedFileException(
          file, "ends the log at entry " + last + ", which went to " + marked + " before");
    }
  }

  /** In bytes. */
  long size() throws IOException {
    long size = 0;
    for (Segment segment : segments()) {
      try {
        size += Files.size(segment.file());
      } catch (java.nio.file.NoSuchFileException purgedMeanwhile) {
        LOG.trace("raft.log purged file={}", segment.file());
      }
    }
    return size;
  }

  private List<Segment> segments() throws IOException {
    List<Segment> segments = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return segments;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          long last = name.group(4) == null ? -1 : Long.parseLong(name.group(4));
          segments.add(new Segment(file, Long.parseLong(name.group(2)), last));
        }
      }
    }
    segments.sort(Comparator.comparingLong(Segment::first));
    return segments;
  }

  private static long checkFull(Segment segment, Segment next) throws IOException {
    long expected = segment.open() ? next.first() - 1 : segment.last();
    SegmentScan scan = SegmentScan.of(segment.file(), segment.first(), Long.MAX_VALUE);
    if (!scan.clean() || scan.lastIndex() != expected) {
      throw damaged(segment, scan);
    }
    if (segment.open()) {
      // The new name did not reach the disk.
      segment.closeAt(expected);
    }
    return expected;
  }

  private static void checkNewest(Segment segment, long snapshotIndex, long marked, long keepUpTo)
      throws IOException {
    SegmentScan scan = SegmentScan.of(segment.file(), segment.first(), keepUpTo);
    if (scan.followed()) {
      throw damaged(segment, scan);
    }
    long last = scan.lastIndex();
    requireMarked(segment.file(), Math.max(last, snapshotIndex), marked);
    if (!scan.clean()) {
      long bytes = Files.size(segment.file()) - scan.goodBytes();
      LOG.warn("raft.log cut file={} lastIndex={} bytes={}", segment.file(), last, bytes);
      cut(segment.file(), scan.goodBytes());
    }
    if (last < segment.first()) {
      Files.delete(segment.file());
    } else if (!segment.open() && last < segment.last()) {
      LOG.warn("raft.log short file={} lastIndex={}", segment.file(), last);
      segment.closeAt(last);
    }
  }

  private static void cut(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size).force(true);
    }
  }

  private static DamagedFileException damaged(Segment segment, SegmentScan scan) {
    return new DamagedFileException(
        segment.file(),
        "is damaged after entry " + scan.lastIndex() + ", byte " + scan.goodBytes());
  }
}
