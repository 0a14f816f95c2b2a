package io.vertebra.cluster;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may join, and who may speak on the bus. */
@Timeout(60)
final class ClusterSecurityTest {
  private static final String SECRET = "known-to-the-nodes-alone";
  private static final String ADDRESS = "orders";
  private static final byte TEXT = 9;

  @TempDir Path folder;

  private final int firstPort = freePort();
  private final int secondPort = freePort();
  private final int busPort = freePort();
  private final List<Cluster> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(cluster -> await(cluster.vertx().close()));
  }

  @Test
  void nodesWithCertificatesOfOneAuthoritySpeakToEachOtherWhateverHostTheyName() throws Exception {
    SelfSignedCertificate a = SelfSignedCertificate.create("a");
    SelfSignedCertificate b = SelfSignedCertificate.create("b");
    Path authorities = authorities(a, b);
    Cluster first = open(firstPort, busPort, secret(SECRET), tls(a, authorities));
    BlockingQueue<String> heard = listen(first);
    Cluster second = open(secondPort, 0, secret(SECRET), tls(b, authorities));
    assertThat(ask(second, "friend")).isEqualTo("friend");
    assertThat(heard).containsExactly("friend");
  }

  @Test
  void deliversNothingOfAMemberWithoutTls() throws Exception {
    deliversNothingOf(Optional.empty());
  }

  @Test
  void deliversNothingOfAMemberWithACertificateOfAnotherAuthority() throws Exception {
    SelfSignedCertificate other = SelfSignedCertificate.create("other");
    deliversNothingOf(tls(other, authorities(other)));
  }

  /** Of one that knows the secret and so may join. */
  private void deliversNothingOf(Optional<NodeTls> theirs) throws Exception {
    SelfSignedCertificate known = SelfSignedCertificate.create("known");
    Path authorities = Files.copy(Path.of(known.certificatePath()), folder.resolve("known.pem"));
    Cluster first = open(firstPort, busPort, secret(SECRET), tls(known, authorities));
    BlockingQueue<String> heard = listen(first);
    Cluster stranger = open(secondPort, 0, secret(SECRET), theirs);
    assertThat(first.service().members()).hasSize(2);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    await(
        stranger
            .vertx()
            .eventBus()
            .<String>consumer("news", message -> told.add(message.body()))
            .completion());
    assertThatThrownBy(() -> ask(stranger, "stranger")).hasMessageNotContaining("No handlers");
    DeliveryOptions soon = new DeliveryOptions().setSendTimeout(2_000);
    assertThatThrownBy(() -> await(first.vertx().eventBus().request("news", "secret", soon)))
        .hasMessageNotContaining("No handlers");
    assertThat(ask(first, "self")).isEqualTo("self");
    assertThat(heard).containsExactly("self");
    assertThat(told).isEmpty();
  }

  @Test
  void takesBytesOfAnybodyInTheClearButNotOverTls() throws Exception {
    Cluster clear = open(firstPort, busPort, secret(SECRET), Optional.empty());
    BlockingQueue<String> heard = listen(clear);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), busPort)) {
      socket.getOutputStream().write(frame("anybody"));
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("anybody");
    }
    SelfSignedCertificate known = SelfSignedCertificate.create("known");
    int secured = freePort();
    Cluster second = open(secondPort, secured, secret(SECRET), tls(known, authorities(known)));
    BlockingQueue<String> heardBySecond = listen(second);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), secured)) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(frame("anybody"));
      byte[] alert = socket.getInputStream().readAllBytes();
      assertThat(new String(alert, StandardCharsets.US_ASCII)).doesNotContain("pong");
    }
    assertThat(heardBySecond).isEmpty();
  }

  @Test
  void whoKnowsTheNameButNotTheSecretDoesNotJoin() {
    Cluster first = open(firstPort, 0, secret(SECRET), Optional.empty());
    Cluster stranger = open(secondPort, 0, ClusterSecret.NONE, Optional.empty());
    assertThat(stranger.service().members()).containsExactly(stranger.service().self());
    assertThat(first.service().members()).containsExactly(first.service().self());
  }

  @Test
  void warnsWithoutTellingTheNameThatOpensTheCluster() {
    Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
    Logger hazelcast = Logger.getLogger("com.hazelcast");
    Handler recorder = recorder(records);
    Level before = hazelcast.getLevel();
    hazelcast.setLevel(Level.WARNING);
    hazelcast.addHandler(recorder);
    try {
      open(firstPort, 0, secret(SECRET), Optional.empty());
      open(secondPort, 0, ClusterSecret.NONE, Optional.empty());
    } finally {
      hazelcast.removeHandler(recorder);
      hazelcast.setLevel(before);
    }
    assertThat(records).isNotEmpty();
    assertThat(records)
        .extracting(LogRecord::getMessage)
        .noneMatch(line -> line.contains(secret(SECRET).membersName("test")));
  }

  /** Keeps what a node logs of Hazelcast unless told otherwise. */
  private static Handler recorder(Queue<LogRecord> records) {
    return new Handler() {
      @Override
      public void publish(LogRecord told) {
        records.add(told);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void whoKnowsAnotherSecretDoesNotJoin() {
    Cluster first = open(firstPort, 0, secret(SECRET), Optional.empty());
    Cluster stranger = open(secondPort, 0, secret(SECRET + "."), Optional.empty());
    assertThat(stranger.service().members()).containsExactly(stranger.service().self());
    assertThat(first.service().members()).containsExactly(first.service().self());
  }

  @Test
  void aClientOfHazelcastNeedsTheSecretToo() {
    Cluster first = open(firstPort, 0, secret(SECRET), Optional.empty());
    assertThatThrownBy(() -> client("test")).isInstanceOf(IllegalStateException.class);
    HazelcastInstance knowing = client(secret(SECRET).membersName("test"));
    assertThat(knowing.getCluster().getMembers()).hasSize(1);
    knowing.shutdown();
    assertThat(first.service().members()).hasSize(1);
  }

  private HazelcastInstance client(String clusterName) {
    ClientConfig config = new ClientConfig().setClusterName(clusterName);
    config.getNetworkConfig().addAddress("127.0.0.1:" + firstPort);
    config
        .getConnectionStrategyConfig()
        .getConnectionRetryConfig()
        .setClusterConnectTimeoutMillis(2_000);
    return HazelcastClient.newHazelcastClient(config);
  }

  private static BlockingQueue<String> listen(Cluster node) {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    EventBus bus = node.vertx().eventBus();
    await(
        bus.<String>consumer(
                ADDRESS,
                message -> {
                  heard.add(message.body());
                  message.reply(message.body());
                })
            .completion());
    return heard;
  }

  private static String ask(Cluster node, String words) {
    DeliveryOptions soon = new DeliveryOptions().setSendTimeout(2_000);
    return await(node.vertx().eventBus().<String>request(ADDRESS, words, soon)).body();
  }

  /** A message as Vert.x 5 writes it: version 2, the codec of texts, to one receiver. */
  private static byte[] frame(String words) {
    Buffer body = Buffer.buffer().appendByte((byte) 2).appendByte(TEXT).appendByte((byte) 0);
    append(body, ADDRESS);
    body.appendInt(0);
    append(body, "nobody");
    body.appendInt(4);
    append(body, words);
    return Buffer.buffer().appendInt(body.length()).appendBuffer(body).getBytes();
  }

  private static void append(Buffer buffer, String text) {
    buffer.appendInt(text.length()).appendString(text);
  }

  private Cluster open(int port, int bus, ClusterSecret secret, Optional<NodeTls> tls) {
    List<String> members = List.of("127.0.0.1:" + firstPort, "127.0.0.1:" + secondPort);
    ClusterOptions options =
        new ClusterOptions("test", "127.0.0.1", port, bus, members, secret, false, tls);
    NodeFacts facts = new NodeFacts("", List.of("core"), "1", Instant.EPOCH);
    Future<Cluster> opening = Cluster.open(options, facts, new VertxOptions());
    try {
      Cluster cluster = opening.await(20, TimeUnit.SECONDS);
      open.add(cluster);
      return cluster;
    } catch (TimeoutException e) {
      throw new AssertionError("not open in 20 s", e);
    }
  }

  private static ClusterSecret secret(String text) {
    return new ClusterSecret(Optional.of(text), Optional.empty());
  }

  private static Optional<NodeTls> tls(SelfSignedCertificate own, Path authorities) {
    return Optional.of(
        new NodeTls(Path.of(own.certificatePath()), Path.of(own.privateKeyPath()), authorities));
  }

  private Path authorities(SelfSignedCertificate... certificates) throws IOException {
    StringBuilder all = new StringBuilder();
    for (SelfSignedCertificate certificate : certificates) {
      all.append(Files.readString(Path.of(certificate.certificatePath())));
    }
    return Files.writeString(folder.resolve("authorities.pem"), all);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
