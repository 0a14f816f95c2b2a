package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a store in memory over HTTP. */
@Timeout(60)
final class BackupApiTest {
  private static final String BACKUP = BackupApi.backup(KvGroup.MAIN_PATH);
  private static final String RESTORE = BackupApi.restore(KvGroup.MAIN_PATH);

  private static final Bytes KEY = Bytes.utf8("key");

  @TempDir Path folder;

  private final KvRig rig = new KvRig();
  private final KvService store = rig.verticle.service();
  private final WebClient client = WebClient.create(rig.vertx);

  @BeforeEach
  void offer() {
    BackupVerticle.UPLOADS.forEach(rig.server::admitUploads);
    String unused =
        await(
            rig.vertx.deployVerticle(
                rig.verticle.backups(rig.server.router(), folder.resolve("transfer"), 0)));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void bringsBackKeysVersionsAndLeases() {
    await(store.grant(new GrantLease(7, Duration.ofSeconds(9))));
    await(store.txn(Txn.of(Op.put(KEY, KEY, 7))));
    await(store.txn(Txn.of(Op.put(KEY, Bytes.utf8("two"), 7))));
    KvEntry entry = await(store.get(KEY)).orElseThrow();
    HttpResponse<Buffer> backup = backup();
    assertThat(backup.getHeader("etag")).isEqualTo("\"3\"");
    await(store.revoke(7));
    HttpResponse<Buffer> restored = restore(backup.body(), false);
    assertThat(restored.statusCode()).as(restored.bodyAsString()).isEqualTo(200);
    JsonObject answer = restored.bodyAsJsonObject();
    assertThat(answer.getLong("entries")).isEqualTo(1);
    assertThat(answer.getLong("bytes")).isEqualTo(backup.body().length());
    assertThat(answer.getLong("revision")).isEqualTo(4 + Restorer.REVISION_GAP);
    assertThat(await(store.get(KEY))).contains(entry);
    assertThat(await(store.lease(7)).keys()).containsExactly(KEY);
    assertThat(await(store.lease(7)).remaining()).isEqualTo(Duration.ofSeconds(9));
    assertThat(folder.resolve("transfer")).isEmptyDirectory();
  }

  @Test
  void refusesToReplaceKeysUnlessForced() {
    await(store.put(KEY, KEY));
    Buffer backup = backup().body();
    await(store.put(KEY, Bytes.utf8("other")));
    HttpResponse<Buffer> refused = restore(backup, false);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.bodyAsJsonObject().getString("detail")).contains("has keys");
    assertThat(restore(backup, true).statusCode()).isEqualTo(200);
    assertThat(await(store.get(KEY)).orElseThrow().value()).isEqualTo(KEY);
  }

  @Test
  void refusesWhatIsDamagedOrCutAndChangesNothing() {
    for (int i = 0; i < 20; i++) {
      await(store.put(Bytes.utf8("key" + i), Bytes.utf8("value" + i)));
    }
    Buffer backup = backup().body();
    long revision = rig.verticle.service().status().revision();
    for (int i = 0; i < backup.length(); i += 7) {
      Buffer flipped = backup.copy().setByte(i, (byte) ~backup.getByte(i));
      assertRefused(restore(flipped, true), "byte " + i);
      assertRefused(restore(backup.slice(0, i), true), "cut at " + i);
    }
    assertRefused(restore(backup.copy().appendByte((byte) 0), true), "longer");
    assertThat(store.status().revision()).isEqualTo(revision);
    assertThat(await(store.get(Bytes.utf8("key3")))).isPresent();
  }

  private static void assertRefused(HttpResponse<Buffer> response, String what) {
    assertThat(response.statusCode()).as(what).isEqualTo(400);
    assertThat(response.bodyAsJsonObject().getString("detail"))
        .as(what)
        .contains("image")
        .contains("nothing was changed");
  }

