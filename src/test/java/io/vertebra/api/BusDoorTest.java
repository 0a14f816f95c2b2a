package io.vertebra.api;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
final class BusDoorTest {
  private Vertx vertx;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
    await(new BusDoor(vertx, "n1", Interceptor.chain(List.of())).open(things(Api.Scope.CLUSTER)));
  }

  private static Api things(Api.Scope scope) {
    return new Api(
        "thing",
        scope,
        List.of(
            Operation.of(
                "double",
                HttpMethod.POST,
                "/doubles",
                "Doubles.",
                fields -> {
                  int size = fields.integer("size", 1, 9).required();
                  return fields.build(() -> size);
                },
                size -> Future.succeededFuture(new JsonObject().put("size", size * 2))),
            Operation.of(
                "break",
                HttpMethod.POST,
                "/breaks",
                "Breaks.",
                fields -> fields.build(() -> 1),
                one -> {
                  throw new IllegalStateException("secret");
                })));
  }

  private Message<JsonObject> ask(String address, Object body, String... headers) {
    DeliveryOptions options = new DeliveryOptions();
    for (int i = 0; i < headers.length; i += 2) {
      options.addHeader(headers[i], headers[i + 1]);
    }
    return await(vertx.eventBus().request(address, body, options));
  }

  private Failure failure(String address, Object body, String... headers) {
    Throwable cause = catchThrowable(() -> ask(address, body, headers));
    assertThat(cause).isNotNull();
    return Failure.of(cause);
  }

  @Test
  void answersAtTheConcernsAddressAndAtThatOfTheNode() {
    JsonObject four = new JsonObject().put("size", 4);
    JsonObject two = new JsonObject().put("size", 2);
    assertThat(ask("vertebra.thing", two, "action", "double").body()).isEqualTo(four);
    assertThat(ask("vertebra.thing.n1", two, "action", "double").body()).isEqualTo(four);
    assertThat(failure("vertebra.thing.n2", two, "action", "double").code())
        .isEqualTo(FailureCode.UNAVAILABLE);
  }

  @Test
  void refusesAMessageThatNamesNoActionOfTheConcern() {
    JsonObject body = new JsonObject();
    assertThat(failure("vertebra.thing", body).code()).isEqualTo(FailureCode.NOT_FOUND);
    Failure unknown = failure("vertebra.thing", body, "action", "triple");
    assertThat(unknown.code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(unknown).hasMessage("thing has no action triple");
  }

  @Test
  void refusesABodyThatIsNoObject() {
    Failure failure = failure("vertebra.thing", "two", "action", "double");
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure).hasMessageContaining("must be a JSON object");
  }

  @Test
  void readsTextAsANumberOnlyWhereToldThatItIsText() {
    JsonObject two = new JsonObject().put("size", "2");
    assertThat(failure("vertebra.thing", two, "action", "double").code())
        .isEqualTo(FailureCode.INVALID);
    assertThat(ask("vertebra.thing", two, "action", "double", "textual", "/a,/size").body())
        .isEqualTo(new JsonObject().put("size", 4));
  }

  @Test
  void keepsTheReasonOfAFaultToItself() {
    Failure failure = failure("vertebra.thing", new JsonObject(), "action", "break");
    assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
    assertThat(failure.getMessage()).doesNotContain("secret");
  }

  @Test
  void answersInTheTraceOfTheCaller() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    JsonObject two = new JsonObject().put("size", 2);
    Message<JsonObject> answer =
        ask("vertebra.thing", two, "action", "double", "traceparent", parent);
    assertThat(answer.headers().get("traceparent")).contains("0af7651916cd43dd8448eb211c80319c");
  }
}
