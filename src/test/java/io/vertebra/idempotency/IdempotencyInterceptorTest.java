package io.vertebra.idempotency;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class IdempotencyInterceptorTest {
  private final IdempotencyInterceptor interceptor = new IdempotencyInterceptor();
  private final KvNode node = new KvNode(interceptor);
  private final AtomicInteger runs = new AtomicInteger();
  private volatile Supplier<Future<JsonObject>> work =
      () -> Future.succeededFuture(new JsonObject().put("run", runs.incrementAndGet()));

  @BeforeEach
  void open() {
    IdempotencyVerticle verticle =
        IdempotencyVerticle.stored(node.kernel, IdempotencyOptions.DEFAULTS, node.kv());
    interceptor.use(verticle.service());
    String unused = await(node.vertx.deployVerticle(verticle));
    Operation<?> paint =
        Operation.of(
            "paint",
            HttpMethod.PUT,
            "/api/v1/walls/:name",
            "Paints a wall.",
            IdempotencyInterceptorTest::name,
            name -> work.get());
    await(node.kernel.offer(new Api("wall", Api.Scope.CLUSTER, List.of(paint))));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static String name(Fields fields) {
    String name = fields.text("name", 1, 10).required();
    return fields.build(() -> name);
  }

  private Future<JsonObject> paint(String name, String key) {
    return node.callByHttp(
        "wall.paint", new JsonObject().put("name", name).put("idempotencyKey", key));
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  @Test
  void givesTheFirstAnswerAgain() {
    assertThat(await(paint("a", "k"))).isEqualTo(new JsonObject().put("run", 1));
    assertThat(await(paint("a", "k")))
        .isEqualTo(new JsonObject().put("run", 1).put("replayed", true));
    assertThat(await(paint("a", "other")).getInteger("run")).isEqualTo(2);
  }

  @Test
  void refusesTheKeyOfAnotherRequest() {
    await(paint("a", "k"));
    assertThat(refused(paint("b", "k"))).isEqualTo(FailureCode.MISMATCH);
    assertThat(runs).hasValue(1);
  }

  @Test
  void refusesASecondRequestWhileTheFirstIsUnderWay() {
    Promise<JsonObject> slow = Promise.promise();
    Promise<Void> begun = Promise.promise();
    work =
        () -> {
          boolean unused = begun.tryComplete();
          return slow.future();
        };
    Future<JsonObject> first = paint("a", "k");
    await(begun.future());
    assertThat(refused(paint("a", "k"))).isEqualTo(FailureCode.CONFLICT);
    slow.complete(new JsonObject().put("run", 7));
    assertThat(await(first).getInteger("run")).isEqualTo(7);
    assertThat(await(paint("a", "k")).getBoolean("replayed")).isTrue();
  }

  @Test
  void runsAgainAfterARefusal() {
    Supplier<Future<JsonObject>> well = work;
    work = () -> Failure.future(FailureCode.LIMITED, "no paint");
    assertThat(refused(paint("a", "k"))).isEqualTo(FailureCode.LIMITED);
    work = well;
    assertThat(await(paint("a", "k")).getInteger("run")).isEqualTo(1);
  }

  @Test
  void keepsTheKeyWhenNobodyKnowsWhatWasDone() {
    work = () -> Failure.future(FailureCode.TIMEOUT, "who knows");
    assertThat(refused(paint("a", "k"))).isEqualTo(FailureCode.TIMEOUT);
    assertThat(refused(paint("a", "k"))).isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void leavesKeysToOperationsThatTakeThem() {
    JsonObject put = new JsonObject().put("key", "a").put("text", "1").put("idempotencyKey", "k");
    await(node.callByHttp("kv.put", put));
    await(node.callByHttp("kv.put", put));
    Subject subject = new Subject("api/kv", "k");
    Throwable none =
        catchThrowable(() -> await(new BusIdempotencyService(node.vertx).status(subject)));
    assertThat(Failure.of(none).code()).isEqualTo(FailureCode.NOT_FOUND);
  }
}
