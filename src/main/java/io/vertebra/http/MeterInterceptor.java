package io.vertebra.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Measures every operation: {@code vertebra_operation_seconds} by concern, action, transport and
 * code, which is {@code ok} or the code of the failure. All of these are declared, so there are no
 * more timers than operations times transports times codes.
 */
public final class MeterInterceptor implements Interceptor {
  private static final String OK = "ok";

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

  private record Key(String concern, String action, Call.Transport transport, String code) {}

  /**
   * Counts in {@code meters}.
   *
   * @param nanoTime nanoseconds since some moment
   */
  public MeterInterceptor(MeterRegistry meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  @Override
  public Future<JsonObject> intercept(Call call, Function<Call, Future<JsonObject>> next) {
    long start = nanoTime.getAsLong();
    return next.apply(call)
        .onComplete(
            result -> {
              String code = result.succeeded() ? OK : Failure.of(result.cause()).code().label();
              record(call, code, nanoTime.getAsLong() - start);
            });
  }

  private void record(Call call, String code, long nanos) {
    Key key = new Key(call.concern(), call.operation().action(), call.transport(), code);
    timers.computeIfAbsent(key, this::timer).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Key key) {
    return Timer.builder("vertebra.operation")
        .description("Operations, from the request read to the answer known")
        .tag("concern", key.concern())
        .tag("action", key.action())
        .tag("transport", Fields.word(key.transport()))
        .tag("code", key.code())
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10))
        .register(meters);
  }
}
