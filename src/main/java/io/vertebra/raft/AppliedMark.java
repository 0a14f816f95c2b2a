package io.vertebra.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Remembers how far the log went for certain: a log that ends before was cut off by something else
 * than a killed process. Written about once a second, so what is younger is not missed.
 */
final class AppliedMark {
  private final Path file;
  private long written = -1;

  AppliedMark(Path groupFolder) {
    file = groupFolder.resolve("applied.mark");
  }

  /** The last mark; -1 if there is none. */
  long read() throws IOException {
    try {
      written = Long.parseLong(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      written = -1;
    } catch (NumberFormatException e) {
      throw new DamagedFileException(file, "is no number");
    }
    return written;
  }

  /**
   * Sets the mark.
   *
   * @param index of an entry that is applied, and on this member's disk
   */
  void write(long index) throws IOException {
    if (index <= written) {
      return;
    }
    Path next = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap((index + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    written = index;
  }
}
