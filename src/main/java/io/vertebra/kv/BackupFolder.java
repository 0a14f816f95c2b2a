package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a backup lies while it is sent, and one to restore while it comes in. Made when it is
 * needed, for this user alone. Blocks.
 *
 * @param folder of this process alone
 * @param minFreeBytes that the disk keeps, whatever is written here; 1 MiB at least
 * @param disk that the folder is on
 */
record BackupFolder(Path folder, long minFreeBytes, Disk disk) {
  private static final long LEAST_FREE_BYTES = 1 << 20;
  private static final int COPY_BYTES = 1 << 18;

  /** The room is looked at again after so many pieces. */
  private static final int PIECES = 32;

  /** Tells how many bytes are free where a file is. */
  interface Disk {
    long free(Path file) throws IOException;
  }

  BackupFolder {
    minFreeBytes = Math.max(minFreeBytes, LEAST_FREE_BYTES);
  }

  BackupFolder(Path folder, long minFreeBytes) {
    this(folder, minFreeBytes, file -> Files.getFileStore(file).getUsableSpace());
  }

  /** The file of the backup that is sent. */
  Path outgoing() {
    return folder.resolve("outgoing");
  }

  /** The file of the one that comes in. */
  Path incoming() {
    return folder.resolve("incoming");
  }

  /** Removes what a killed process left. */
  void clear() throws IOException {
    Files.deleteIfExists(outgoing());
    Files.deleteIfExists(incoming());
  }

  /** Makes the folder, and lets nobody else in. */
  void make() throws IOException {
    Files.createDirectories(folder);
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** How many bytes may be written; fails with {@code UNAVAILABLE} if none. */
  long room() throws IOException {
    return requireRoom(0);
  }

  /** How many bytes may be written; fails with {@code UNAVAILABLE} if not more than these. */
  long requireRoom(long bytes) throws IOException {
    long room = disk.free(folder) - minFreeBytes;
    if (room <= bytes) {
      throw new Failure(
          FailureCode.UNAVAILABLE,
          "the disk has no room for it: it must keep "
              + minFreeBytes
              + " free bytes"
              + (bytes == 0 ? "" : " beside the " + bytes + " that the log takes"));
    }
    return room;
  }

  /** Writes an image to {@link #outgoing}; how many bytes it has. */
  long write(StateImage image) throws IOException {
    make();
    long bytes = 0;
    try (InputStream in = image.open();
        OutputStream out = open()) {
      byte[] piece = new byte[COPY_BYTES];
      int pieces = 0;
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        if (pieces++ % PIECES == 0) {
          long unused = room();
        }
        out.write(piece, 0, read);
        bytes += read;
      }
    }
    return bytes;
  }

  private OutputStream open() throws IOException {
    long unused = room();
    return Files.newOutputStream(outgoing());
  }
}
