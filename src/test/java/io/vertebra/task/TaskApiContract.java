package io.vertebra.task;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class TaskApiContract {
  final TaskRig rig = new TaskRig("{}");

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @AfterEach
  void close() {
    rig.close();
  }

  private JsonObject ask(String action, String request) {
    return await(call(action, TaskRig.json(request)));
  }

  private Failure refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  private JsonObject claim() {
    String request = "{'worker': 'ann', 'types': ['mail'], 'leaseMs': 10000, 'waitMs': 4000}";
    return ask("claim", request).getJsonArray("tasks").getJsonObject(0);
  }

  private static String held(JsonObject claimed, String rest) {
    return "{'id': '%s', 'receipt': '%s'%s}"
        .formatted(claimed.getString("id"), claimed.getString("receipt"), rest);
  }

  @Test
  void submitsClaimsRenewsAndCompletes() {
    JsonObject submitted =
        ask(
            "submit",
            "{'type': 'mail', 'id': 'm@1#2', 'payload': {'to': 'bob'}, 'headers': {'Shop': 'web'}, 'priority': 9}");
    assertThat(submitted.getBoolean("duplicate")).isFalse();
    assertThat(submitted.getString("state")).isEqualTo("queued");
    JsonObject claimed = claim();
    assertThat(claimed.getJsonObject("payload")).isEqualTo(new JsonObject().put("to", "bob"));
    assertThat(claimed.getJsonObject("headers")).isEqualTo(new JsonObject().put("Shop", "web"));
    assertThat(claimed.getString("worker")).isEqualTo("ann");
    JsonObject renewed = ask("heartbeat", held(claimed, ", 'progress': 'half'"));
    assertThat(renewed.getBoolean("cancelRequested")).isFalse();
    JsonObject shown = ask("get", "{'id': 'm@1#2'}");
    assertThat(shown.getString("progress")).isEqualTo("half");
    assertThat(shown.encode()).as("receipts are for their workers").doesNotContain("receipt");
    JsonObject done = ask("complete", held(claimed, ", 'result': {'sent': true}"));
    assertThat(done.getString("state")).isEqualTo("succeeded");
    assertThat(ask("get", "{'id': 'm@1#2'}").getJsonObject("result").getBoolean("sent")).isTrue();
    assertThat(ask("complete", held(claimed, ""))).isEqualTo(done);
    assertThat(refused("fail", held(claimed, "")).code()).isEqualTo(FailureCode.FENCED);
  }

  @Test
  void failsCancelsAndLists() {
    JsonObject unused = ask("submit", "{'type': 'mail', 'id': 'a'}");
    JsonObject failed = ask("fail", held(claim(), ", 'reason': 'no bob', 'final': true"));
    assertThat(failed.getString("state")).isEqualTo("failed");
    assertThat(failed.getString("reason")).isEqualTo("no bob");
    JsonObject alsoUnused = ask("submit", "{'type': 'mail', 'id': 'b'}");
    assertThat(ask("cancel", "{'id': 'b'}").getString("state")).isEqualTo("cancelled");
    assertThat(ask("list", "{'state': 'failed'}").getJsonArray("items")).hasSize(1);
    assertThat(ask("list", "{'type': 'mail', 'limit': 1}").getString("cursor")).isEqualTo("a");
  }

  @Test
  void saysAllThatIsWrong() {
    Failure failure =
        refused("submit", "{'type': 'a b', 'id': '/', 'maxAttempts': 0, 'priority': 10}");
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure.getMessage()).contains("/type", "/id", "/maxAttempts", "/priority");
    assertThat(refused("claim", "{'worker': 'ann', 'types': []}").getMessage()).contains("/types");
    String long64 = "x".repeat(66_000);
    assertThat(refused("submit", "{'type': 'a', 'payload': {'x': '" + long64 + "'}}").getMessage())
        .contains("/payload", "65536");
    assertThat(refused("submit", "{'type': 'a', 'headers': {'task-id': 'b'}}").getMessage())
        .contains("/headers must have names");
  }
}
