package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvVerticle;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.schedule.ScheduleRig;
import io.vertebra.schedule.ScheduleServiceContract;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Schedules on a member of a Raft group, whose store is on disk. */
final class OneMemberScheduleServiceTest extends ScheduleServiceContract {

  private static final Vertx VERTX = Vertx.vertx();
  private static KvVerticle store;

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException, TimeoutException {
    Kernel kernel = kernel(new TestClock());
    Peer self = new Peer(1, "127.0.0.1:" + freePort());
    JsonObject raft =
        new JsonObject()
            .put("folder", folder.resolve("kv").toString())
            .put("port", self.port())
            .put("minFreeBytes", 0);
    RaftEngine engine =
        new RaftEngine(
            RaftOptions.from(Fields.of(raft)),
            self,
            new Group(7, List.of(self)),
            kernel.meters(),
            System::nanoTime);
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    store = new KvVerticle(kernel, options, engine, System::nanoTime);
    String unused = VERTX.deployVerticle(store).await(30, TimeUnit.SECONDS);
  }

  private static Kernel kernel(TestClock clock) {
    return new Kernel(VERTX, "node", clock, new SimpleMeterRegistry(), List.of());
  }

  @AfterAll
  static void closeAll() throws TimeoutException {
    VERTX.close().await(30, TimeUnit.SECONDS);
  }

  @Override
  protected ScheduleRig rig() {
    TestClock clock = new TestClock();
    return new ScheduleRig(
        kernel(clock), clock, store.service(), OPTIONS, clock::advance, this::clear);
  }

  private void clear() {
    KeyRange all = KeyRange.prefix(Bytes.utf8("\0schedule/"));
    await(store.service().txn(Txn.of(new Op.Delete(all, false))));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
