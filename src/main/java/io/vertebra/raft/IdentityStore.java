package io.vertebra.raft;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Keeps the {@link Identity} in the folder of the log, which it locks: what {@link #load} and
 * {@link #save} return is on disk. Blocks; for one thread at a time.
 */
final class IdentityStore implements AutoCloseable {
  static final String FILE = "identity.json";

  private static final String NEW_FILE = FILE + ".tmp";

  /** The lock of former builds. */
  private static final String FORMER_LOCK = "identity.lock";

  /** The last of them by other parts of the node, which may write them before this opens. */
  private static final Set<String> OF_NO_ACCOUNT =
      Set.of(
          FolderLock.FILE,
          FORMER_LOCK,
          NEW_FILE,
          "lost+found",
          "transfer",
          "values",
          "auth.keys",
          "auth.keys.tmp");

  private final Path folder;
  private final FolderLock lock;

  private IdentityStore(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder if needed and locks it.
   *
   * @throws IOException saying so if another process has it
   */
  static IdentityStore open(Path folder) throws IOException {
    return new IdentityStore(folder, FolderLock.take(folder));
  }

  /**
   * The identity; a new one if the folder is empty.
   *
   * @throws IOException naming the file if it is damaged, or gone while the data is still there
   */
  Identity load(LongSupplier random) throws IOException {
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      return read(file);
    }
    Optional<Path> data = otherData();
    if (data.isPresent()) {
      throw new IOException(
          file + " is missing, but there is " + data.get() + ": put it back or empty the folder");
    }
    Identity identity = new Identity(random.getAsLong() | 1, Optional.empty());
    save(identity);
    return identity;
  }

  /** Puts the file in place as a whole or not at all. */
  void save(Identity identity) throws IOException {
    JsonObject content = identity.toJson();
    String text = content.copy().put("crc32c", checksum(content)).encodePrettily() + "\n";
    Path next = folder.resolve(NEW_FILE);
    try (FileChannel channel = FileChannel.open(next, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        next,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entries = FileChannel.open(folder, READ)) {
      entries.force(true);
    }
  }

  private static Identity read(Path file) throws IOException {
    try {
      JsonObject content = new JsonObject(Files.readString(file));
      Object checksum = content.remove("crc32c");
      if (!checksum(content).equals(checksum)) {
        throw new IOException(file + " is damaged: its checksum is not that of its content");
      }
      return Identity.from(Fields.of(content));
    } catch (RuntimeException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private Optional<Path> otherData() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !OF_NO_ACCOUNT.contains(name(file))).findFirst();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String checksum(JsonObject content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content.encode().getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", checksum.getValue());
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
