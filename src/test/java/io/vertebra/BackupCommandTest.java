package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertebra.kv.KvGroup;
import io.vertebra.testkit.Child;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups of real nodes by the command line. */
@Timeout(120)
final class BackupCommandTest {
  private static final String HOST = "127.0.0.1";

  @TempDir Path folder;

  private final Vertx outside = Vertx.vertx();
  private final WebClient client = WebClient.create(outside);
  private final List<Vertebra> nodes = new ArrayList<>();

  @AfterEach
  void stop() throws TimeoutException {
    for (Vertebra node : nodes) {
      close(node);
    }
    await(outside.close());
  }

  @Test
  void movesAStoreToANodeThatKeepsItOverARestart() throws Exception {
    Vertebra first = start("first");
    for (int i = 0; i < 100; i++) {
      put(first, "/api/v1/kv/app/" + i, "value" + i + " ".repeat(2_000));
    }
    Path file = folder.resolve("store.backup");
    assertThat(command(first).backup(file, KvGroup.MAIN, false))
        .contains("revision ", " 100 entries, ");
    assertThat(BackupCommand.verify(file)).contains("revision ", " 100 entries, ");
    assertThat(folder.resolve("store.backup.part")).doesNotExist();
    assertThatThrownBy(() -> command(first).backup(file, KvGroup.MAIN, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--force");
    assertThat(command(first).backup(file, KvGroup.MAIN, true)).contains(" 100 entries, ");

    Vertebra second = start("second");
    assertThat(command(second).restore(file, false)).startsWith("restored 100 entries");
    assertThat(get(second, "/api/v1/kv/app/42")).startsWith("value42 ");
    eventually(() -> assertThat(snapshots("second")).isNotEmpty());
    assertThatThrownBy(() -> command(second).restore(file, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has keys");
    put(second, "/api/v1/kv/app/42", "newer");
    close(second);
    nodes.remove(second);
    Vertebra again = start("second");
    eventually(() -> assertThat(get(again, "/api/v1/kv/app/42")).isEqualTo("newer"));
    assertThat(get(again, "/api/v1/kv/app/43")).startsWith("value43 ");
  }

  /** Those of the log, which is so short that a restore makes one in its midst. */
  private List<Path> snapshots(String name) {
    try (Stream<Path> files = Files.walk(folder.resolve(name))) {
      return files.filter(file -> file.getFileName().toString().startsWith("snapshot.")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void restoresThreeMembersThatReadItAllTheSame() throws Exception {
    List<Vertebra> three = startThree();
    for (int i = 0; i < 20; i++) {
      put(three.get(i % 3), "/api/v1/kv/app/" + i, "value" + i);
    }
    put(three.get(0), "/api/v1/upstreams/web", "{}");
    Path file = folder.resolve("store.backup");
    assertThat(command(three.get(1)).backup(file, KvGroup.MAIN, false)).contains("revision ");
    put(three.get(0), "/api/v1/kv/app/5", "later");
    assertThat(await(client.delete(port(three.get(0)), HOST, "/api/v1/upstreams/web").send()))
        .satisfies(gone -> assertThat(gone.statusCode()).isLessThan(300));
    assertThat(command(three.get(2)).restore(file, true)).startsWith("restored 2");
    for (Vertebra node : three) {
      assertThat(get(node, "/api/v1/kv/app/5")).isEqualTo("value5");
      eventually(() -> assertThat(get(node, "/api/v1/upstreams")).contains("web"));
    }
    put(three.get(0), "/api/v1/kv/app/5", "again");
    assertThat(get(three.get(2), "/api/v1/kv/app/5")).isEqualTo("again");
  }

  @Test
  @Tag("slow")
  void putsQueuesOfThreeMembersBackWhoeverIsTheirOwner() throws Exception {
    List<Vertebra> three = startThree();
    putJson(three.get(0), "/api/v1/queues/orders", new JsonObject());
    send(three.get(0), "orders", "one");
    for (Vertebra node : three) {
      Path file = folder.resolve("queues.backup");
      String unused = command(node).backup(file, KvGroup.QUEUE, true);
      for (Vertebra each : three) {
        String again = command(each).restore(file, true);
        JsonArray found = receive(node, "orders", 10, 10_000);
        assertThat(found.stream().map(BackupCommandTest::body)).containsExactly("one");
        assertThat(ack(each, "orders", found.getJsonObject(0))).isEqualTo("acked");
      }
      send(node, "orders", "one");
    }
  }

  @Test
  void refusesADamagedFileWithoutANode() throws IOException {
    Path file = Files.write(folder.resolve("damaged"), "vertebkvx".getBytes());
    URI nowhere = URI.create("http://127.0.0.1:1");
    assertThatThrownBy(() -> BackupCommand.verify(file)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new BackupCommand(nowhere, Optional.empty()).restore(file, true))
        .hasMessageContaining("of an image is not known");
    Path none = folder.resolve("none");
    assertThatThrownBy(
            () -> new BackupCommand(nowhere, Optional.empty()).backup(none, KvGroup.MAIN, true))
        .isInstanceOf(IOException.class);
    assertThat(none).doesNotExist();
  }

  @Test
  void endsWithItsOutcome() throws Exception {
    Vertebra node = start("node");
    put(node, "/api/v1/kv/a", "1");
    String url = node.listening().get("api");
    run(0, "a.backup: the store at revision ", "backup", "a.backup", "--url", url);
    run(0, "a.backup: the store at revision ", "backup", "--verify", "a.backup");
    run(1, "a.backup is there", "backup", "a.backup", "--url", url);
    run(1, "has keys", "restore", "a.backup", "--url", url);
    run(0, "restored 1 entries", "restore", "--force", "a.backup", "--url", url);
    Files.write(folder.resolve("a.backup"), new byte[] {1, 2, 3});
    run(1, "a.backup: this is no image", "backup", "--verify", "a.backup");
    run(1, "none.backup: there is no such file", "backup", "--verify", "none.backup");
    run(1, "none.backup: there is no such file", "restore", "none.backup", "--url", url);
    run(1, "none/a.backup: there is no ", "backup", "none/a.backup", "--url", url);
    run(2, "write backup FILE", "backup");
    run(2, "--verify is unknown", "restore", "--verify", "a.backup");
  }

  @Test
  void keepsABackupFromOthersAndAFileThatCameMeanwhile() throws Exception {
    Vertebra node = start("node");
    put(node, "/api/v1/kv/a", "1");
    Path file = folder.resolve("a.backup");
    assertThat(command(node).backup(file, KvGroup.MAIN, false)).contains("revision ");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path before = Files.copy(file, folder.resolve("before"));
    Path part = Files.writeString(folder.resolve("other"), "other");
    assertThatThrownBy(() -> BackupCommand.place(part, file, false))
        .hasMessageContaining("is there; --force");
    assertThat(file).hasSameBinaryContentAs(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(each -> each.toString().endsWith(".part"));
    }
  }

  @Test
  void saysWhyAFileIsRefusedThatIsLongerThanTheNodeReads() throws Exception {
    Vertebra node = start("node");
    for (int i = 0; i < 40; i++) {
      put(node, "/api/v1/kv/" + i, "x".repeat(500_000));
    }
    Path file = folder.resolve("a.backup");
    assertThat(command(node).backup(file, KvGroup.MAIN, false)).contains("revision ");
    assertThatThrownBy(() -> command(node).restore(file, false)).hasMessageContaining("has keys");
  }

  @Test
  void putsQueuesBackUnderAnOwnerThatBeginsAnew() throws Exception {
    Vertebra node = start("node");
    put(node, "/api/v1/kv/a", "mine");
    putJson(node, "/api/v1/queues/orders", new JsonObject());
    for (String body : List.of("one", "two", "x".repeat(5_000))) {
      send(node, "orders", body);
    }
    JsonObject held = receive(node, "orders", 1, 0).getJsonObject(0);
    assertThat(held.getString("body")).isEqualTo("one");
    Path file = folder.resolve("queues.backup");
    assertThat(command(node).backup(file, KvGroup.QUEUE, false))
        .contains("the queues at revision ");
    assertThat(BackupCommand.verify(file)).contains("the queues at revision ");

    receive(node, "orders", 10, 0).forEach(each -> ack(node, "orders", (JsonObject) each));
    ack(node, "orders", held);
    putJson(node, "/api/v1/queues/later", new JsonObject());
    send(node, "later", "gone");
    assertThatThrownBy(() -> command(node).restore(file, false)).hasMessageContaining("has keys");
    Future<JsonArray> waiting = receiving(node, "orders", 10, 60_000);
    assertThat(command(node).restore(file, true)).contains(" of the queues at revision ");
    assertThat(await(waiting).stream().map(BackupCommandTest::body))
        .containsExactly("two", "x".repeat(5_000));
    assertThat(ack(node, "orders", held)).isEqualTo("acked");
    assertThat(answer(node, "/api/v1/queues/later").statusCode()).isEqualTo(404);
    assertThat(get(node, "/api/v1/kv/a")).isEqualTo("mine");
    send(node, "orders", "four");
    assertThat(receive(node, "orders", 10, 1_000).stream().map(BackupCommandTest::body))
        .containsExactly("four");

    HttpResponse<Buffer> wrong =
        await(
            client
                .post(port(node), HOST, "/api/v1/kv:restore?force=true")
                .sendBuffer(Buffer.buffer(Files.readAllBytes(file))));
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.bodyAsString()).contains("one of the store queue, not of kv");
  }

  @Test
  void firesASchedulePutBackThatHadNotBegunAtTheBackup() throws Exception {
    Vertebra node = start("node");
    putJson(node, "/api/v1/queues/ticks", new JsonObject());
    JsonObject every =
        new JsonObject()
            .put("timetable", new JsonObject().put("everyMs", 3_000))
            .put("target", new JsonObject().put("queue", new JsonObject().put("queue", "ticks")));
    // So that the backup is there before the schedule fires.
    eventually(() -> assertThat(System.currentTimeMillis() % 3_000).isLessThan(500));
    putJson(node, "/api/v1/schedules/tick", every);
    Path file = folder.resolve("store.backup");
    String unused = command(node).backup(file, KvGroup.MAIN, false);
    String before = received(node, "ticks");
    assertThat(command(node).restore(file, true)).contains(" of the store at revision ");
    assertThat(received(node, "ticks")).isNotEqualTo(before);
  }

  /** The id of a message that is acknowledged with that. */
  private String received(Vertebra node, String queue) {
    JsonArray found = receive(node, queue, 1, 4_500);
    assertThat(found).hasSize(1);
    assertThat(ack(node, queue, found.getJsonObject(0))).isEqualTo("acked");
    return found.getJsonObject(0).getString("id");
  }

  @Test
  void losesNoMessageThatIsSentAfterQueuesWerePutBack() throws Exception {
    Vertebra node = start("node");
    putJson(node, "/api/v1/queues/orders", new JsonObject());
    send(node, "orders", "saved");
    Path file = folder.resolve("queues.backup");
    String unused = command(node).backup(file, KvGroup.QUEUE, false);
    AtomicBoolean restored = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger();
    Future<Void> sending = sendUntil(node, sent, restored);
    eventually(() -> assertThat(sent.get()).isGreaterThan(20));
    for (int i = 0; i < 3; i++) {
      String again = command(node).restore(file, true);
    }
    int before = sent.get();
    eventually(() -> assertThat(sent.get()).isGreaterThan(before + 20));
    restored.set(true);
    await(sending);
    List<String> bodies = new ArrayList<>();
    for (JsonArray some = receive(node, "orders", 100, 0);
        !some.isEmpty();
        some = receive(node, "orders", 100, 0)) {
      some.stream().map(BackupCommandTest::body).forEach(bodies::add);
    }
    assertThat(bodies).doesNotHaveDuplicates().contains("saved").doesNotContain("0", "1", "10");
    for (int i = before + 1; i < sent.get(); i++) {
      assertThat(bodies).contains(String.valueOf(i));
    }
  }

  /** Sends one after another; a message that was not taken is sent again. */
  private Future<Void> sendUntil(Vertebra node, AtomicInteger next, AtomicBoolean ended) {
    if (ended.get()) {
      return Future.succeededFuture();
    }
    JsonObject message = new JsonObject().put("body", String.valueOf(next.get()));
    return client
        .post(port(node), HOST, "/api/v1/queues/orders/messages")
        .sendJsonObject(message)
        .compose(
            answer -> {
              if (answer.statusCode() == 200) {
                next.incrementAndGet();
              }
              return sendUntil(node, next, ended);
            });
  }

  private void putJson(Vertebra node, String path, JsonObject body) {
    assertThat(await(client.put(port(node), HOST, path).sendJsonObject(body)).statusCode())
        .isEqualTo(200);
  }

  private JsonObject post(Vertebra node, String path, JsonObject body) {
    HttpResponse<Buffer> answer = await(client.post(port(node), HOST, path).sendJsonObject(body));
    assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(200);
    return answer.bodyAsJsonObject();
  }

  private void send(Vertebra node, String queue, String body) {
    JsonObject unused =
        post(node, "/api/v1/queues/" + queue + "/messages", new JsonObject().put("body", body));
  }

  private JsonArray receive(Vertebra node, String queue, int max, int waitMs) {
    return await(receiving(node, queue, max, waitMs));
  }

  private Future<JsonArray> receiving(Vertebra node, String queue, int max, int waitMs) {
    JsonObject request = new JsonObject().put("max", max).put("waitMs", waitMs);
    return client
        .post(port(node), HOST, "/api/v1/queues/" + queue + "/receive")
        .sendJsonObject(request)
        .map(answer -> answer.bodyAsJsonObject().getJsonArray("messages"));
  }

  private String ack(Vertebra node, String queue, JsonObject message) {
    JsonObject item = new JsonObject().put("receipt", message.getString("receipt"));
    JsonObject items = new JsonObject().put("items", new JsonArray().add(item));
    return post(node, "/api/v1/queues/" + queue + "/ack", items)
        .getJsonArray("items")
        .getJsonObject(0)
        .getString("result");
  }

  private static String body(Object message) {
    return ((JsonObject) message).getString("body");
  }

  private void run(int code, String said, String... words) throws InterruptedException {
    try (Child child = Child.vertebra(folder, words)) {
      assertThat(child.awaitExit()).as(child.output()).isEqualTo(code);
      assertThat(child.output()).contains(said);
    }
  }

  private static BackupCommand command(Vertebra node) {
    return new BackupCommand(URI.create(node.listening().get("api")), Optional.empty());
  }

  private Vertebra start(String name) throws TimeoutException {
    Vertebra node = started(begin(name, new JsonObject()));
    awaitReady(node);
    return node;
  }

  private List<Vertebra> startThree() throws IOException, TimeoutException {
    List<Integer> ports = List.of(freePort(), freePort(), freePort());
    JsonArray members = new JsonArray();
    ports.forEach(port -> members.add(HOST + ":" + port));
    List<Future<Vertebra>> begun = new ArrayList<>();
    for (int port : ports) {
      JsonObject cluster = new JsonObject().put("port", port).put("members", members);
      JsonObject raft = new JsonObject().put("port", freePort());
      begun.add(begin("node" + port, new JsonObject().put("cluster", cluster).put("raft", raft)));
    }
    List<Vertebra> three = new ArrayList<>();
    for (Future<Vertebra> one : begun) {
      three.add(started(one));
    }
    three.forEach(this::awaitReady);
    return three;
  }

  private void awaitReady(Vertebra node) {
    eventually(() -> assertThat(answer(node, "/health/ready").statusCode()).isEqualTo(200));
  }

  private Vertebra started(Future<Vertebra> begun) throws TimeoutException {
    Vertebra node = begun.await(30, TimeUnit.SECONDS);
    nodes.add(node);
    return node;
  }

  private Future<Vertebra> begin(String name, JsonObject options) {
    for (String section : List.of("api", "gateway", "cluster", "raft")) {
      JsonObject given = options.getJsonObject(section, new JsonObject());
      options.put(section, given.put("port", given.getInteger("port", 0)));
    }
    options
        .getJsonObject("raft")
        .put("folder", folder.resolve(name).toString())
        .put("snapshotAfterBytes", 64 << 10);
    return Vertebra.start(VertebraOptions.from(Fields.of(options)), Clock.systemUTC());
  }

  private static void close(Vertebra node) throws TimeoutException {
    node.close().await(20, TimeUnit.SECONDS);
  }

  private void put(Vertebra node, String path, String value) {
    HttpResponse<Buffer> response =
        await(
            value.equals("{}")
                ? client.put(port(node), HOST, path).sendJsonObject(new JsonObject())
                : client.put(port(node), HOST, path).sendBuffer(Buffer.buffer(value)));
    assertThat(response.statusCode()).as(response.bodyAsString()).isEqualTo(200);
  }

  private String get(Vertebra node, String path) {
    return answer(node, path).bodyAsString();
  }

  private HttpResponse<Buffer> answer(Vertebra node, String path) {
    return await(
        client.get(port(node), HOST, path).putHeader("accept", "application/octet-stream").send());
  }

  private static int port(Vertebra node) {
    return URI.create(node.listening().get("api")).getPort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }
}
