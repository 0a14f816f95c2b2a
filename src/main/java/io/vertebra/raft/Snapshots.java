package io.vertebra.raft;

import io.micrometer.core.instrument.Timer;
import io.vertebra.kv.Replica;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots while the state goes on: the image is taken on the thread that applies entries,
 * and written on another. A file gets its name when all of it is on disk. The log is kept from the
 * last snapshot but one, so that a member that is a little behind needs no snapshot.
 */
final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final int COPY_BYTES = 1 << 18;

  /** How long after a failure the next is tried, in nanoseconds. */
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private final RaftOptions options;
  private final RaftMeters meters;
  private final LongSupplier nanoTime;
  private final Executor writer;
  private final Runnable requestPurge;
  private final AtomicBoolean writing = new AtomicBoolean();
  private final AtomicLong bytes = new AtomicLong();
  private volatile long due;
  private volatile long notBefore;
  private volatile long newest = -1;
  private volatile long previous = -1;
  private volatile long purged = -1;
  private volatile long newestBytes;
  private volatile boolean closed;

  /**
   * @param writer where files are written
   * @param requestPurge called when a snapshot is written, to have {@link #purge} called
   */
  Snapshots(
      RaftOptions options,
      RaftMeters meters,
      LongSupplier nanoTime,
      Executor writer,
      Runnable requestPurge) {
    this.options = options;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.writer = writer;
    this.requestPurge = requestPurge;
    notBefore = nanoTime.getAsLong();
    due = notBefore + options.snapshotEvery().toNanos();
  }

  SimpleStateMachineStorage storage() {
    return storage;
  }

  /** A snapshot was loaded. */
  void loaded(TermIndex at, long size) {
    newestBytes = size;
    previous = newest;
    newest = at.getIndex();
    bytes.set(0);
  }

  /** Up to which entry the log goes now: the last snapshot but one; -1 for none. */
  long purge() {
    purged = previous;
    return purged;
  }

  /** Whether more of the log may go than was told. */
  boolean unpurged() {
    return purged < previous;
  }

  /** So many bytes came to the log. */
  void appended(int size) {
    bytes.addAndGet(size);
  }

  /** Whether it is time for one. */
  boolean wanted() {
    long written = bytes.get();
    if (closed || writing.get() || written == 0) {
      return false;
    }
    long now = nanoTime.getAsLong();
    long worthwhile = Math.max(options.snapshotAfterBytes(), newestBytes / 2);
    return now - notBefore >= 0 && (written >= worthwhile || now - due >= 0);
  }

  /** Takes one; called on the thread that applies entries. */
  void take(DrivenReplica replica) {
    TermIndex at = replica.applied();
    if (at.getIndex() <= newest || !writing.compareAndSet(false, true)) {
      return;
    }
    bytes.set(0);
    due = nanoTime.getAsLong() + options.snapshotEvery().toNanos();
    Replica.Image image = replica.image();
    try {
      writer.execute(() -> write(image, at));
    } catch (RejectedExecutionException closing) {
      image.close();
      writing.set(false);
    }
  }

  /** Gives up what is being written. */
  void close() {
    closed = true;
  }

  private void write(Replica.Image image, TermIndex at) {
    Timer.Sample sample = Timer.start();
    try (image) {
      long size = save(image, at);
      long nanos = sample.stop(meters.snapshot());
      LOG.info(
          "raft.snapshot written index={} bytes={} durationMs={}",
          at.getIndex(),
          size,
          nanos / 1_000_000);
      newestBytes = size;
      previous = newest;
      newest = at.getIndex();
    } catch (IOException | RuntimeException e) {
      if (closed) {
        return;
      }
      meters.failedSnapshots().increment();
      notBefore = nanoTime.getAsLong() + RETRY_NANOS;
      due = notBefore;
      bytes.incrementAndGet();
      LOG.warn("raft.snapshot failed index={} reason=\"{}\"", at.getIndex(), e.toString());
      return;
    } finally {
      writing.set(false);
    }
    requestPurge.run();
  }

  private long save(Replica.Image image, TermIndex at) throws IOException {
    Path file = storage.getSnapshotFile(at.getTerm(), at.getIndex()).toPath();
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    MD5Hash digest;
    try {
      digest = copy(image, unfinished);
      MD5FileUtil.saveMD5File(file.toFile(), digest);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      force(file.resolveSibling("."));
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
    storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file, digest), at));
    return Files.size(file);
  }

  private MD5Hash copy(Replica.Image image, Path to) throws IOException {
    MessageDigest digest = md5();
    try (FileChannel channel =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        InputStream in = image.open()) {
      OutputStream out = new DigestOutputStream(Channels.newOutputStream(channel), digest);
      byte[] buffer = new byte[COPY_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (closed) {
          throw new IOException("the engine is closing");
        }
        out.write(buffer, 0, read);
      }
      channel.force(true);
    }
    return MD5Hash.newInstance(digest.digest());
  }

  /** Makes sure that a file or the names in a folder are on disk. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
