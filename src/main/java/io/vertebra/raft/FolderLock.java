package io.vertebra.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps other processes off the folder. The system lets go of it when the process ends. */
final class FolderLock implements AutoCloseable {
  static final String FILE = "process.lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the folder, which is made if it is not there.
   *
   * @throws IOException if another process, or another node in this one, has it
   */
  static FolderLock take(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        String process = ProcessHandle.current().pid() + "\n";
        channel.truncate(0).write(ByteBuffer.wrap(process.getBytes(StandardCharsets.UTF_8)));
        return new FolderLock(channel);
      }
    } catch (OverlappingFileLockException ofThisProcess) {
      // The same as the lock of another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        folder.toAbsolutePath()
            + " is in use by another process, whose id is in the file process.lock there: end it,"
            + " or set raft.folder");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
