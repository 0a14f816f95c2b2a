package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvPathsTest {
  private final ConsulRig rig = new ConsulRig();
  private final ConsulHttp http = rig.http();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void tellsAPairAsConsulDoes() {
    assertThat(http.put("/v1/kv/a/b?flags=18446744073709551615", "hi").body()).isEqualTo("true");
    JsonObject pair = http.get("/v1/kv/a/b").first();
    long index = pair.getLong("ModifyIndex");
    assertThat(pair.encode())
        .isEqualTo(
            ("{\"LockIndex\":0,\"Key\":\"a/b\",\"Flags\":18446744073709551615,\"Value\":\"aGk=\","
                    + "\"CreateIndex\":%d,\"ModifyIndex\":%d}")
                .formatted(index, index));
    assertThat(http.get("/v1/kv/a%2Fb?raw").body()).isEqualTo("hi");
    assertThat(http.put("/v1/kv/empty").body()).isEqualTo("true");
    assertThat(http.get("/v1/kv/empty").first().getValue("Value")).isNull();
  }

  @Test
  void sendsTheHeadersThatClientsRead() {
    http.put("/v1/kv/a", "1");
    var headers = http.get("/v1/kv/a").response().headers();
    assertThat(headers.firstValueAsLong("x-consul-index").orElse(0)).isPositive();
    assertThat(headers.firstValue("x-consul-knownleader")).hasValue("true");
    assertThat(headers.firstValue("x-consul-lastcontact")).hasValue("0");
    ConsulHttp.Answer absent = http.get("/v1/kv/none");
    assertThat(absent.status()).isEqualTo(404);
    assertThat(absent.index()).isPositive();
  }

  @Test
  void listsPairsAndKeysOfAPrefix() {
    for (String key : new String[] {"a/b/c", "a/b/d", "a/e", "b"}) {
      http.put("/v1/kv/" + key, key);
    }
    assertThat(http.get("/v1/kv/a?keys").list())
        .isEqualTo(new JsonArray().add("a/b/c").add("a/b/d").add("a/e"));
    assertThat(http.get("/v1/kv/a/?keys&separator=/").list())
        .isEqualTo(new JsonArray().add("a/b/").add("a/e"));
    assertThat(http.get("/v1/kv/?keys=true&separator=%2F").list())
        .isEqualTo(new JsonArray().add("a/").add("b"));
    assertThat(http.get("/v1/kv/a/b?recurse=true").list()).hasSize(2);
    assertThat(http.get("/v1/kv/x?recurse").status()).isEqualTo(404);
    assertThat(http.get("/v1/kv/x?keys").status()).isEqualTo(404);
  }

  @Test
  void writesAndRemovesAtAnIndexOnly() {
    assertThat(http.put("/v1/kv/a?cas=0", "1").body()).isEqualTo("true");
    assertThat(http.put("/v1/kv/a?cas=0", "2").body()).isEqualTo("false");
    long index = http.get("/v1/kv/a").first().getLong("ModifyIndex");
    assertThat(http.put("/v1/kv/a?cas=" + index, "3").body()).isEqualTo("true");
    assertThat(http.put("/v1/kv/a?cas=" + index, "4").body()).isEqualTo("false");
    assertThat(http.delete("/v1/kv/a?cas=" + index).body()).isEqualTo("false");
    long now = http.get("/v1/kv/a").first().getLong("ModifyIndex");
    assertThat(http.delete("/v1/kv/a?cas=" + now).body()).isEqualTo("true");
    assertThat(http.get("/v1/kv/a").status()).isEqualTo(404);
    assertThat(http.put("/v1/kv/a?cas=" + now, "5").body()).isEqualTo("false");
  }

  @Test
  void removesAPrefix() {
    http.put("/v1/kv/a/1", "1");
    http.put("/v1/kv/a/2", "2");
    http.put("/v1/kv/b", "3");
    assertThat(http.delete("/v1/kv/a/?recurse").body()).isEqualTo("true");
    assertThat(http.get("/v1/kv/?keys").list()).isEqualTo(new JsonArray().add("b"));
    assertThat(http.delete("/v1/kv/none").body()).isEqualTo("true");
  }

  @Test
  void knowsItsPathAsItIsWrittenOnly() {
    assertThat(http.put("/v1/%6bv/a", "1").status()).isEqualTo(404);
    assertThat(http.put("/v1//kv/a", "1").status()).isEqualTo(404);
    assertThat(http.put("/v1/kv/../session/create", "{}").status()).isEqualTo(404);
    assertThat(http.get("/v1/kv?keys").status()).as("of no keys").isEqualTo(404);
    http.put("/v1/kv/a", "1");
    assertThat(http.get("/v1/kv?keys").list()).isEqualTo(new JsonArray().add("a"));
  }

  @Test
  void doesNotWriteWhatIsWrittenAlready() {
    http.put("/v1/kv/a", "1");
    long index = http.get("/v1/kv/a").index();
    http.put("/v1/kv/a", "1");
    assertThat(http.get("/v1/kv/a").index()).isEqualTo(index);
    http.put("/v1/kv/a?flags=1", "1");
    assertThat(http.get("/v1/kv/a").index()).isGreaterThan(index);
  }

  @Test
  void refusesWhatConsulRefuses() {
    assertThat(http.get("/v1/kv/").status()).isEqualTo(400);
    assertThat(http.put("/v1/kv/a?cas=1&acquire=x", "1").status()).isEqualTo(400);
    assertThat(http.get("/v1/kv/a?index=x").status()).isEqualTo(400);
    assertThat(http.get("/v1/kv/a?index=1&wait=soon").body()).isEqualTo("Invalid wait time");
    assertThat(http.put("/v1/kv/a", "x".repeat(512_000)).body()).isEqualTo("true");
    assertThat(http.put("/v1/kv/a", "x".repeat(600_000)).status()).isEqualTo(413);
    assertThat(http.put("/v1/kv/" + "k".repeat(1000), "1").status()).isEqualTo(400);
  }

  @Test
  void letsNobodyWriteWhoWasOvertaken() {
    assertThat(http.put("/v1/kv/a", "2", "If-Fence", "~jobs@9").status()).isEqualTo(200);
    assertThat(http.put("/v1/kv/a", "1", "If-Fence", "~jobs@8").status()).isEqualTo(423);
    assertThat(http.get("/v1/kv/a?raw").body()).isEqualTo("2");
  }

  @Test
  void keepsAnIndexWhileOthersChange() {
    http.put("/v1/kv/a/x", "1");
    long one = http.get("/v1/kv/a/x").index();
    long prefix = http.get("/v1/kv/a/?recurse").index();
    long absent = http.get("/v1/kv/never").index();
    http.put("/v1/kv/b/y", "1");
    http.put("/v1/kv/b/z", "1");
    http.delete("/v1/kv/b/y");
    http.delete("/v1/kv/b?recurse");
    assertThat(http.get("/v1/kv/a/x").index()).isEqualTo(one);
    assertThat(http.get("/v1/kv/a/?recurse").index()).isEqualTo(prefix);
    assertThat(http.get("/v1/kv/never").index()).isEqualTo(absent);
  }

  @Test
  void neverTellsAnEarlierIndexEvenWhenHistoryIsForgotten() {
    http.put("/v1/kv/a/1", "1");
    http.put("/v1/kv/a/b/2", "1");
    long key = http.get("/v1/kv/a/b/2").index();
    long prefix = http.get("/v1/kv/a/?recurse").index();
    http.delete("/v1/kv/a/b/2");
    long keyGone = http.get("/v1/kv/a/b/2").index();
    long prefixLess = http.get("/v1/kv/a/?keys").index();
    assertThat(keyGone).isGreaterThan(key);
    assertThat(prefixLess).isGreaterThan(prefix);
    http.delete("/v1/kv/a?recurse");
    assertThat(http.get("/v1/kv/a/1").index()).isGreaterThan(prefix);
    assertThat(http.get("/v1/kv/a/b/?recurse").index()).isGreaterThan(prefixLess);
    await(rig.kv().put(Bytes.utf8("other"), Bytes.EMPTY));
    await(rig.kv().compact(rig.kv().status().revision()));
    assertThat(http.get("/v1/kv/a/b/2").index()).isGreaterThan(keyGone);
    assertThat(http.get("/v1/kv/a/?recurse").index()).isGreaterThan(prefixLess);
  }
}
