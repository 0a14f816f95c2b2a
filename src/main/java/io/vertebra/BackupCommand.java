package io.vertebra;

import static java.net.http.HttpRequest.BodyPublishers.noBody;

import io.vertebra.kv.KvGroup;
import io.vertebra.kv.SnapshotReader;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What {@code vertebra backup} and {@code vertebra restore} do. Blocks. */
final class BackupCommand {
  private static final int COPY_BYTES = 1 << 16;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** For the head of an answer, before which a restore is done. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofHours(1);

  private final URI url;
  private final Optional<String> token;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  /**
   * @param url of the node's API
   * @param token to be sent along
   */
  BackupCommand(URI url, Optional<String> token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Accepts the name of one file.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static void check(String command, List<String> words) {
    if (words.size() != 1) {
      throw new IllegalArgumentException("write " + command + " FILE");
    }
  }

  /**
   * Reads a backup to its end, without a node.
   *
   * @throws IOException saying how it is damaged
   */
  static String verify(Path file) throws IOException {
    return file + ": " + sentence(summary(file));
  }

  /**
   * Writes a backup of a store that is whole, or none. Only this user may read it.
   *
   * @param group the store, as {@link KvGroup#name} has it
   * @param force whether a file that is there may go
   * @throws IOException saying why not
   */
  String backup(Path file, String group, boolean force) throws IOException {
    if (!force && Files.exists(file)) {
      throw isThere(file);
    }
    Path part = of(file, () -> part(file));
    try {
      receive(part, group);
      SnapshotReader.Summary summary = summary(part);
      return of(
          file,
          () -> {
            force(part);
            place(part, file, force);
            force(file.toAbsolutePath().resolveSibling("."));
            return file + ": " + sentence(summary);
          });
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** A new file beside another one. */
  private static Path part(Path file) throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling(".").normalize();
    return Files.createTempFile(folder, file.getFileName() + ".", ".part");
  }

  /** Puts a whole backup in its place; it is there twice then, or moved. */
  static void place(Path part, Path file, boolean force) throws IOException {
    if (force) {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      // Unlike a move, a link never takes the place of a file that came meanwhile.
      Path unused = Files.createLink(file, part);
    } catch (FileAlreadyExistsException e) {
      throw isThere(file);
    } catch (UnsupportedOperationException | FileSystemException noLinks) {
      Files.move(part, file);
    }
  }

  private static IOException isThere(Path file) {
    return new IOException(file + " is there; --force writes over it");
  }

  /**
   * Puts a backup in place of the store that it is of.
   *
   * @param force whether what is there may go
   * @throws IOException saying why not
   */
  String restore(Path file, boolean force) throws IOException {
    SnapshotReader.Summary backup = summary(file);
    JsonObject answer =
        answer(upload(file, KvGroup.path(backup.group()) + ":restore?force=" + force));
    return "restored %d entries of %s at revision %d; it is at revision %d"
        .formatted(
            backup.entries(), store(backup.group()), backup.revision(), answer.getLong("revision"));
  }

  /**
   * The answer to a file. A refusal is lost when the node hangs up on a file that is not yet sent;
   * without one it says the same.
   */
  private HttpResponse<InputStream> upload(Path file, String path) throws IOException {
    try {
      return send(request(path).POST(BodyPublishers.ofFile(file)).build());
    } catch (IOException cut) {
      HttpResponse<InputStream> refusal = send(request(path).POST(noBody()).build());
      if (refusal.statusCode() == HttpURLConnection.HTTP_BAD_REQUEST) {
        refusal.body().close();
        throw cut;
      }
      return refusal;
    }
  }

  private void receive(Path part, String group) throws IOException {
    HttpRequest request = request(KvGroup.path(group) + ":backup").GET().build();
    HttpResponse<InputStream> response = send(request);
    if (response.statusCode() != 200) {
      JsonObject unused = answer(response);
    }
    try (InputStream in = response.body();
        OutputStream out = of(part, () -> Files.newOutputStream(part))) {
      byte[] piece = new byte[COPY_BYTES];
      for (int read = read(in, piece); read >= 0; read = read(in, piece)) {
        out.write(piece, 0, read);
      }
    }
  }

  private int read(InputStream in, byte[] piece) throws IOException {
    try {
      return in.read(piece);
    } catch (IOException e) {
      throw failed(url, e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(ANSWER_TIMEOUT);
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw failed(url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private JsonObject answer(HttpResponse<InputStream> response) throws IOException {
    int status = response.statusCode();
    try (InputStream in = response.body()) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      JsonObject answer = text.isEmpty() ? new JsonObject() : new JsonObject(text);
      if (status == 200) {
        return answer;
      }
      throw new IOException(url + ": " + answer.getString("detail", "answers " + status));
    } catch (DecodeException e) {
      throw new IOException(url + " answers " + status + ", but no JSON", e);
    }
  }

  private static SnapshotReader.Summary summary(Path file) throws IOException {
    return of(
        file,
        () -> {
          try (InputStream in = Files.newInputStream(file)) {
            return SnapshotReader.verify(in);
          }
        });
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** Does what can only fail because of a file. */
  private static <T> T of(Path file, Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Says of what it is that something failed, if that is not said. */
  private static IOException failed(Object of, IOException cause) {
    String said = String.valueOf(cause.getMessage());
    if (cause instanceof NoSuchFileException) {
      said = said.equals(of.toString()) ? "there is no such file" : "there is no " + said;
    } else if (said.startsWith(of + " ")) {
      return cause;
    } else if (cause instanceof FileSystemException files && files.getReason() != null) {
      said = files.getReason();
    } else if (cause.getMessage() == null || cause instanceof FileSystemException) {
      said = cause.getClass().getSimpleName();
    }
    return new IOException(of + ": " + said, cause);
  }

  private static String sentence(SnapshotReader.Summary summary) {
    return "%s at revision %d, %d entries, %d bytes"
        .formatted(store(summary.group()), summary.revision(), summary.entries(), summary.bytes());
  }

  private static String store(String group) {
    return group.equals(KvGroup.QUEUE) ? "the queues" : "the store";
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
