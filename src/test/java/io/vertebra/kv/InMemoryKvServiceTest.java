package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

final class InMemoryKvServiceTest extends KvServiceContract {
  private final AtomicLong nanos = new AtomicLong();
  private final Vertx vertx = Vertx.vertx();
  private KvVerticle verticle;

  @BeforeEach
  void open() {
    Kernel kernel =
        new Kernel(vertx, "node", new TestClock(), new SimpleMeterRegistry(), List.of());
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    verticle = new KvVerticle(kernel, options, new InMemoryEngine(), nanos::get);
    await(vertx.deployVerticle(verticle));
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Override
  protected KvService kv() {
    return verticle.service();
  }

  @Override
  protected void letTimePass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
