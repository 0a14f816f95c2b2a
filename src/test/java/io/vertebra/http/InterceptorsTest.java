package io.vertebra.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class InterceptorsTest {
  private final Lifecycle lifecycle = new Lifecycle();
  private final AdmissionInterceptor admission = new AdmissionInterceptor(lifecycle, 1);

  private static Call call(Call.Transport transport) {
    Operation<Integer> operation =
        Operation.of(
            "act",
            HttpMethod.POST,
            "/acts",
            "Acts.",
            fields -> fields.build(() -> 1),
            one -> Future.succeededFuture(new JsonObject()));
    return new Call(
        "thing",
        operation,
        new JsonObject(),
        pointer -> false,
        MultiMap.caseInsensitiveMultiMap(),
        transport,
        "");
  }

  private static FailureCode code(Future<JsonObject> failed) {
    return Failure.of(failed.cause()).code();
  }

  @Test
  void measuresFromTheRequestToTheAnswer() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    AtomicLong nanos = new AtomicLong(5);
    MeterInterceptor meter = new MeterInterceptor(meters, nanos::get);
    Promise<JsonObject> answer = Promise.promise();
    Future<JsonObject> asked = meter.intercept(call(Call.Transport.BUS), call -> answer.future());
    nanos.set(1005);
    answer.fail(new Failure(FailureCode.CONFLICT, "held"));
    assertThat(asked.failed()).isTrue();
    Timer timer =
        meters
            .get("vertebra.operation")
            .tags("concern", "thing", "action", "act", "transport", "bus", "code", "conflict")
            .timer();
    assertThat(timer.count()).isEqualTo(1);
    assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(1000);
  }

  @Test
  void boundsWhatIsUnderWayOverTheBus() {
    Promise<JsonObject> answer = Promise.promise();
    Call call = call(Call.Transport.BUS);
    Future<JsonObject> first = admission.intercept(call, each -> answer.future());
    Future<JsonObject> second = admission.intercept(call, each -> answer.future());
    assertThat(code(second)).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(lifecycle.inFlight()).isEqualTo(1);
    answer.complete(new JsonObject());
    assertThat(first.succeeded()).isTrue();
    assertThat(lifecycle.inFlight()).isZero();
    assertThat(admission.intercept(call, each -> answer.future()).succeeded()).isTrue();
  }

  @Test
  void forgetsAnOperationThatThrows() {
    Call call = call(Call.Transport.BUS);
    Future<JsonObject> thrown =
        admission.intercept(
            call,
            each -> {
              throw new IllegalStateException();
            });
    assertThat(thrown.failed()).isTrue();
    assertThat(lifecycle.inFlight()).isZero();
  }

  @Test
  void refusesWhatComesOverTheBusWhileDraining() {
    assertThat(lifecycle.drain().succeeded()).isTrue();
    Future<JsonObject> answered = Future.succeededFuture(new JsonObject());
    assertThat(code(admission.intercept(call(Call.Transport.BUS), each -> answered)))
        .isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(admission.intercept(call(Call.Transport.HTTP), each -> answered)).isSameAs(answered);
  }
}
