package io.vertebra.crypto;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/** Makes a file with one new secret key, which only its owner can read or write. */
final class KeyFile {
  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 4;

  private KeyFile() {}

  /** It is there as a whole, on disk, or not at all. Blocks. */
  static void make(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Path unused = Files.createDirectories(folder);
    }
    SecureRandom random = new SecureRandom();
    String id = HexFormat.of().formatHex(bytes(random, ID_BYTES));
    String key = Base64.getEncoder().encodeToString(bytes(random, KEY_BYTES));
    Path next = file.resolveSibling(file.getFileName() + ".tmp");
    boolean unused = Files.deleteIfExists(next);
    try (FileChannel channel = FileChannel.open(next, Set.of(CREATE_NEW, WRITE), ownerOnly())) {
      ByteBuffer line = StandardCharsets.UTF_8.encode(id + ":" + key + "\n");
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static byte[] bytes(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
