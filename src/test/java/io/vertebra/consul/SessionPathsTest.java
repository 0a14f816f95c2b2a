package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SessionPathsTest {
  private static final String UNKNOWN = "00000000-0000-4000-8000-000000000001";

  private final ConsulRig rig = new ConsulRig();
  private final ConsulHttp http = rig.http();

  @AfterEach
  void close() {
    rig.close();
  }

  private String session(String json) {
    return http.session(new JsonObject(json));
  }

  @Test
  void tellsASessionAsConsulDoes() {
    String id =
        session(
            "{\"name\": \"n\", \"ttl\": \"15.0s\", \"lockdelay\": 1, \"BEHAVIOR\": \"delete\"}");
    JsonObject told = http.get("/v1/session/info/" + id).first();
    assertThat(told.getString("ID")).isEqualTo(id);
    assertThat(told.getString("Name")).isEqualTo("n");
    assertThat(told.getString("TTL")).isEqualTo("15.0s");
    assertThat(told.getLong("LockDelay")).isEqualTo(1_000_000_000L);
    assertThat(told.getString("Behavior")).isEqualTo("delete");
    assertThat(told.getJsonArray("NodeChecks")).containsExactly("serfHealth");
    String plain = http.put("/v1/session/create").object().getString("ID");
    JsonObject defaults = http.get("/v1/session/info/" + plain).first();
    assertThat(defaults.getLong("LockDelay")).isEqualTo(15_000_000_000L);
    assertThat(defaults.getString("Behavior")).isEqualTo("release");
    assertThat(http.get("/v1/session/list").list()).hasSize(2);
    assertThat(http.get("/v1/session/node/" + told.getString("Node")).list()).hasSize(2);
    assertThat(http.get("/v1/session/node/other").body()).isEqualTo("[]");
    assertThat(http.put("/v1/session/renew/" + id).first().getString("ID")).isEqualTo(id);
    assertThat(http.put("/v1/session/destroy/" + id).body()).isEqualTo("true");
    assertThat(http.get("/v1/session/info/" + id).body()).isEqualTo("[]");
    assertThat(http.put("/v1/session/renew/" + id).status()).isEqualTo(404);
  }

  /** Patroni looks at how these texts begin. */
  @Test
  void refusesInTheWordsThatClientsLookFor() {
    ConsulHttp.Answer shortTtl = http.put("/v1/session/create", "{\"TTL\": \"5s\"}");
    assertThat(shortTtl.status()).isEqualTo(500);
    assertThat(shortTtl.body()).startsWith("Invalid Session TTL");
    ConsulHttp.Answer unknown = http.put("/v1/kv/a?acquire=" + UNKNOWN, "1");
    assertThat(unknown.status()).isEqualTo(500);
    assertThat(unknown.body()).startsWith("invalid session");
    assertThat(http.put("/v1/kv/a?acquire=no-uuid", "1").body()).startsWith("invalid session");
    assertThat(http.put("/v1/session/create", "{\"Behavior\": \"x\"}").status()).isEqualTo(500);
    assertThat(http.put("/v1/session/create", "{").status()).isEqualTo(400);
    assertThat(http.put("/v1/session/create", "{\"Checks\": [\"none\"]}").body())
        .isEqualTo("Missing check 'none' registration");
    assertThat(http.put("/v1/session/create", "{\"Node\": \"none\"}").body())
        .isEqualTo("Missing node registration");
  }

  @Test
  void locksAKeyForOneSession() {
    String ann = session("{}");
    String bob = session("{}");
    assertThat(http.put("/v1/kv/lock?acquire=" + ann, "ann").body()).isEqualTo("true");
    assertThat(http.put("/v1/kv/lock?acquire=" + bob, "bob").body()).isEqualTo("false");
    assertThat(http.put("/v1/kv/lock?acquire=" + ann, "again").body()).isEqualTo("true");
    JsonObject held = http.get("/v1/kv/lock").first();
    assertThat(held.getString("Session")).isEqualTo(ann);
    assertThat(held.getLong("LockIndex")).isEqualTo(1);
    http.put("/v1/kv/lock", "written by anybody");
    assertThat(http.get("/v1/kv/lock").first().getString("Session")).isEqualTo(ann);
    assertThat(http.put("/v1/kv/lock?release=" + bob, "").body()).isEqualTo("false");
    assertThat(http.put("/v1/kv/lock?release=" + ann, "free").body()).isEqualTo("true");
    assertThat(http.get("/v1/kv/lock").first().containsKey("Session")).isFalse();
    assertThat(http.put("/v1/kv/lock?acquire=" + bob, "bob").body()).isEqualTo("true");
    assertThat(http.get("/v1/kv/lock").first().getLong("LockIndex")).isEqualTo(2);
  }

  @Test
  void releasesTheKeysOfADestroyedSessionAndDelaysTheNextLock() {
    String ann = session("{\"LockDelay\": \"5s\"}");
    String bob = session("{\"LockDelay\": 0}");
    http.put("/v1/kv/lock?acquire=" + ann, "ann");
    long index = http.get("/v1/kv/lock").index();
    http.put("/v1/session/destroy/" + ann);
    ConsulHttp.Answer free = http.get("/v1/kv/lock");
    assertThat(free.first().containsKey("Session")).isFalse();
    assertThat(free.index()).isGreaterThan(index);
    assertThat(http.put("/v1/kv/lock?acquire=" + bob, "bob").body()).isEqualTo("false");
    rig.letTimePass(Duration.ofSeconds(6));
    eventually(
        () -> assertThat(http.put("/v1/kv/lock?acquire=" + bob, "bob").body()).isEqualTo("true"));
    http.put("/v1/session/destroy/" + bob);
    String eve = session("{}");
    assertThat(http.put("/v1/kv/lock?acquire=" + eve, "eve").body()).isEqualTo("true");
  }

  @Test
  void endsASessionThatIsNotRenewedButNotEarly() {
    String id = session("{\"TTL\": \"10s\", \"LockDelay\": \"0s\", \"Behavior\": \"delete\"}");
    http.put("/v1/kv/mine?acquire=" + id, "1");
    rig.letTimePass(Duration.ofMillis(19_500));
    assertThat(http.put("/v1/session/renew/" + id).status()).isEqualTo(200);
    rig.letTimePass(Duration.ofMillis(19_500));
    assertThat(http.get("/v1/session/info/" + id).list()).hasSize(1);
    long index = http.get("/v1/session/list").index();
    rig.letTimePass(Duration.ofSeconds(1));
    eventually(() -> assertThat(http.get("/v1/session/info/" + id).list()).isEmpty());
    assertThat(http.get("/v1/kv/mine").status()).isEqualTo(404);
    eventually(() -> assertThat(http.get("/v1/session/list").index()).isGreaterThan(index));
  }

  @Test
  void wakesWhoWaitsForALockOfASessionThatRanOut() throws Exception {
    String id = session("{\"TTL\": \"10s\"}");
    http.put("/v1/kv/lock?acquire=" + id, "1");
    long index = http.get("/v1/kv/lock").index();
    var waiting = http.later("/v1/kv/lock?wait=1m&index=" + index);
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    rig.letTimePass(Duration.ofSeconds(21));
    assertThat(waiting.get().first().containsKey("Session")).isFalse();
  }

  @Test
  void endsASessionWhoseCheckIsCritical() {
    http.put(
        "/v1/agent/service/register",
        "{\"Name\": \"s\", \"Check\": {\"CheckID\": \"c\", \"TTL\": \"60s\", \"Status\": \"passing\"}}");
    String id = session("{\"Checks\": [\"serfHealth\", \"c\"]}");
    http.put("/v1/kv/lock?acquire=" + id, "1");
    http.put("/v1/agent/check/fail/c");
    eventually(() -> assertThat(http.get("/v1/session/info/" + id).body()).isEqualTo("[]"));
    assertThat(http.get("/v1/kv/lock").first().containsKey("Session")).isFalse();
    assertThat(http.put("/v1/session/create", "{\"Checks\": [\"c\"]}").body())
        .isEqualTo("Check 'c' is in critical state");
  }
}
