package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.idempotency.IdempotencyInterceptor;
import io.vertebra.idempotency.IdempotencyOptions;
import io.vertebra.idempotency.IdempotencyVerticle;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class SessionApiContract {
  private final IdempotencyInterceptor once = new IdempotencyInterceptor();
  final KvNode node = new KvNode(once);

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @BeforeEach
  void deploy() {
    IdempotencyVerticle keeper =
        IdempotencyVerticle.stored(node.kernel, IdempotencyOptions.DEFAULTS, node.kv());
    once.use(keeper.service());
    SessionOptions options = SessionOptions.from(Fields.of(new JsonObject().put("touchMs", 0)));
    String unused =
        await(
            node.vertx.deployVerticle(
                SessionVerticle.stored(node.kernel, options, node.kv(), System::nanoTime)));
  }

  @AfterEach
  void close() {
    node.close();
  }

  JsonObject ask(String action, String request) {
    return await(call(action, new JsonObject(request.replace('\'', '"'))));
  }

  Failure refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  String begin(String more) {
    return "'sessionId': '" + ask("create", "{" + more + "}").getString("sessionId") + "'";
  }

  private static String handle(String id) {
    return new SessionId(id.substring(id.length() - 33, id.length() - 1)).handle();
  }

  @Test
  void beginsShowsAndEnds() {
    JsonObject created =
        ask(
            "create",
            "{'principal': 'ann', 'idleMs': 5000, 'absoluteMs': 60000, 'attributes': {'a': [1]}}");
    String id = created.getString("sessionId");
    assertThat(created)
        .isEqualTo(
            new JsonObject()
                .put("sessionId", id)
                .put("handle", new SessionId(id).handle())
                .put("principal", "ann")
                .put("createdAt", "2030-01-01T00:00:00Z")
                .put("endsAt", "2030-01-01T00:01:00Z")
                .put("idleMs", 5000)
                .put("revision", 1)
                .put("attributes", new JsonObject("{\"a\": [1]}"))
                .put("replayed", false));
    JsonObject shown = ask("get", "{'sessionId': '" + id + "'}");
    assertThat(shown.put("sessionId", id).put("replayed", false)).isEqualTo(created);
    ask("touch", "{'sessionId': '" + id + "'}");
    ask("invalidate", "{'sessionId': '" + id + "'}");
    assertThat(refused("get", "{'sessionId': '" + id + "'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void changesAttributes() {
    String id = begin("'attributes': {'a': 1, 'b/c': 2}");
    JsonObject changed = ask("merge", "{" + id + ", 'attributes': {'d': {'e': null}, 'a': null}}");
    assertThat(changed.getLong("revision")).isEqualTo(2);
    assertThat(ask("remove", "{" + id + ", 'name': 'b/c'}").getLong("revision")).isEqualTo(3);
    assertThat(ask("get", "{" + id + "}").getJsonObject("attributes").encode())
        .isEqualTo("{\"d\":{\"e\":null}}");
    assertThat(refused("merge", "{" + id + ", 'attributes': {'': 1}}"))
        .hasMessageContaining("/attributes must have names of 1 to 100 characters");
    String name = "n".repeat(101);
    assertThat(refused("merge", "{" + id + ", 'attributes': {'" + name + "': 1}}").code())
        .isEqualTo(FailureCode.INVALID);
    assertThat(refused("merge", "{" + id + ", 'colour': 1}").code()).isEqualTo(FailureCode.INVALID);
  }

  @Test
  void rotates() {
    String id = begin("'attributes': {'a': 1}");
    JsonObject rotated = ask("rotate", "{" + id + ", 'principal': 'ann', 'attributes': {'b': 2}}");
    assertThat(rotated.getJsonObject("attributes").encode()).isEqualTo("{\"a\":1,\"b\":2}");
    assertThat(rotated.getString("principal")).isEqualTo("ann");
    assertThat(refused("get", "{" + id + "}").code()).isEqualTo(FailureCode.NOT_FOUND);
    String next = "'sessionId': '" + rotated.getString("sessionId") + "'";
    assertThat(ask("get", "{" + next + "}").getString("handle"))
        .isEqualTo(rotated.getString("handle"));
    String same = next.replace("sessionId", "newSessionId");
    assertThat(refused("rotate", "{" + next + ", " + same + "}"))
        .hasMessageContaining("/newSessionId must be another one");
  }

  @Test
  void administersByHandle() {
    String here = begin("'principal': 'ann', 'attributes': {'a': 1}");
    String there = begin("'principal': 'ann'");
    JsonObject list = ask("list", "{'principal': 'ann'}");
    assertThat(list.getJsonArray("items")).hasSize(2);
    assertThat(list.encode()).doesNotContain(here.substring(14), there.substring(14));
    JsonObject shown = ask("show", "{'handle': '" + handle(here) + "'}");
    assertThat(shown.getInteger("attributes")).isEqualTo(1);
    assertThat(shown.getInteger("bytes")).isEqualTo(7);
    String others =
        "{'principal': 'ann', 'except': '" + handle(here) + "', 'idempotencyKey': 'out'}";
    assertThat(ask("end-all", others).getInteger("ended")).isEqualTo(1);
    String third = begin("'principal': 'ann'");
    assertThat(ask("end-all", others).getBoolean("replayed")).isTrue();
    assertThat(ask("get", "{" + third + "}").getLong("revision")).isEqualTo(1);
    assertThat(refused("get", "{" + there + "}").code()).isEqualTo(FailureCode.NOT_FOUND);
    ask("end", "{'handle': '" + handle(here) + "'}");
    assertThat(refused("show", "{'handle': '" + handle(here) + "'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused("show", "{'handle': 'x'}").code()).isEqualTo(FailureCode.INVALID);
  }

  @Test
  void refusesIdsThatCouldBeGuessedAndDoesNotTellThem() {
    Failure refused = refused("create", "{'sessionId': 'user-17'}");
    assertThat(refused).hasMessageContaining("/sessionId").hasMessageNotContaining("user-17");
    assertThat(refused("get", "{'sessionId': 'user-17'}").code()).isEqualTo(FailureCode.INVALID);
    assertThat(refused("get", "{}")).hasMessageContaining("/sessionId is missing");
    assertThat(refused("create", "{'idempotencyKey': 'k'}"))
        .hasMessageContaining("/idempotencyKey needs an id of the caller's own");
  }

  @Test
  void announcesWhatHappensWithoutTheId() {
    List<JsonObject> heard = new CopyOnWriteArrayList<>();
    node.vertx
        .eventBus()
        .<JsonObject>consumer("vertebra.session.events", message -> heard.add(message.body()));
    String first = begin("'principal': 'ann', 'idleMs': 1000");
    String second = begin("'principal': 'bob'");
    String third = begin("");
    JsonObject rotated = ask("rotate", "{" + second + "}");
    ask("invalidate", "{" + third + "}");
    node.letTimePass(Duration.ofSeconds(1));
    eventually(
        () ->
            assertThat(heard)
                .containsExactlyInAnyOrder(
                    new JsonObject()
                        .put("type", "rotated")
                        .put("handle", rotated.getString("handle"))
                        .put("principal", "bob")
                        .put("previous", handle(second)),
                    new JsonObject().put("type", "invalidated").put("handle", handle(third)),
                    new JsonObject()
                        .put("type", "expired")
                        .put("handle", handle(first))
                        .put("principal", "ann")));
  }
}
