package io.vertebra.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TxnPathTest {
  private final ConsulRig rig = new ConsulRig();
  private final ConsulHttp http = rig.http();

  @AfterEach
  void close() {
    rig.close();
  }

  private static String operation(String verb, String key, String... more) {
    JsonObject kv = new JsonObject().put("Verb", verb).put("Key", key);
    for (int i = 0; i < more.length; i += 2) {
      kv.put(more[i], more[i + 1]);
    }
    return new JsonObject().put("KV", kv).encode();
  }

  private ConsulHttp.Answer txn(String... operations) {
    return http.put("/v1/txn", "[" + String.join(",", operations) + "]");
  }

  private static JsonObject result(ConsulHttp.Answer answer, int number) {
    return answer.object().getJsonArray("Results").getJsonObject(number).getJsonObject("KV");
  }

  private static String what(ConsulHttp.Answer answer) {
    assertThat(answer.status()).isEqualTo(409);
    return answer.object().getJsonArray("Errors").getJsonObject(0).getString("What");
  }

  @Test
  void doesAllAtOneIndexAndEachOnWhatThoseBeforeLeft() {
    http.put("/v1/kv/old/1", "x");
    ConsulHttp.Answer done =
        txn(
            operation("set", "a", "Value", "MQ=="),
            operation("get", "a"),
            operation("delete-tree", "old/"),
            operation("check-not-exists", "old/1"),
            operation("set", "b/1", "Value", "Mg=="),
            operation("get-tree", "b/"));
    assertThat(done.status()).isEqualTo(200);
    assertThat(result(done, 0).getValue("Value")).isNull();
    assertThat(result(done, 1).getString("Value")).isEqualTo("MQ==");
    assertThat(result(done, 3).getString("Value")).isEqualTo("Mg==");
    long index = http.get("/v1/kv/a").index();
    assertThat(result(done, 1).getLong("ModifyIndex")).isEqualTo(index);
    assertThat(http.get("/v1/kv/b/1").index()).isEqualTo(index);
    assertThat(http.get("/v1/kv/old/1").status()).isEqualTo(404);
    assertThat(http.get("/v1/kv/old/1").index()).isEqualTo(index);
  }

  @Test
  void doesNothingIfSomethingCannotBeDone() {
    http.put("/v1/kv/a", "1");
    ConsulHttp.Answer refused =
        txn(
            operation("set", "b", "Value", "MQ=="),
            operation("cas", "a", "Index", "1"),
            operation("get", "none"));
    assertThat(what(refused)).isEqualTo("failed to set key \"a\", index is stale");
    JsonArray errors = refused.object().getJsonArray("Errors");
    assertThat(errors.getJsonObject(0).getInteger("OpIndex")).isEqualTo(1);
    assertThat(errors.getJsonObject(1).getString("What")).isEqualTo("key \"none\" doesn't exist");
    assertThat(http.get("/v1/kv/b").status()).isEqualTo(404);
  }

  @Test
  void comparesIndexesAndSessions() {
    String session = http.session(new JsonObject());
    String other = http.session(new JsonObject());
    assertThat(txn(operation("lock", "l", "Session", session)).status()).isEqualTo(200);
    assertThat(what(txn(operation("lock", "l", "Session", other)))).contains("already held");
    assertThat(what(txn(operation("unlock", "l", "Session", other)))).contains("another session");
    assertThat(what(txn(operation("lock", "m", "Session", "none")))).startsWith("invalid session");
    assertThat(what(txn(operation("check-session", "l", "Session", other)))).contains("session");
    assertThat(what(txn(operation("check-not-exists", "l")))).isEqualTo("key \"l\" exists");
    String index = Long.toString(http.get("/v1/kv/l").index());
    ConsulHttp.Answer done =
        txn(
            operation("check-session", "l", "Session", session),
            operation("check-index", "l", "Index", index),
            operation("unlock", "l", "Session", session),
            operation("delete-cas", "x", "Index", index));
    assertThat(what(done)).contains("failed to delete key \"x\"");
    assertThat(txn(operation("unlock", "l", "Session", session)).status()).isEqualTo(200);
    assertThat(http.get("/v1/kv/l").first().containsKey("Session")).isFalse();
  }

  @Test
  void freesWhatATransactionLockedWhenItsSessionEnds() {
    String session = http.session(new JsonObject().put("LockDelay", 0));
    txn(operation("lock", "l", "Session", session), operation("lock", "m", "Session", session));
    http.put("/v1/session/destroy/" + session);
    assertThat(http.get("/v1/kv/?recurse").list().encode()).doesNotContain("Session");
    String next = http.session(new JsonObject());
    assertThat(txn(operation("lock", "l", "Session", next)).status()).isEqualTo(200);
  }

  @Test
  void takesManyOperationsButNotTooMany() {
    String[] most = new String[128];
    for (int i = 0; i < most.length; i++) {
      most[i] = operation("set", "k" + i, "Value", "MQ==");
    }
    assertThat(txn(most).status()).isEqualTo(200);
    for (int i = 0; i < most.length; i++) {
      most[i] = operation("delete", "k" + i);
    }
    long index = http.get("/v1/kv/?keys").index();
    assertThat(txn(java.util.Arrays.copyOf(most, 126)).status()).isEqualTo(200);
    assertThat(http.get("/v1/kv/?keys").list()).hasSize(2);
    assertThat(http.get("/v1/kv/?keys").index()).isGreaterThan(index);
    String[] tooMany = java.util.Arrays.copyOf(most, 129);
    tooMany[128] = operation("get", "a");
    assertThat(txn(tooMany).status()).isEqualTo(413);
    assertThat(http.put("/v1/txn", "[{\"Query\": {}}]").status()).isEqualTo(400);
    assertThat(txn(operation("fly", "a")).status()).isEqualTo(400);
  }
}
