package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store does, with all values in files. */
final class SpillingKvServiceTest extends KvServiceContract {
  private final AtomicLong nanos = new AtomicLong();
  private final Vertx vertx = Vertx.vertx();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private KvVerticle verticle;

  @BeforeEach
  void open(@TempDir Path scratch) {
    Kernel kernel = new Kernel(vertx, "node", new TestClock(), meters, List.of());
    KvOptions options = KvOptions.ofQueues(Fields.of(new JsonObject().put("spillBytes", 1)));
    verticle =
        new KvVerticle(
            kernel,
            options,
            KvGroup.queue(scratch, KeyRange.ALL),
            new InMemoryEngine(),
            nanos::get);
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

  private double meter(String name) {
    return meters.get("vertebra.kv." + name).tag("group", "queue").gauge().value();
  }

  @Test
  void whatWasRemovedIsFreeSoonAfter() {
    Bytes value = Bytes.wrap(new byte[4_096]);
    await(kv().txn(Txn.of(Op.put(Bytes.utf8("a"), value), Op.put(Bytes.utf8("b"), value))));
    assertThat(meter("values.live.bytes")).isEqualTo(2 * 4_100);
    assertThat(meter("data.bytes")).isLessThan(1_000);
    await(kv().delete(Bytes.utf8("a")));
    letTimePass(Duration.ofSeconds(11));
    eventually(
        () -> {
          letTimePass(Duration.ofSeconds(11));
          assertThat(meter("values.live.bytes")).isEqualTo(4_100);
        });
  }

  @Test
  void tellsItsFollowersWhetherItLeads() {
    List<Boolean> told = new ArrayList<>();
    Runnable end = verticle.leadership().follow(told::add);
    await(vertx.undeploy(verticle.deploymentID()));
    assertThat(told).containsExactly(true, false);
    assertThat(verticle.leadership().leads()).isFalse();
    end.run();
  }
}
