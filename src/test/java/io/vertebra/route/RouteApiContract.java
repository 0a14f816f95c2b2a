package io.vertebra.route;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.idempotency.IdempotencyInterceptor;
import io.vertebra.idempotency.IdempotencyOptions;
import io.vertebra.idempotency.IdempotencyVerticle;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class RouteApiContract {
  private final IdempotencyInterceptor once = new IdempotencyInterceptor();
  final KvNode node = new KvNode(once);
  private final long start = node.clock.millis();

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @BeforeEach
  void deploy() {
    RouteOptions options =
        new RouteOptions(
            Map.of("a", Definitions.route("a")), Map.of("web", Definitions.upstream("web")));
    IdempotencyVerticle keeper =
        IdempotencyVerticle.stored(node.kernel, IdempotencyOptions.DEFAULTS, node.kv());
    once.use(keeper.service());
    await(node.vertx.deployVerticle(keeper));
    await(node.vertx.deployVerticle(RouteVerticle.inMemory(node.kernel, options)));
  }

  @AfterEach
  void close() {
    node.close();
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
  void refusesEveryWriteOfAnOvertakenHolder() {
    JsonObject route = named("b").put("upstream", "web");
    long revision = ask("put-route", route.put("fence", "~jobs@9")).getLong("revision");
    route.put("fence", "~jobs@8");
    JsonObject late = named("b").put("fence", "~jobs@8");
    JsonObject upstream = Definitions.upstream("api").toJson().put("fence", "~jobs@8");
    JsonObject drain =
        named("web").put("id", "127.0.0.1:9001").put("state", "draining").put("fence", "~jobs@8");
    assertThat(refused("put-route", route).code()).isEqualTo(FailureCode.FENCED);
    assertThat(refused("delete-route", late).code()).isEqualTo(FailureCode.FENCED);
    assertThat(refused("put-upstream", upstream).code()).isEqualTo(FailureCode.FENCED);
    assertThat(refused("delete-upstream", late).code()).isEqualTo(FailureCode.FENCED);
    assertThat(refused("set-endpoint-state", drain).code()).isEqualTo(FailureCode.FENCED);
    assertThat(refused("put-route", route.put("fence", "jobs"))).hasMessageContaining("/fence");
    assertThat(ask("list-routes", new JsonObject()).getLong("revision")).isEqualTo(revision);
  }

  @Test
  void writesOnceForEachIdempotencyKeyUnderAFenceToo() {
    JsonObject route =
        named("b")
            .put("upstream", "web")
            .put("ifRevision", 0)
            .put("fence", "~jobs@9")
            .put("idempotencyKey", "k");
    JsonObject written = ask("put-route", route);
    assertThat(ask("put-route", route)).isEqualTo(written.copy().put("replayed", true));
    assertThat(refused("put-route", route.copy().put("priority", 1)).code())
        .isEqualTo(FailureCode.MISMATCH);
    assertThat(ask("get-route", named("b"))).isEqualTo(written);
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
    return await(call(action, request));
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
