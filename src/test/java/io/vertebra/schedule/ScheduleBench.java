package io.vertebra.schedule;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How late a node fires: so many schedules, spread evenly over so many seconds, on a store in
 * memory and with targets that answer at once. Prints how many fired in time and how late they
 * were. What a log on disk and real targets add is not in it.
 */
public final class ScheduleBench {
  private static final int WRITES_AT_ONCE = 500;

  /** Not counted, as what runs on a JVM is compiled first. */
  private static final int WARM_SECONDS = 20;

  private ScheduleBench() {}

  /** Takes the number of schedules, the seconds over which they fire, and the seconds to count. */
  public static void main(String... arguments) throws InterruptedException {
    int schedules = Integer.parseInt(arguments[0]);
    int period = Integer.parseInt(arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    Vertx vertx = Vertx.vertx();
    Clock clock = Clock.systemUTC();
    Kernel kernel = new Kernel(vertx, "bench", clock, new SimpleMeterRegistry(), List.of());
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle kv = new KvVerticle(kernel, options, new InMemoryEngine(), System::nanoTime);
    List<Long> delays = Collections.synchronizedList(new ArrayList<>());
    CallService calls = invocation -> called(invocation, clock, delays);
    ScheduleVerticle verticle =
        ScheduleVerticle.calling(kernel, ScheduleOptions.DEFAULTS, kv.service(), calls);
    vertx.deployVerticle(kv).compose(id -> vertx.deployVerticle(verticle)).await();
    write(verticle.service(), schedules, period, clock.instant().plusSeconds(60));
    pass(WARM_SECONDS);
    delays.clear();
    pass(seconds);
    report(new ArrayList<>(delays), seconds);
    vertx.close().await();
  }

  private static void pass(int seconds) throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
  }

  private static CallService.OpenCall called(
      Invocation invocation, Clock clock, List<Long> delays) {
    Instant due = Due.fireAt(invocation.job(), invocation.run().nominal());
    delays.add(Duration.between(due, clock.instant()).toNanos() / 1_000);
    return new CallService.OpenCall() {
      @Override
      public Future<Void> result() {
        return Future.succeededFuture();
      }

      @Override
      public void abort() {}
    };
  }

  private static void write(ScheduleService service, int schedules, int period, Instant first) {
    List<Future<?>> writes = new ArrayList<>();
    for (int i = 0; i < schedules; i++) {
      Instant anchor = first.minusSeconds(3_600L * 24).plusMillis(period * 1_000L * i / schedules);
      JsonObject json =
          new JsonObject()
              .put(
                  "timetable",
                  new JsonObject().put("everyMs", period * 1_000L).put("anchor", anchor.toString()))
              .put("target", new JsonObject().put("bus", new JsonObject().put("address", "a")));
      Definition definition = Definition.from(Fields.of(json), first);
      writes.add(service.put(WriteSchedule.of("s" + i, definition)));
      if (writes.size() == WRITES_AT_ONCE || i == schedules - 1) {
        Future.all(writes).await();
        writes.clear();
      }
    }
  }

  private static void report(List<Long> delays, int seconds) {
    Collections.sort(delays);
    if (delays.isEmpty()) {
      System.out.println("nothing fired");
      return;
    }
    System.out.printf(
        "firings/s %d, delay ms p50 %.1f p99 %.1f p99.9 %.1f max %.1f%n",
        delays.size() / seconds,
        at(delays, 0.5),
        at(delays, 0.99),
        at(delays, 0.999),
        at(delays, 1));
  }

  private static double at(List<Long> sorted, double share) {
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(index) / 1_000.0;
  }
}