  @Test
  void isConsistentThoughWritesGoOn() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    Promise<Void> writing = Promise.promise();
    write(1, stopped, writing);
    List<Long> revisions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      KvReplica read = Proposals.replica();
      Proposals.load(read, backup().body().getBytes());
      RangeResult pair = read.state().range(RangeRequest.all(KeyRange.USERS));
      assertThat(pair.entries()).extracting(KvEntry::value).hasSizeBetween(0, 2);
      if (!pair.entries().isEmpty()) {
        assertThat(pair.entries()).hasSize(2);
        assertThat(pair.entries().get(0).value()).isEqualTo(pair.entries().get(1).value());
      }
      revisions.add(read.state().revision());
    }
    stopped.set(true);
    await(writing.future());
    assertThat(revisions).isSorted();
    assertThat(revisions.get(19)).isGreaterThan(revisions.get(0));
  }

  private void write(int number, AtomicBoolean stopped, Promise<Void> done) {
    if (stopped.get()) {
      done.complete();
      return;
    }
    Bytes value = Bytes.utf8("v" + number);
    store
        .txn(Txn.of(Op.put(Bytes.utf8("a"), value), Op.put(Bytes.utf8("b"), value)))
        .onSuccess(written -> write(number + 1, stopped, done))
        .onFailure(done::fail);
  }

  @Test
  void takesOneRestoreAtATimeAndEndsAnUploadThatBreaksOff() {
    Buffer backup = backup().body();
    HttpClient raw = rig.vertx.createHttpClient();
    HttpClientRequest slow = await(raw.request(HttpMethod.POST, rig.port, "127.0.0.1", RESTORE));
    slow.setChunked(true).write(backup.slice(0, 10));
    eventually(() -> assertThat(folder.resolve("transfer/incoming")).exists());
    HttpResponse<Buffer> second = restore(backup, false);
    assertThat(second.statusCode()).isEqualTo(409);
    assertThat(second.bodyAsJsonObject().getString("detail")).contains("under way");
    assertThat(backup().statusCode()).isEqualTo(200);
    await(slow.connection().close());
    eventually(() -> assertThat(restore(backup, false).statusCode()).isEqualTo(200));
  }

  @Test
  void tellsACallerWhoWaitsForItToSendNothingBeforeTheBodyIsSent() {
    await(store.put(KEY, KEY));
    HttpClient raw = rig.vertx.createHttpClient();
    HttpClientRequest request = await(raw.request(HttpMethod.POST, rig.port, "127.0.0.1", RESTORE));
    request.putHeader("expect", "100-continue").putHeader("content-length", "1000000000");
    AtomicBoolean continued = new AtomicBoolean();
    request.continueHandler(go -> continued.set(true));
    var unused = request.sendHead();
    assertThat(await(request.response()).statusCode()).isEqualTo(409);
    assertThat(continued).isFalse();
  }

  @Test
  void refusesQueriesItDoesNotKnow() {
    HttpResponse<Buffer> response =
        await(
            client
                .post(rig.port, "127.0.0.1", RESTORE + "?froce=true")
                .sendBuffer(Buffer.buffer("x")));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.bodyAsString()).contains("froce");
  }

  @Test
  void keepsOffADiskThatIsFull() {
    BackupFolder full = new BackupFolder(folder, Long.MAX_VALUE);
    BackupFolder none = new BackupFolder(folder, 0, file -> (1 << 20) + 1);
    assertThatThrownBy(full::room).hasMessageContaining("free bytes");
    assertThatThrownBy(() -> none.requireRoom(1)).hasMessageContaining("beside the 1 that the log");
  }

  private HttpResponse<Buffer> backup() {
    HttpResponse<Buffer> response = await(client.get(rig.port, "127.0.0.1", BACKUP).send());
    assertThat(response.statusCode()).as(response.bodyAsString()).isEqualTo(200);
    return response;
  }

  private HttpResponse<Buffer> restore(Buffer backup, boolean force) {
    return await(
        client.post(rig.port, "127.0.0.1", RESTORE + "?force=" + force).sendBuffer(backup));
  }
}
