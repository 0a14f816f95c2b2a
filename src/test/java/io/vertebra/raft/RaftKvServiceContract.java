package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvServiceContract;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every store does, on a log on disk; the same members for all tests. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RaftKvServiceContract extends KvServiceContract {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong ahead = new AtomicLong();
  private final List<KvVerticle> members = new ArrayList<>();
  private final List<RaftEngine> engines = new ArrayList<>();
  private final int size;
  private int turn;

  RaftKvServiceContract(int size) {
    this.size = size;
  }

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int id = 1; id <= size; id++) {
      peers.add(new Peer(id, "127.0.0.1:" + freePort()));
    }
    List<Future<String>> opened = new ArrayList<>();
    for (Peer peer : peers) {
      MeterRegistry meters = new SimpleMeterRegistry();
      Kernel kernel = new Kernel(vertx, "node" + peer.id(), new TestClock(), meters, List.of());
      RaftEngine engine =
          new RaftEngine(
              options(folder, peer), peer, new Group(7, peers), meters, System::nanoTime);
      KvOptions kv = KvOptions.from(Fields.of(new JsonObject()));
      KvVerticle member = new KvVerticle(kernel, kv, engine, () -> System.nanoTime() + ahead.get());
      members.add(member);
      engines.add(engine);
      opened.add(vertx.deployVerticle(member));
    }
    Future.all(opened).await(30, TimeUnit.SECONDS);
  }

  @BeforeEach
  void takeTurns() {
    turn++;
    clear(kv());
  }

  @AfterAll
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  /** Has another member lead. */
  void handTheLeadOver() {
    long next = kv().status().leaderId() % size + 1;
    Trio.await(engines.get(0).transferLead(next, Trio.DEADLINE));
    eventually(() -> assertThat(kv().status().leaderId()).isEqualTo(next));
  }

  /** Of another member for each test. */
  @Override
  protected KvService kv() {
    return members.get(turn % size).service();
  }

  /** The clocks that time leases go on together; those of the engines are left alone. */
  @Override
  protected void letTimePass(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  private static RaftOptions options(Path folder, Peer peer) {
    JsonObject json =
        new JsonObject()
            .put("folder", folder.resolve("member" + peer.id()).toString())
            .put("port", peer.port())
            .put("minFreeBytes", 0);
    return RaftOptions.from(Fields.of(json));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
