package io.vertebra.route;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Call;
import io.vertebra.api.Door;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Operation;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every transport must do. A transport's test says how to open its door and call through. */
@ExtendWith(VertxExtension.class)
abstract class RouteApiContract {
  static final String NODE = "n1";

  private final TestClock clock = new TestClock();
  private Map<String, Operation<?>> operations;
  private long start;

  abstract Door open(Vertx vertx, Function<Call, Future<JsonObject>> chain);

  abstract Future<JsonObject> call(Operation<?> operation, JsonObject request);

  @BeforeEach
  void deploy(Vertx vertx) {
    start = clock.millis();
    Door door = open(vertx, Interceptor.chain(List.of()));
    Kernel kernel = new Kernel(vertx, NODE, clock, new SimpleMeterRegistry(), List.of(door));
    RouteOptions options =
        new RouteOptions(
            Map.of("a", Definitions.route("a")), Map.of("web", Definitions.upstream("web")));
    RouteVerticle verticle = RouteVerticle.inMemory(kernel, options);
    await(vertx.deployVerticle(verticle));
    operations =
        RouteApi.of(verticle.service()).operations().stream()
            .collect(Collectors.toMap(Operation::action, o -> o));
  }

  @Test
  void showsWhatTheNodeBeganWith() {
    JsonObject route = ask("get-route", named("a"));
    assertThat(route.getString("name")).isEqualTo("a");
    assertThat(route.getLong("revision")).isEqualTo(start);
    assertThat(route.getJsonObject("value")).isEqualTo(Definitions.route("a").toJson());
    assertThat(ask("get-upstream", named("web")).getJsonObject("value"))
        .isEqualTo(Definitions.upstream("web").toJson());
  }

  @Test
  void writesARouteAndAnswersItsRevision() {
    JsonObject written =
        ask("put-route", named("b").put("upstream", "web").put("priority", 4).put("ifRevision", 0));
    assertThat(written.getLong("revision")).isEqualTo(start + 1);
    assertThat(written.getJsonObject("value").getInteger("priority")).isEqualTo(4);
    assertThat(ask("get-route", named("b"))).isEqualTo(written);
  }

  @Test
  void takesTheValueOfAnAnswerAsAWrite() {
    JsonObject read = ask("get-route", named("a"));
    JsonObject write = read.getJsonObject("value").put("ifRevision", read.getLong("revision"));
    assertThat(ask("put-route", write).getLong("revision")).isEqualTo(start + 1);
  }

  @Test
  void refusesAWriteThatExpectsAnotherRevision() {
    JsonObject stale = named("a").put("upstream", "web").put("ifRevision", start - 1);
    assertThat(refused("put-route", stale).code()).isEqualTo(FailureCode.STALE);
    assertThat(refused("put-route", stale.put("ifRevision", 0)).code())
        .isEqualTo(FailureCode.STALE);
    assertThat(refused("delete-route", named("a").put("ifRevision", 0)).code())
        .isEqualTo(FailureCode.STALE);
  }

  @Test
  void refusesARouteToNowhere() {
    Failure failure = refused("put-route", named("b").put("upstream", "nowhere"));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure).hasMessageContaining("/upstream must name an upstream that exists");
  }

  @Test
  void tellsEverythingWrongWithARequest() {
    JsonObject request =
        named("b").put("ifRevision", -1).put("priority", "x").put("more", 1).putNull("upstream");
    Failure failure = refused("put-route", request);
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure).hasMessageContainingAll("/ifRevision", "/priority", "/more", "/upstream");
  }

  @Test
  void removesARouteAndThenItsUpstream() {
    assertThat(refused("delete-upstream", named("web")).code()).isEqualTo(FailureCode.CONFLICT);
    JsonObject removed = ask("delete-route", named("a").put("ifRevision", start));
    assertThat(removed).isEqualTo(named("a").put("revision", start + 1));
    assertThat(refused("get-route", named("a")).code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(ask("delete-upstream", named("web")).getLong("revision")).isEqualTo(start + 2);
    assertThat(refused("get-upstream", named("web")).code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void writesAnUpstream() {
    JsonObject request = Definitions.upstream("api").toJson().put("ifRevision", 0);
    assertThat(ask("put-upstream", request).getLong("revision")).isEqualTo(start + 1);
    assertThat(ask("get-upstream", named("api")).getJsonObject("value"))
        .isEqualTo(Definitions.upstream("api").toJson());
  }

  @Test
  void setsTheStateOfAnEndpoint() {
    JsonObject request = named("web").put("id", "127.0.0.1:9001").put("state", "draining");
    JsonObject answer = ask("set-endpoint-state", request.put("ifRevision", start));
    assertThat(answer.getLong("revision")).isEqualTo(start + 1);
    JsonObject endpoint = answer.getJsonObject("value").getJsonArray("endpoints").getJsonObject(1);
    assertThat(endpoint.getString("state")).isEqualTo("draining");
    assertThat(refused("set-endpoint-state", request.put("ifRevision", start)).code())
        .isEqualTo(FailureCode.STALE);
    assertThat(refused("set-endpoint-state", request.put("state", "gone")))
        .hasMessageContaining("/state must be one of up, draining, down");
  }

  @Test
  void listsRoutesPageByPage() {
    List.of("c", "b").forEach(name -> ask("put-route", named(name).put("upstream", "web")));
    JsonObject first = ask("list-routes", new JsonObject().put("limit", 2));
    assertThat(names(first)).containsExactly("a", "b");
    assertThat(first.getLong("revision")).isEqualTo(start + 2);
    JsonObject request = new JsonObject().put("limit", 2).put("cursor", first.getString("cursor"));
    JsonObject second = ask("list-routes", request);
    assertThat(names(second)).containsExactly("c");
    assertThat(second.containsKey("cursor")).isFalse();
    assertThat(names(ask("list-upstreams", new JsonObject()))).containsExactly("web");
  }

  @Test
  void refusesACursorThatIsNoneAndALimitOutOfRange() {
    Failure failure =
        refused("list-routes", new JsonObject().put("cursor", "!").put("limit", 1001));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure).hasMessageContainingAll("/cursor", "/limit");
  }

  private JsonObject ask(String action, JsonObject request) {
    return await(call(operations.get(action), request.copy()));
  }

  private Failure refused(String action, JsonObject request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  private static JsonObject named(String name) {
    return new JsonObject().put("name", name);
  }

  private static List<String> names(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("name"))
        .toList();
  }
}
