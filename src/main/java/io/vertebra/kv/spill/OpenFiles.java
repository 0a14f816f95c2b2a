package io.vertebra.kv.spill;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The files that are open, so many at most; the one not used for longest is closed for another.
 * Whoever finds its file closed meanwhile, for that reason or since another thread was interrupted
 * while it used it, opens it again.
 */
final class OpenFiles {
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  private static final Set<StandardOpenOption> AGAIN =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Map<Segment, FileChannel> channels = new LinkedHashMap<>(16, 0.75f, true);
  private final int most;

  private interface Use {
    void of(FileChannel channel) throws IOException;
  }

  OpenFiles(int most) {
    this.most = most;
  }

  void create(Segment segment) throws IOException {
    FileChannel unused = keep(segment, FileChannel.open(segment.file, NEW));
  }

  /** Fills the buffer from a position on. */
  void read(Segment segment, ByteBuffer target, int position) throws IOException {
    use(
        segment,
        channel -> {
          target.clear();
          while (target.hasRemaining()) {
            if (channel.read(target, position + (long) target.position()) < 0) {
              throw new EOFException(segment.file + " ends before byte " + position);
            }
          }
        });
  }

  /** Writes all of the buffer at a position. */
  void write(Segment segment, ByteBuffer source, int position) throws IOException {
    use(
        segment,
        channel -> {
          source.rewind();
          while (source.hasRemaining()) {
            int unused = channel.write(source, position + (long) source.position());
          }
        });
  }

  void delete(Segment segment) throws IOException {
    synchronized (this) {
      FileChannel open = channels.remove(segment);
      if (open != null) {
        open.close();
      }
      boolean unused = Files.deleteIfExists(segment.file);
    }
  }

  /** How many are open. */
  synchronized int count() {
    return channels.size();
  }

  private void use(Segment segment, Use use) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          use.of(channel(segment));
          return;
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized FileChannel channel(Segment segment) throws IOException {
    FileChannel open = channels.get(segment);
    return open != null && open.isOpen()
        ? open
        : keep(segment, FileChannel.open(segment.file, AGAIN));
  }

  private synchronized FileChannel keep(Segment segment, FileChannel opened) throws IOException {
    channels.put(segment, opened);
    if (channels.size() > most) {
      Iterator<FileChannel> oldest = channels.values().iterator();
      FileChannel closed = oldest.next();
      oldest.remove();
      closed.close();
    }
    return opened;
  }
}
