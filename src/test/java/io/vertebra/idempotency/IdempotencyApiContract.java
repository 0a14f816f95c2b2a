package io.vertebra.idempotency;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class IdempotencyApiContract {
  private static final String WORK = "'scope': 'orders', 'key': 'a/17'";

  final KvNode node = new KvNode();

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @BeforeEach
  void deploy() {
    IdempotencyOptions options = new IdempotencyOptions(100, 1 << 20);
    String unused =
        await(
            node.vertx.deployVerticle(IdempotencyVerticle.stored(node.kernel, options, node.kv())));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private JsonObject ask(String action, String more) {
    return await(call(action, new JsonObject(("{" + WORK + more + "}").replace('\'', '"'))));
  }

  private Failure refused(String action, String more) {
    return Failure.of(catchThrowable(() -> ask(action, more)));
  }

  private String begin() {
    return ", 'token': '" + ask("begin", ", 'fingerprint': 'f'").getString("token") + "'";
  }

  @Test
  void beginsExtendsAndCompletes() {
    JsonObject begun = ask("begin", ", 'fingerprint': 'f', 'owner': 'ann', 'leaseMs': 5000");
    assertThat(begun.getString("state")).isEqualTo("started");
    assertThat(begun.getLong("expiresInMs")).isEqualTo(5000);
    String token = ", 'token': '" + begun.getString("token") + "'";
    JsonObject second = ask("begin", ", 'fingerprint': 'f'");
    assertThat(second.getString("state")).isEqualTo("in-progress");
    assertThat(second.getString("owner")).isEqualTo("ann");
    assertThat(second.containsKey("token")).isFalse();
    assertThat(ask("extend", token).getLong("expiresInMs")).isEqualTo(5000);
    String answer = ", 'status': 201, 'headers': {'location': '/17'}, 'body': 'aGk='";
    JsonObject unused = ask("complete", token + answer);
    JsonObject status = ask("status", "");
    assertThat(status.getString("state")).isEqualTo("completed");
    assertThat(status.getInteger("status")).isEqualTo(201);
    assertThat(status.getJsonObject("headers").getString("location")).isEqualTo("/17");
    assertThat(status.getString("body")).isEqualTo("aGk=");
    assertThat(status.getLong("expiresInMs")).isEqualTo(86_400_000);
    assertThat(refused("begin", ", 'fingerprint': 'g'").code()).isEqualTo(FailureCode.MISMATCH);
  }

  @Test
  void givesUp() {
    String token = begin();
    assertThat(ask("abort", token).getBoolean("aborted")).isTrue();
    assertThat(refused("status", "").code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused("complete", token).code()).isEqualTo(FailureCode.FENCED);
  }

  @Test
  void tellsWhatIsWrong() {
    String token = begin();
    assertThat(refused("complete", "")).hasMessageContaining("/token is missing");
    assertThat(refused("abort", ", 'token': '0'"))
        .hasMessageContaining("/token must be at least 1");
    assertThat(refused("complete", token + ", 'status': 99")).hasMessageContaining("/status");
    assertThat(refused("begin", ", 'leaseMs': 999")).hasMessageContaining("/leaseMs");
    String tooLong = "QUFB".repeat(34);
    assertThat(refused("complete", token + ", 'body': '" + tooLong + "'").code())
        .isEqualTo(FailureCode.TOO_LARGE);
  }
}
