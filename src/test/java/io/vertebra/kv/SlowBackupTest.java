package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups over HTTP while the log takes its time, the disk fills up, or the client has enough. */
@Timeout(60)
final class SlowBackupTest {
  private static final String BACKUP = BackupApi.backup(KvGroup.MAIN_PATH);
  private static final String RESTORE = BackupApi.restore(KvGroup.MAIN_PATH);

  private static final int IDLE_MS = 1_500;
  private static final Bytes KEY = Bytes.utf8("key");

  @TempDir Path folder;

  private final HeldEngine engine = new HeldEngine();
  private final KvRig rig = new KvRig(engine, new JsonObject().put("idleTimeoutMs", IDLE_MS));
  private final KvService store = rig.verticle.service();
  private final WebClient client = WebClient.create(rig.vertx);

  /** After so many the disk is full. */
  private final AtomicInteger looksAtRoom = new AtomicInteger(Integer.MAX_VALUE);

  @BeforeEach
  void offer() {
    BackupVerticle.UPLOADS.forEach(rig.server::admitUploads);
    BackupFolder files =
        new BackupFolder(
            folder.resolve("transfer"),
            0,
            file -> looksAtRoom.getAndDecrement() > 0 ? 1L << 40 : 0);
    String unused =
        await(rig.vertx.deployVerticle(rig.verticle.backups(rig.server.router(), files)));
    await(store.put(KEY, KEY));
  }

  @AfterEach
  void close() {
    engine.letGo();
    rig.close();
  }

  @Test
  void mayTakeLongerThanAConnectionMayBeSilent() {
    engine.hold();
    Future<HttpResponse<Buffer>> backup = get();
    eventually(() -> assertThat(engine.waiting).hasPositiveValue());
    passIdleTime();
    engine.letGo();
    assertThat(await(backup).statusCode()).isEqualTo(200);

    Buffer body = await(backup).body();
    engine.holdProposals();
    Future<HttpResponse<Buffer>> restore = post(body);
    eventually(() -> assertThat(engine.waiting).hasPositiveValue());
    passIdleTime();
    engine.letGo();
    assertThat(await(restore).statusCode()).isEqualTo(200);
  }

  @Test
  void isGivenUpWhenTheClientGoesAwayBeforeTheEnd() {
    Buffer body = await(get()).body();
    await(store.put(KEY, Bytes.utf8("later")));
    engine.holdProposals();
    HttpClientRequest request =
        await(
            rig.vertx
                .createHttpClient()
                .request(HttpMethod.POST, rig.port, "127.0.0.1", RESTORE + "?force=true"));
    request.send(body).onComplete(ended -> {});
    eventually(() -> assertThat(engine.waiting).hasPositiveValue());
    await(request.connection().close());
    passIdleTime();
    engine.letGo();
    eventually(() -> assertThat(folder.resolve("transfer")).isEmptyDirectory());
    assertThat(await(store.get(KEY)).orElseThrow().value()).isEqualTo(Bytes.utf8("later"));
  }

  @Test
  void takesAnotherRestoreAfterAClientThatLeftBeforeItWasHeard() {
    Buffer body = await(get()).body();
    engine.hold();
    HttpClientRequest request =
        await(
            rig.vertx
                .createHttpClient()
                .request(HttpMethod.POST, rig.port, "127.0.0.1", RESTORE + "?force=true"));
    request.setChunked(true).write(body.slice(0, 10)).onComplete(written -> {});
    eventually(() -> assertThat(engine.waiting).hasPositiveValue());
    await(request.connection().close());
    passIdleTime();
    engine.letGo();
    eventually(() -> assertThat(await(post(body)).statusCode()).isEqualTo(200));
  }

  @Test
  void endsAnUploadForWhichTheDiskHasNoRoomAnyMore() {
    Buffer large = Buffer.buffer(new byte[BackupApi.ROOM_BYTES + 1]);
    HttpClientRequest request =
        await(
            rig.vertx
                .createHttpClient()
                .request(HttpMethod.POST, rig.port, "127.0.0.1", RESTORE + "?force=true"));
    looksAtRoom.set(1);
    request.setChunked(true).write(large).onComplete(written -> {});
    assertThat(await(request.response()).statusCode()).isEqualTo(503);
  }

  @Test
  void letsNobodyElseIntoItsFolder() throws IOException {
    assertThat(await(get()).statusCode()).isEqualTo(200);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("transfer"))))
        .isEqualTo("rwx------");
  }

  @Test
  void cutsAnUploadThatIsRefusedAndGoesOn() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", rig.port)) {
      socket.setSoTimeout(20_000);
      String head =
          "POST /api/v1/kv:restore HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000000\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = new byte[4096];
      int length = socket.getInputStream().read(answer);
      assertThat(new String(answer, 0, length, StandardCharsets.ISO_8859_1))
          .startsWith("HTTP/1.1 409")
          .containsIgnoringCase("connection: close");
      assertThat(sendUntilRefused(socket)).isLessThan(100 << 20);
    }
  }

  private static long sendUntilRefused(Socket socket) {
    byte[] piece = new byte[1 << 16];
    long sent = 0;
    try {
      while (sent < 1_000_000_000) {
        socket.getOutputStream().write(piece);
        sent += piece.length;
      }
    } catch (IOException refused) {
      return sent;
    }
    return sent;
  }

  private void passIdleTime() {
    await(rig.vertx.timer(2 * IDLE_MS).mapEmpty());
  }

  private Future<HttpResponse<Buffer>> get() {
    return client.get(rig.port, "127.0.0.1", BACKUP).send();
  }

  private Future<HttpResponse<Buffer>> post(Buffer backup) {
    return client.post(rig.port, "127.0.0.1", RESTORE + "?force=true").sendBuffer(backup);
  }

  /** Does nothing more once it is held, until it is let go. */
  private static final class HeldEngine implements Engine {
    final AtomicInteger waiting = new AtomicInteger();
    private final InMemoryEngine engine = new InMemoryEngine();
    private volatile CompletableFuture<Void> barriers = CompletableFuture.completedFuture(null);
    private volatile CompletableFuture<Void> proposals = barriers;

    void hold() {
      waiting.set(0);
      barriers = new CompletableFuture<>();
    }

    void holdProposals() {
      waiting.set(0);
      proposals = new CompletableFuture<>();
    }

    void letGo() {
      barriers.complete(null);
      proposals.complete(null);
    }

    @Override
    public CompletionStage<byte[]> propose(byte[] entry, Duration deadline) {
      waiting.incrementAndGet();
      return proposals.thenCompose(gone -> engine.propose(entry, deadline));
    }

    @Override
    public CompletionStage<Void> barrier(Duration deadline) {
      waiting.incrementAndGet();
      return barriers.thenCompose(gone -> engine.barrier(deadline));
    }

    @Override
    public CompletionStage<Void> open(Replica driven) {
      return engine.open(driven);
    }

    @Override
    public CompletionStage<byte[]> ask(byte[] question, Duration deadline) {
      return engine.ask(question, deadline);
    }

    @Override
    public EngineStatus status() {
      return engine.status();
    }

    @Override
    public CompletionStage<Void> close() {
      return engine.close();
    }
  }
}
