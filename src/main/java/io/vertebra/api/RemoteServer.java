package io.vertebra.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server outside of the cluster that concerns keep their state in: counts the calls, and sees
 * each second whether it answers. Counts as {@code vertebra_NAME_call_seconds}, {@code
 * vertebra_NAME_errors_total} and {@code vertebra_NAME_connected}.
 */
public final class RemoteServer {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteServer.class);
  private static final long PROBE_EVERY_MS = 1_000;

  private final Vertx vertx;
  private final String name;
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicBoolean probing = new AtomicBoolean();
  private final Timer calls;
  private final Map<FailureCode, Counter> errors = new EnumMap<>(FailureCode.class);
  private long timer;

  /**
   * @param name in the metrics and the log
   */
  public RemoteServer(Kernel kernel, String name) {
    this.vertx = kernel.vertx();
    this.name = name;
    MeterRegistry meters = kernel.meters();
    this.calls =
        Timer.builder("vertebra." + name + ".call")
            .description("Calls of the server")
            .register(meters);
    for (FailureCode code :
        List.of(FailureCode.UNAVAILABLE, FailureCode.TIMEOUT, FailureCode.INTERNAL)) {
      errors.put(
          code,
          Counter.builder("vertebra." + name + ".errors")
              .tag("code", code.label())
              .register(meters));
    }
    Gauge.builder("vertebra." + name + ".connected", connected, AtomicInteger::get)
        .register(meters);
  }

  /** Counts a call that took so long, however it ended. */
  public void ended(long nanos) {
    calls.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Counts a call that failed, if by reason of the server. */
  public void failed(Throwable cause) {
    Counter counter = errors.get(Failure.of(cause).code());
    if (counter != null) {
      counter.increment();
    }
  }

  /** Asks at once and each second whether it answers. One that does not is no failure. */
  public void watch(Supplier<? extends Future<?>> ping) {
    timer = vertx.setPeriodic(0, PROBE_EVERY_MS, due -> probe(ping));
  }

  /** Asks no more. */
  public void unwatch() {
    boolean unused = vertx.cancelTimer(timer);
  }

  private void probe(Supplier<? extends Future<?>> ping) {
    if (probing.compareAndSet(false, true)) {
      ping.get()
          .onComplete(ended -> probing.set(false))
          .onSuccess(
              answered -> {
                if (connected.getAndSet(1) == 0) {
                  LOG.info("{}.server answers", name);
                }
              })
          .onFailure(
              cause -> {
                if (connected.getAndSet(0) == 1) {
                  LOG.warn("{}.server lost cause={}", name, cause.getMessage());
                }
              });
    }
  }

  /**
   * The secret of a file if one is named, else the one given.
   *
   * @throws Failure {@code INVALID} at {@code pointer} if the file cannot be read
   */
  public static String secret(Optional<Path> file, String given, String pointer) {
    if (file.isEmpty()) {
      return given;
    }
    try {
      return Files.readString(file.get()).strip();
    } catch (IOException e) {
      throw Failure.invalid(pointer, "cannot be read: " + e.getMessage());
    }
  }
}
