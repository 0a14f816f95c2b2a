package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvVerticle;
import io.vertebra.queue.ListQueues;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueServiceContract;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.queue.QueueView;
import io.vertebra.testkit.TestClock;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OneMemberQueueServiceTest extends QueueServiceContract {
  private final Vertx vertx = Vertx.vertx();
  private final TestClock clock = new TestClock();
  private QueueVerticle queues;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException, TimeoutException {
    Kernel kernel = new Kernel(vertx, "node", clock, new SimpleMeterRegistry(), List.of());
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
    KvVerticle store = new KvVerticle(kernel, options, engine, System::nanoTime);
    queues =
        QueueVerticle.stored(
            kernel,
            QueueOptions.from(Fields.of(new JsonObject())),
            store.service(),
            store.service(),
            AllowedHosts.of(List.of()),
            1,
            System::nanoTime);
    vertx
        .deployVerticle(store)
        .compose(opened -> vertx.deployVerticle(queues))
        .await(30, TimeUnit.SECONDS);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void clear() {
    for (QueueView view : await(queues.service().list(ListQueues.all())).items()) {
      await(queues.service().delete(view.name()));
    }
  }

  @AfterAll
  void close() throws TimeoutException {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Override
  protected QueueService queues() {
    return queues.service();
  }

  @Override
  protected void letTimePass(Duration time) {
    clock.advance(time);
  }
}
