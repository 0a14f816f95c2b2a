package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.RangeRequest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport must do with configuration. A transport's test says how to call. */
abstract class ConfigApiContract {
  final ConfigRig rig = new ConfigRig();

  abstract Future<JsonObject> call(String action, JsonObject request);

  @AfterEach
  void close() {
    rig.close();
  }

  /** A request in the namespace {@code ns}, its quotes written as single ones. */
  static JsonObject in(String request) {
    return new JsonObject(request.replace('\'', '"')).put("namespace", "ns");
  }

  JsonObject ask(String action, String request) {
    return await(call(action, in(request)));
  }

  Failure refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  long put(String key, String text) {
    JsonObject request = in("{}").put("key", key).put("text", text);
    return await(call("put", request)).getLong("revision");
  }

  private String text(String key, String audience) {
    return ask("get", "{'key': '" + key + "'" + audience + "}").getString("text");
  }

  private String all(String more) {
    return ask("read", "{" + more + "}").getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .map(item -> item.getString("key") + "=" + item.getString("text"))
        .collect(Collectors.joining(" "));
  }

  private double watchers() {
    return rig.meters.get("vertebra.config.watchers").gauge().value();
  }

  @Test
  void writesAKeyAndShowsIt() {
    long revision = put("db/pool.json", "{\"size\": 4}");
    JsonObject shown = ask("get", "{'key': 'db/pool.json'}");
    assertThat(shown.getString("text")).isEqualTo("{\"size\": 4}");
    assertThat(shown.getString("mediaType")).isEqualTo("application/json");
    assertThat(shown.getLong("revision")).isEqualTo(revision);
    assertThat(shown.getBoolean("secret")).isFalse();
    assertThat(refused("get", "{'key': 'db'}").code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(await(call("namespaces", new JsonObject())).getJsonArray("items"))
        .isEqualTo(new JsonArray().add("ns"));
  }

  @Test
  void listsNamespacesInParts() {
    for (String name : List.of("ns-a", "ns-b")) {
      await(call("put", new JsonObject().put("namespace", name).put("key", "a").put("text", "1")));
    }
    JsonObject first = await(call("namespaces", new JsonObject().put("limit", 1)));
    assertThat(first.getJsonArray("items")).containsExactly("ns-a");
    JsonObject request = new JsonObject().put("limit", 1).put("cursor", first.getString("cursor"));
    JsonObject second = await(call("namespaces", request));
    assertThat(second.getJsonArray("items")).containsExactly("ns-b");
    assertThat(second.containsKey("cursor")).isFalse();
  }

  @Test
  void releasesSeveralKeysAtOneRevisionOrNone() {
    put("a", "1");
    long both =
        ask(
                "release",
                "{'changes': [{'key': 'a', 'delete': true}, {'key': 'b', 'text': '2'},"
                    + " {'key': 'c', 'value': '/w=='}], 'author': 'ann', 'comment': 'why'}")
            .getLong("revision");
    assertThat(all("")).isEqualTo("b=2 c=null");
    assertThat(ask("get", "{'key': 'b'}").getLong("revision")).isEqualTo(both);
    Failure stale =
        refused(
            "release",
            "{'changes': [{'key': 'b', 'text': '3'}, {'key': 'c', 'text': '3', 'ifRevision': 0}]}");
    assertThat(stale.code()).isEqualTo(FailureCode.STALE);
    assertThat(stale).hasMessageContaining("c is at revision " + both);
    assertThat(all("")).isEqualTo("b=2 c=null");
    assertThat(all("'prefix': 'b'")).isEqualTo("b=2");
  }

  @Test
  void writesOnlyAtTheRevisionExpected() {
    long first = put("a", "1");
    String put = "{'key': 'a', 'text': '2', 'ifRevision': ";
    assertThat(refused("put", put + "0}").code()).isEqualTo(FailureCode.STALE);
    long second = ask("put", put + first + "}").getLong("revision");
    put("b", "1");
    String release = "{'changes': [{'key': 'a', 'text': '3'}], 'ifRevision': " + second + "}";
    assertThat(refused("release", release)).hasMessageContaining("namespace ns is at revision");
    String delete = "{'key': 'a', 'ifRevision': ";
    assertThat(refused("delete", delete + first + "}").code()).isEqualTo(FailureCode.STALE);
    assertThat(ask("delete", delete + second + "}").getLong("revision")).isGreaterThan(second);
  }

  @Test
  void doesAReleaseOfOneIdempotencyKeyOnce() {
    String once = "{'key': 'a', 'text': '1', 'idempotencyKey': 'k'}";
    JsonObject first = ask("put", once);
    put("a", "2");
    JsonObject again = ask("put", once);
    assertThat(first.getBoolean("replayed")).isFalse();
    assertThat(again.getBoolean("replayed")).isTrue();
    assertThat(again.getLong("revision")).isEqualTo(first.getLong("revision"));
    assertThat(text("a", "")).isEqualTo("2");
    assertThat(refused("put", once.replace("'1'", "'3'")).code()).isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void refusesAReleaseWhoseFenceWasOvertaken() {
    assertThat(ask("put", "{'key': 'a', 'text': '1', 'fence': '~l@5'}").getLong("revision"))
        .isPositive();
    assertThat(refused("put", "{'key': 'a', 'text': '2', 'fence': '~l@4'}").code())
        .isEqualTo(FailureCode.FENCED);
    assertThat(text("a", "")).isEqualTo("1");
  }

  @Test
  void tellsTheHistoryAndWhatDiffers() {
    long first = put("a.txt", "one\ntwo\nthree\n");
    long second =
        ask(
                "put",
                "{'key': 'a.txt', 'text': 'one\\n2\\nthree\\n', 'author': 'ann', 'comment': 'w'}")
            .getLong("revision");
    put("b", "x");
    JsonArray history = ask("history", "{'limit': 2}").getJsonArray("items");
    assertThat(history).hasSize(2);
    assertThat(history.getJsonObject(1))
        .isEqualTo(
            new JsonObject()
                .put("revision", second)
                .put("kind", "release")
                .put("author", "ann")
                .put("comment", "w")
                .put("at", "2030-01-01T00:00:00Z")
                .put(
                    "changes",
                    new JsonArray()
                        .add(new JsonObject().put("key", "a.txt").put("change", "put"))));
    assertThat(ask("history", "{'key': 'b'}").getJsonArray("items")).hasSize(1);
    JsonArray changes = ask("diff", "{'from': " + first + "}").getJsonArray("changes");
    assertThat(changes).hasSize(2);
    assertThat(changes.getJsonObject(0).getString("diff"))
        .isEqualTo("--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
    assertThat(changes.getJsonObject(1).getString("change")).isEqualTo("added");
    assertThat(ask("diff", "{'from': " + first + ", 'to': " + second + "}").getJsonArray("changes"))
        .hasSize(1);
    assertThat(ask("get", "{'key': 'a.txt', 'revision': " + first + "}").getString("text"))
        .isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void revertsAKeyOrAllAsANewRelease() {
    put("a", "1");
    long then = put("b", "1");
    put("a", "2");
    JsonObject unused = ask("delete", "{'key': 'b'}");
    long now = put("c", "3");
    assertThat(all("'revision': " + then)).isEqualTo("a=1 b=1");
    long key = ask("revert", "{'revision': " + then + ", 'key': 'b'}").getLong("revision");
    assertThat(key).isGreaterThan(now);
    assertThat(all("")).isEqualTo("a=2 b=1 c=3");
    long whole = ask("revert", "{'revision': " + then + "}").getLong("revision");
    assertThat(all("")).isEqualTo("a=1 b=1");
    assertThat(all("'revision': " + now)).isEqualTo("a=2 c=3");
    assertThat(ask("revert", "{'revision': " + whole + "}").getLong("revision")).isEqualTo(whole);
    assertThat(refused("revert", "{'revision': 999}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void forgetsTheOldestHistory() {
    long first = put("a", "0");
    for (int i = 1; i <= 12; i++) {
      put("a", "" + i);
    }
    eventually(
        () -> assertThat(ask("history", "{}").getJsonArray("items").size()).isBetween(8, 10));
    assertThat(refused("get", "{'key': 'a', 'revision': " + first + "}").code())
        .isEqualTo(FailureCode.COMPACTED);
    assertThat(refused("revert", "{'revision': " + first + "}").code())
        .isEqualTo(FailureCode.COMPACTED);
    assertThat(refused("watch", "{'fromRevision': " + (first + 1) + "}").code())
        .isEqualTo(FailureCode.COMPACTED);
  }

  @Test
  void releasesToSomeByLabelAndPromotesOrTakesBack() {
    put("a", "all");
    put("b", "all");
    String rule = "{'rule': {'labels': ['zone:a']}, 'name': 'g', 'changes': ";
    long gray =
        ask("put-gray", rule + "[{'key': 'a', 'text': 'some'}, {'key': 'b', 'delete': true}]}")
            .getLong("revision");
    String zoneA = ", 'labels': ['app:web', 'zone:a']";
    JsonObject seen = ask("get", "{'key': 'a'" + zoneA + "}");
    assertThat(seen.getString("text")).isEqualTo("some");
    assertThat(seen.getString("gray")).isEqualTo("g");
    assertThat(seen.getLong("revision")).isEqualTo(gray);
    assertThat(all("'labels': ['zone:a']")).isEqualTo("a=some");
    assertThat(all("'labels': ['zone:b']")).isEqualTo("a=all b=all");
    String first = rule.replace("'g'", "'first'") + "[{'key': 'a', 'text': 'x'}], 'order': 1}";
    assertThat(ask("put-gray", first).getLong("revision")).isPositive();
    assertThat(text("a", zoneA)).isEqualTo("x");
    assertThat(ask("list-gray", "{}").getJsonArray("items").getJsonObject(0).getString("name"))
        .isEqualTo("first");
    assertThat(ask("roll-back", "{'name': 'first'}").getLong("revision")).isPositive();
    assertThat(text("a", zoneA)).isEqualTo("some");
    assertThat(text("a", "")).isEqualTo("all");
    assertThat(ask("promote", "{'name': 'g'}").getLong("revision")).isPositive();
    assertThat(all("")).isEqualTo("a=some");
    assertThat(ask("list-gray", "{}").getJsonArray("items")).isEmpty();
    assertThat(refused("promote", "{'name': 'g'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void refusesAValueThatBreaksItsSchema() {
    String schema =
        "{'name': 'pool', 'keys': '*/pool.*', 'schema': {'type': 'object', 'required': ['size'],"
            + " 'properties': {'size': {'type': 'integer', 'maximum': 9}}}}";
    assertThat(ask("put-schema", schema).getLong("revision")).isPositive();
    assertThat(put("db/pool.json", "{\"size\": 4}")).isPositive();
    assertThat(put("db/pool.yaml", "size: 4")).isPositive();
    assertThat(put("pool.json", "[]")).isPositive();
    Failure wrong = refused("put", "{'key': 'db/pool.yaml', 'text': 'size: 40'}");
    assertThat(wrong.code()).isEqualTo(FailureCode.INVALID);
    assertThat(wrong).hasMessageContaining("/value/size");
    assertThat(
            refused(
                "release",
                "{'changes': [{'key': 'x', 'text': ''}, {'key': 'db/pool.json', 'text': '{'}]}"))
        .hasMessageContaining("/changes/1/value must be application/json");
    Failure stricter = refused("put-schema", schema.replace("9", "3"));
    assertThat(stricter).hasMessageContaining("pool.json/size");
    assertThat(
            refused("put-schema", "{'name': 'x', 'keys': 'x', 'schema': {'pattern': '['}}").code())
        .isEqualTo(FailureCode.INVALID);
    assertThat(ask("list-schemas", "{}").getJsonArray("items")).hasSize(1);
    assertThat(ask("delete-schema", "{'name': 'pool'}").getLong("revision")).isPositive();
    assertThat(put("db/pool.yaml", "size: 40")).isPositive();
  }

  @Test
  void hidesSecrets() {
    long first =
        ask("put", "{'key': 'password', 'text': 'hunter2', 'secret': true}").getLong("revision");
    put("password", "hunter3");
    for (String hidden :
        List.of(
            ask("get", "{'key': 'password'}").encode(),
            ask("read", "{}").encode(),
            ask("history", "{}").encode(),
            ask("diff", "{'from': " + first + "}").encode(),
            ask("watch", "{'fromRevision': " + first + "}").encode())) {
      assertThat(hidden).contains("password").doesNotContain("hunter", "aHVudGVy");
    }
    JsonObject revealed = ask("get", "{'key': 'password', 'reveal': true}");
    assertThat(revealed.getString("text")).isEqualTo("hunter3");
    assertThat(revealed.getBoolean("secret")).isTrue();
    assertThat(await(rig.kv.range(RangeRequest.all(KeyRange.ALL))).entries())
        .noneMatch(
            entry ->
                new String(entry.value().toArray(), StandardCharsets.ISO_8859_1)
                    .contains("hunter"));
    assertThat(ask("revert", "{'revision': " + first + "}").getLong("revision")).isPositive();
    assertThat(ask("get", "{'key': 'password', 'reveal': true}").getString("text"))
        .isEqualTo("hunter2");
  }

  @Test
  void tellsWatchersOfWhatTheySeeOnly() {
    long start = put("a/1", "1");
    Future<JsonObject> zoneA =
        call("watch", in("{'prefix': 'a/', 'labels': ['zone:a'], 'waitMs': 10000}"));
    Future<JsonObject> other =
        call("watch", in("{'key': 'a/1', 'waitMs': 10000}").put("fromRevision", start + 1));
    eventually(() -> assertThat(watchers()).isEqualTo(2));
    put("b", "1");
    long gray =
        ask(
                "put-gray",
                "{'name': 'g', 'rule': {'labels': ['zone:a']},"
                    + " 'changes': [{'key': 'a/1', 'text': 'some'}]}")
            .getLong("revision");
    JsonObject told = await(zoneA);
    assertThat(told.getLong("revision")).isEqualTo(gray);
    assertThat(told.getJsonArray("changes")).hasSize(1);
    assertThat(told.getJsonArray("changes").getJsonObject(0).getString("text")).isEqualTo("some");
    assertThat(other.isComplete()).isFalse();
    long last = ask("delete", "{'key': 'a/1'}").getLong("revision");
    assertThat(await(other).getJsonArray("changes"))
        .isEqualTo(new JsonArray().add(new JsonObject().put("key", "a/1").put("change", "delete")));
    assertThat(await(other).getLong("revision")).isEqualTo(last);
    eventually(() -> assertThat(watchers()).isZero());
  }

  @Test
  void tellsAWatcherWhoComesBackWhatItMissed() {
    long start = put("a", "1");
    put("a", "2");
    put("a", "3");
    JsonObject unused = ask("delete", "{'key': 'a'}");
    long now = put("b", "1");
    JsonObject batch = ask("watch", "{'fromRevision': " + (start + 1) + "}");
    assertThat(batch.getLong("revision")).isEqualTo(now);
    List<String> told = new ArrayList<>();
    batch
        .getJsonArray("changes")
        .forEach(
            it ->
                told.add(((JsonObject) it).getString("key") + ((JsonObject) it).getString("text")));
    assertThat(told).containsExactlyInAnyOrder("anull", "b1");
    JsonObject idle = ask("watch", "{'waitMs': 1}");
    assertThat(idle.getJsonArray("changes")).isEmpty();
    assertThat(idle.getLong("revision")).isEqualTo(now);
  }

  @Test
  void waitsUntilAKeyOrANamespaceDiffers() {
    Future<JsonObject> created =
        call("get", in("{'key': 'a', 'ifNotRevision': 0, 'waitMs': 10000}"));
    eventually(() -> assertThat(watchers()).isEqualTo(1));
    put("b", "1");
    assertThat(created.isComplete()).isFalse();
    long revision = put("a", "1");
    assertThat(await(created).getLong("revision")).isEqualTo(revision);
    Future<JsonObject> changed =
        call("read", in("{'prefix': 'a', 'waitMs': 10000}").put("ifNotRevision", revision));
    eventually(() -> assertThat(watchers()).isEqualTo(1));
    put("a", "2");
    assertThat(await(changed).getJsonArray("items").getJsonObject(0).getString("text"))
        .isEqualTo("2");
    assertThat(refused("get", "{'key': 'x', 'waitMs': 1, 'ifNotRevision': 0}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void takesAndGivesAWholeNamespace() {
    put("a.json", "{}");
    put("b/c.txt", "text");
    put("old", "x");
    JsonObject unused = ask("put", "{'key': 's', 'text': 'hunter2', 'secret': true}");
    JsonObject exported = ask("read", "{}");
    String tar = ask("export", "{}").getString("tar");
    JsonObject there = new JsonObject().put("namespace", "there").put("tar", tar);
    assertThat(await(call("import", there)).getBoolean("replayed")).isFalse();
    JsonObject copy = await(call("read", new JsonObject().put("namespace", "there")));
    assertThat(copy.getJsonArray("items")).hasSize(3);
    put("a.json", "[]");
    put("new", "x");
    JsonObject back = in("{'replace': true}").put("items", exported.getJsonArray("items"));
    assertThat(await(call("import", back)).getLong("revision")).isPositive();
    assertThat(all("")).isEqualTo("a.json={} b/c.txt=text old=x s=null");
    assertThat(ask("get", "{'key': 's', 'reveal': true}").getString("text")).isEqualTo("hunter2");
    long same = await(call("import", back.put("namespace", "ns"))).getLong("revision");
    assertThat(ask("read", "{}").getLong("revision")).isEqualTo(same);
    assertThat(refused("import", "{'tar': 'eA=='}").code()).isEqualTo(FailureCode.INVALID);
  }

  @Test
  void answersClientsOfSpring() {
    put("application.yml", "server:\n  port: 80\nlist: [a, {b: 1}]\n");
    put("shop-dev.properties", "server.port=81");
    put("shop.json", "{\"x\": true}");
    JsonObject answer = ask("spring", "{'name': 'shop', 'profile': 'dev,eu'}");
    JsonArray sources = answer.getJsonArray("propertySources");
    assertThat(sources.stream().map(each -> ((JsonObject) each).getString("name")))
        .containsExactly(
            "vertebra:ns/shop-dev.properties",
            "vertebra:ns/shop.json",
            "vertebra:ns/application.yml");
    assertThat(sources.getJsonObject(2).getJsonObject("source"))
        .isEqualTo(new JsonObject().put("server.port", 80).put("list[0]", "a").put("list[1].b", 1));
    assertThat(answer.getJsonArray("profiles")).containsExactly("dev", "eu");
  }

  @Test
  void tellsWhatIsWrongAndWhere() {
    assertThat(refused("put", "{'key': 'a'}")).hasMessageContaining("/value is missing");
    assertThat(refused("release", "{'changes': []}")).hasMessageContaining("/changes");
    assertThat(refused("release", "{'changes': [{'key': 'a'}]}"))
        .hasMessageContaining("/changes/0 must have a value, a text or delete");
    assertThat(
            refused(
                "release", "{'changes': [{'key': 'a', 'delete': true}, {'key': 'a', 'text': ''}]}"))
        .hasMessageContaining("each key once");
    assertThat(refused("put-gray", "{'name': 'g', 'rule': {}, 'changes': []}"))
        .hasMessageContaining("/rule");
    assertThat(refused("put", "{'key': 'a', 'text': '', 'mediaType': 'x y'}"))
        .hasMessageContaining("/mediaType");
  }
}
