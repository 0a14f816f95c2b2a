package io.vertebra.kv.spill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the segments of all states are. Safe for any thread. */
public final class ValueFolder {
  private static final Logger LOG = LoggerFactory.getLogger(ValueFolder.class);
  private static final String SUFFIX = ".values";

  private final Path folder;
  private final int segmentBytes;
  private final OpenFiles open;
  private final Map<Integer, Segment> segments = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong dead = new AtomicLong();
  private volatile String fault = "";

  /**
   * @param folder of this process alone
   * @param segmentBytes after which another segment is begun, 1 byte to 1 GiB
   * @param openFiles how many files are open at once, at most
   */
  public ValueFolder(Path folder, int segmentBytes, int openFiles) {
    if (segmentBytes < 1 || segmentBytes > 1 << 30 || openFiles < 1) {
      throw new IllegalArgumentException("segments of " + segmentBytes + " bytes");
    }
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.open = new OpenFiles(openFiles);
  }

  /** Makes the folder, and removes what a former process left; before anything else. */
  public void clear() throws IOException {
    clear(folder);
    Path unused = Files.createDirectories(folder);
  }

  /** Removes what a former process left in a folder, which need not be there. */
  public static void clear(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    }
    for (Path file : left) {
      Files.delete(file);
    }
  }

  /** Values of a state that is about to be. */
  public ValueFiles files() {
    return new ValueFiles(this, segmentBytes);
  }

  /** Why values could not be written or read since the last {@link #recover}; else empty. */
  public Optional<String> fault() {
    return Optional.of(fault).filter(why -> !why.isEmpty());
  }

  /** Forgets the fault: all that was written before is let go of. */
  public void recover() {
    fault = "";
  }

  public int segments() {
    return segments.size();
  }

  /** Bytes in files that are needed. */
  public long liveBytes() {
    return live.get();
  }

  /** Bytes in files that are not needed any more. */
  public long deadBytes() {
    return dead.get();
  }

  /** How many files are open. */
  public int openFiles() {
    return open.count();
  }

  OpenFiles open() {
    return open;
  }

  @Nullable Segment segment(int number) {
    return segments.get(number);
  }

  Segment create() throws IOException {
    int number = numbers.incrementAndGet();
    Segment segment = new Segment(number, folder.resolve(number + SUFFIX));
    open.create(segment);
    segments.put(number, segment);
    return segment;
  }

  /** Readers find it gone from then on. */
  void delete(Segment segment) {
    segments.remove(segment.number);
    count(-segment.live, -segment.dead());
    try {
      open.delete(segment);
    } catch (IOException e) {
      LOG.warn("kv.values left file={} reason=\"{}\"", segment.file, e.toString());
    }
  }

  void count(long moreLive, long moreDead) {
    live.addAndGet(moreLive);
    dead.addAndGet(moreDead);
  }

  ValueFaultException failed(String how, Segment segment, IOException cause) {
    return failed(segment.file + " " + how + ": " + cause.getMessage(), cause);
  }

  ValueFaultException failed(String sentence, IOException cause) {
    fault = sentence;
    return new ValueFaultException(sentence, cause);
  }
}
