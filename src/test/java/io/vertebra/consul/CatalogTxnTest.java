package io.vertebra.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CatalogTxnTest {
  private final ConsulRig rig = new ConsulRig();
  private final ConsulHttp http = rig.http();

  @AfterEach
  void close() {
    rig.close();
  }

  private static String node(String verb, String json) {
    return "{\"Node\": {\"Verb\": \"" + verb + "\", \"Node\": " + json + "}}";
  }

  private static String service(String verb, String json) {
    return "{\"Service\": {\"Verb\": \""
        + verb
        + "\", \"Node\": \"n\", \"Service\": "
        + json
        + "}}";
  }

  private static String check(String verb, String json) {
    return "{\"Check\": {\"Verb\": \"" + verb + "\", \"Check\": " + json + "}}";
  }

  private static String kv(String verb, String key) {
    return "{\"KV\": {\"Verb\": \"" + verb + "\", \"Key\": \"" + key + "\", \"Value\": \"MQ==\"}}";
  }

  private ConsulHttp.Answer txn(String... operations) {
    return http.put("/v1/txn", "[" + String.join(",", operations) + "]");
  }

  private static JsonObject result(ConsulHttp.Answer answer, int number, String kind) {
    return answer.object().getJsonArray("Results").getJsonObject(number).getJsonObject(kind);
  }

  private static String what(ConsulHttp.Answer answer) {
    assertThat(answer.status()).isEqualTo(409);
    return answer.object().getJsonArray("Errors").getJsonObject(0).getString("What");
  }

  private ConsulHttp.Answer setAll() {
    return txn(
        node("set", "{\"Node\": \"n\", \"Address\": \"10.0.0.1\", \"Meta\": {\"rack\": \"7\"}}"),
        service("set", "{\"ID\": \"web-1\", \"Service\": \"web\", \"Port\": 80}"),
        check(
            "set",
            "{\"Node\": \"n\", \"CheckID\": \"c\", \"ServiceID\": \"web-1\", \"Status\": \"passing\"}"),
        kv("set", "deployed/web-1"));
  }

  @Test
  void setsANodeItsServiceItsCheckAndAKeyAtOneIndex() {
    ConsulHttp.Answer done = setAll();
    assertThat(done.status()).as(done.body()).isEqualTo(200);
    long index = result(done, 0, "Node").getLong("ModifyIndex");
    assertThat(result(done, 0, "Node").getString("Address")).isEqualTo("10.0.0.1");
    assertThat(result(done, 1, "Service").getLong("CreateIndex")).isEqualTo(index);
    assertThat(result(done, 2, "Check").getString("ServiceName")).isEqualTo("web");
    assertThat(http.get("/v1/kv/deployed/web-1").index()).isEqualTo(index);
    ConsulHttp.Answer health = http.get("/v1/health/service/web?passing");
    assertThat(health.index()).isEqualTo(index);
    assertThat(health.first().getJsonObject("Node").getJsonObject("Meta").getString("rack"))
        .isEqualTo("7");
    ConsulHttp.Answer read =
        txn(
            node("get", "{\"Node\": \"n\"}"),
            service("get", "{\"ID\": \"web-1\"}"),
            check("get", "{\"Node\": \"n\", \"CheckID\": \"c\"}"));
    assertThat(result(read, 0, "Node")).isEqualTo(result(done, 0, "Node"));
    assertThat(result(read, 1, "Service").getInteger("Port")).isEqualTo(80);
    assertThat(result(read, 2, "Check").getLong("ModifyIndex")).isEqualTo(index);
  }

  @Test
  void doesNothingAtAllIfOneOperationCannotBeDone() {
    ConsulHttp.Answer refused =
        txn(
            node("set", "{\"Node\": \"n\"}"),
            service("set", "{\"Service\": \"web\"}"),
            kv("set", "a"),
            service("get", "{\"ID\": \"none\"}"));
    assertThat(what(refused)).isEqualTo("service \"none\" on node \"n\" doesn't exist");
    assertThat(http.get("/v1/kv/a").status()).isEqualTo(404);
    assertThat(http.get("/v1/catalog/service/web").body()).isEqualTo("[]");
    ConsulHttp.Answer kvRefused = txn(node("set", "{\"Node\": \"n\"}"), kv("get", "none"));
    assertThat(what(kvRefused)).isEqualTo("key \"none\" doesn't exist");
    assertThat(http.get("/v1/catalog/node/n").body()).isEqualTo("null");
    assertThat(what(txn(service("set", "{\"Service\": \"web\"}"))))
        .isEqualTo("Missing node registration");
    assertThat(what(txn(node("get", "{\"Node\": \"n\"}")))).isEqualTo("node \"n\" doesn't exist");
    String orphan = "{\"Node\": \"n\", \"CheckID\": \"c\", \"ServiceID\": \"none\"}";
    assertThat(what(txn(node("set", "{\"Node\": \"n\"}"), check("set", orphan)))).contains("none");
  }

  @Test
  void comparesIndexes() {
    long index = result(setAll(), 0, "Node").getLong("ModifyIndex");
    assertThat(what(txn(node("cas", "{\"Node\": \"n\"}"))))
        .isEqualTo("failed to set node \"n\", index is stale");
    assertThat(what(txn(service("cas", "{\"ID\": \"web-1\", \"Service\": \"web\"}"))))
        .isEqualTo("failed to set service \"web-1\" on node \"n\", index is stale");
    assertThat(what(txn(check("delete-cas", "{\"Node\": \"n\", \"CheckID\": \"c\"}"))))
        .isEqualTo("failed to delete check \"c\" on node \"n\", index is stale");
    String at = ", \"ModifyIndex\": " + index + "}";
    ConsulHttp.Answer done =
        txn(
            service("cas", "{\"ID\": \"web-1\", \"Service\": \"web\", \"Port\": 81" + at),
            check("delete-cas", "{\"Node\": \"n\", \"CheckID\": \"c\"" + at),
            check("cas", "{\"Node\": \"n\", \"CheckID\": \"d\", \"Status\": \"warning\"}"));
    assertThat(done.status()).as(done.body()).isEqualTo(200);
    assertThat(done.object().getJsonArray("Results")).hasSize(2);
    assertThat(result(done, 0, "Service").getLong("ModifyIndex")).isGreaterThan(index);
    assertThat(result(done, 0, "Service").getLong("CreateIndex")).isEqualTo(index);
    assertThat(http.get("/v1/health/checks/web").body()).isEqualTo("[]");
    assertThat(http.get("/v1/health/node/n").first().getString("CheckID")).isEqualTo("d");
  }

  @Test
  void removesAndMakesAnewEachOnWhatThoseBeforeLeft() {
    setAll();
    ConsulHttp.Answer done =
        txn(
            service("delete", "{\"ID\": \"web-1\"}"),
            service("set", "{\"ID\": \"web-1\", \"Service\": \"web\", \"Port\": 82}"),
            service("get", "{\"ID\": \"web-1\"}"),
            service("set", "{\"ID\": \"web-2\", \"Service\": \"web\"}"));
    assertThat(done.status()).as(done.body()).isEqualTo(200);
    assertThat(result(done, 1, "Service").getInteger("Port")).isEqualTo(82);
    assertThat(http.get("/v1/catalog/service/web").list()).hasSize(2);
    assertThat(http.get("/v1/health/checks/web").body()).isEqualTo("[]");
    long before = http.get("/v1/health/service/web").index();
    assertThat(txn(node("delete", "{\"Node\": \"n\"}")).object().getJsonArray("Results")).isEmpty();
    assertThat(http.get("/v1/catalog/node/n").body()).isEqualTo("null");
    ConsulHttp.Answer gone = http.get("/v1/health/service/web");
    assertThat(gone.body()).isEqualTo("[]");
    assertThat(gone.index()).isGreaterThan(before);
    assertThat(txn(node("delete", "{\"Node\": \"n\"}")).status()).isEqualTo(200);
  }

  @Test
  void keepsHowACheckIsRunWhenItsStatusIsSet() {
    http.put(
        "/v1/agent/service/register",
        "{\"Name\": \"s\", \"Check\": {\"CheckID\": \"c\", \"TTL\": \"10s\"}}");
    String agent =
        http.get("/v1/agent/self").object().getJsonObject("Config").getString("NodeName");
    String passing =
        "{\"Node\": \"%s\", \"CheckID\": \"c\", \"ServiceID\": \"s\", \"Status\": \"passing\"}";
    assertThat(txn(check("set", passing.formatted(agent))).status()).isEqualTo(200);
    JsonObject told = http.get("/v1/agent/checks").object().getJsonObject("c");
    assertThat(told.getString("Status")).isEqualTo("passing");
    assertThat(told.getString("Type")).isEqualTo("ttl");
  }

  @Test
  void letsOneOfManyWinWhoCompareTheSameIndex() {
    long index = result(setAll(), 1, "Service").getLong("ModifyIndex");
    String wanted = "{\"ID\": \"web-1\", \"Service\": \"web\", \"Port\": %d, \"ModifyIndex\": %d}";
    long won =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> txn(service("cas", wanted.formatted(90 + i, index)), kv("set", "k"))))
            .toList()
            .stream()
            .filter(answer -> answer.join().status() == 200)
            .count();
    assertThat(won).isEqualTo(1);
    JsonArray rows = http.get("/v1/catalog/service/web").list();
    assertThat(rows.getJsonObject(0).getLong("ModifyIndex"))
        .isEqualTo(http.get("/v1/kv/k").index());
  }

  @Test
  void takesManyOperationsOnManyNodes() {
    String service =
        "{\"Service\": {\"Verb\": \"set\", \"Node\": \"n%d\", \"Service\": {\"Service\": \"web\"}}}";
    String[] most = new String[120];
    for (int i = 0; i < most.length; i += 2) {
      most[i] = node("set", "{\"Node\": \"n" + i + "\"}");
      most[i + 1] = service.formatted(i);
    }
    assertThat(txn(most).object().getJsonArray("Results")).hasSize(120);
    assertThat(http.get("/v1/catalog/service/web").list()).hasSize(60);
    String[] tooMany = new String[128];
    for (int i = 0; i < tooMany.length; i++) {
      tooMany[i] = node("set", "{\"Node\": \"m" + i + "\"}");
    }
    assertThat(txn(tooMany).status()).isEqualTo(413);
    assertThat(http.get("/v1/catalog/node/m1").body()).isEqualTo("null");
  }

  @Test
  void refusesWhatIsNoOperation() {
    assertThat(txn(node("lock", "{\"Node\": \"n\"}")).status()).isEqualTo(400);
    assertThat(txn(node("set", "{}")).body()).isEqualTo("Must provide node");
    assertThat(txn(service("set", "{\"Service\": \"\"}")).status()).isEqualTo(400);
    assertThat(
            txn(check("set", "{\"Node\": \"n\", \"CheckID\": \"c\", \"Status\": \"x\"}")).status())
        .isEqualTo(400);
  }
}
