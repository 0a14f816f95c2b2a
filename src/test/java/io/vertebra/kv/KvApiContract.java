package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport must do with keys and leases. A transport's test says how to call. */
abstract class KvApiContract {
  final KvRig rig = new KvRig();

  /** Calls an operation by its concern and action, as {@code kv.get}. */
  abstract Future<JsonObject> call(String operation, JsonObject request);

  @AfterEach
  void close() {
    rig.close();
  }

  private JsonObject ask(String operation, JsonObject request) {
    return await(call(operation, request.copy()));
  }

  private JsonObject ask(String operation, String request) {
    return ask(operation, new JsonObject(request.replace('\'', '"')));
  }

  private Failure refused(String operation, String request) {
    return Failure.of(catchThrowable(() -> ask(operation, request)));
  }

  private long put(String key, String text) {
    return ask("kv.put", new JsonObject().put("key", key).put("text", text)).getLong("revision");
  }

  private static List<String> keys(JsonObject list) {
    return list.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("key"))
        .toList();
  }

  @Test
  void writesAKeyAndShowsIt() {
    long revision = put("a/b", "hi");
    JsonObject shown = ask("kv.get", "{'key': 'a/b'}");
    assertThat(shown)
        .isEqualTo(
            new JsonObject()
                .put("key", "a/b")
                .put("value", "aGk=")
                .put("text", "hi")
                .put("createRevision", revision)
                .put("modRevision", revision)
                .put("version", 1)
                .put("revision", revision));
    assertThat(refused("kv.get", "{'key': 'a'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void carriesKeysAndValuesOfAnyBytes() {
    JsonObject written = ask("kv.put", "{'keyBase64': '/wA=', 'value': '/_8='}".replace('_', '/'));
    assertThat(written.getString("keyBase64")).isEqualTo("/wA=");
    JsonObject shown = ask("kv.get", "{'keyBase64': '/wA='}");
    assertThat(shown.getString("value")).isEqualTo("//8=");
    assertThat(shown.containsKey("text")).isFalse();
    assertThat(shown.containsKey("key")).isFalse();
  }

  @Test
  void writesOnlyAtTheRevisionExpected() {
    long first = ask("kv.put", "{'key': 'a', 'text': '1', 'ifRevision': 0}").getLong("revision");
    Failure taken = refused("kv.put", "{'key': 'a', 'text': '2', 'ifRevision': 0}");
    assertThat(taken.code()).isEqualTo(FailureCode.STALE);
    assertThat(taken).hasMessageContaining("a is at revision " + first);
    Failure absent = refused("kv.put", "{'key': 'b', 'text': '2', 'ifRevision': 7}");
    assertThat(absent).hasMessageContaining("b is not there");
    JsonObject second =
        ask("kv.put", "{'key': 'a', 'text': '2', 'previous': true, 'ifRevision': " + first + "}");
    assertThat(second.getJsonObject("previous").getString("text")).isEqualTo("1");
    assertThat(refused("kv.delete", "{'key': 'a', 'ifRevision': " + first + "}").code())
        .isEqualTo(FailureCode.STALE);
  }

  @Test
  void removesAKeyAndTellsWhetherItWasThere() {
    long written = put("a", "1");
    JsonObject removed = ask("kv.delete", "{'key': 'a', 'previous': true}");
    assertThat(removed.getLong("deleted")).isEqualTo(1);
    assertThat(removed.getLong("revision")).isGreaterThan(written);
    assertThat(removed.getJsonObject("previous").getString("text")).isEqualTo("1");
    assertThat(ask("kv.delete", "{'key': 'a'}").getLong("deleted")).isZero();
  }

  @Test
  void doesAWriteOfOneIdempotencyKeyOnce() {
    String once = "{'key': 'a', 'text': '1', 'idempotencyKey': 'k1'}";
    JsonObject first = ask("kv.put", once);
    put("a", "2");
    JsonObject again = ask("kv.put", once);
    assertThat(again.getLong("revision")).isEqualTo(first.getLong("revision"));
    assertThat(first.getBoolean("replayed")).isFalse();
    assertThat(again.getBoolean("replayed")).isTrue();
    assertThat(ask("kv.get", "{'key': 'a'}").getString("text")).isEqualTo("2");
    assertThat(refused("kv.delete", "{'key': 'a', 'idempotencyKey': 'k1'}").code())
        .isEqualTo(FailureCode.MISMATCH);
  }

  @Test
  void refusesAWriteWhoseFenceWasOvertaken() {
    String overtake = "{'then': [{'overtake': {'lock': 'jobs@a'}}]}";
    long token = token(ask("kv.txn", overtake));
    String fenced = "{'key': 'a', 'text': '1', 'fence': 'jobs@a@" + token + "'}";
    assertThat(ask("kv.put", fenced).getLong("revision")).isPositive();
    assertThat(token(ask("kv.txn", overtake))).isGreaterThan(token);
    assertThat(refused("kv.put", fenced).code()).isEqualTo(FailureCode.FENCED);
    for (String bad : List.of("jobs", "jobs@", "jobs@0", "jobs@x", "@12")) {
      Failure failure = refused("kv.put", fenced.replace("jobs@a@" + token, bad));
      assertThat(failure).as(bad).hasMessageContaining("/fence");
    }
    assertThat(refused("kv.txn", overtake.replace("jobs@a", "~jobs")))
        .hasMessageContaining("/then/0/overtake/lock must not begin with ~");
  }

  @Test
  void grantsAppendsAndRevokesInATransaction() {
    String enqueue =
        "{'then': [{'grant': {'leaseId': '77', 'ttlMs': 60000}},"
            + " {'append': {'prefix': 'queue/', 'text': 'job', 'leaseId': '77'}}]}";
    JsonObject appended = ask("kv.txn", enqueue).getJsonArray("results").getJsonObject(1);
    String key = appended.getJsonObject("append").getString("key");
    assertThat(key).matches("queue/[0-9a-f]{16}");
    assertThat(ask("kv.get", "{'key': '" + key + "'}").getString("leaseId")).isEqualTo("77");
    assertThat(refused("kv.txn", enqueue).code()).isEqualTo(FailureCode.CONFLICT);

    JsonObject revoked = ask("kv.txn", "{'then': [{'revoke': {'leaseId': '77'}}]}");
    assertThat(revoked.getJsonArray("results").getJsonObject(0).getJsonObject("revoke"))
        .isEqualTo(new JsonObject().put("ended", true));
    assertThat(refused("kv.get", "{'key': '" + key + "'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void addsToANumberInATransaction() {
    String add = "{'then': [{'add': {'key': 'hits', 'step': 5, 'ceiling': 9}}]}";
    JsonObject first = ask("kv.txn", add).getJsonArray("results").getJsonObject(0);
    assertThat(first.getJsonObject("add").getLong("number")).isEqualTo(5);
    assertThat(refused("kv.txn", add).code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(ask("kv.get", "{'key': 'hits'}").getString("text")).isEqualTo("5");
  }

  private static long token(JsonObject txn) {
    JsonObject first = txn.getJsonArray("results").getJsonObject(0);
    return first.getJsonObject("overtake").getLong("token");
  }

  @Test
  void listsARangePageByPageAsOfOneMoment() {
    for (String key : List.of("b/1", "b/2", "b/3", "c/1", "a/1")) {
      put(key, "x");
    }
    JsonObject first = ask("kv.list", "{'prefix': 'b/', 'limit': 2, 'count': true}");
    assertThat(keys(first)).containsExactly("b/1", "b/2");
    assertThat(first.getLong("count")).isEqualTo(3);
    assertThat(first.getBoolean("more")).isTrue();
    put("b/4", "x");
    String cursor = first.getString("cursor");
    JsonObject second = ask("kv.list", "{'prefix': 'b/', 'cursor': '" + cursor + "'}");
    assertThat(keys(second)).containsExactly("b/3");
    assertThat(second.containsKey("cursor")).isFalse();
    assertThat(second.getLong("revision")).isEqualTo(first.getLong("revision"));
    long now = ask("kv.list", "{}").getLong("revision");
    JsonObject unused = ask("kv.compact", "{'revision': " + now + "}");
    assertThat(refused("kv.list", "{'prefix': 'b/', 'cursor': '" + cursor + "'}").code())
        .isEqualTo(FailureCode.COMPACTED);
    assertThat(refused("kv.list", "{'prefix': 'c/', 'cursor': '" + cursor + "'}"))
        .hasMessageContaining("/cursor must be one of the same range");
    assertThat(refused("kv.list", "{'cursor': 'x'}")).hasMessageContaining("/cursor");
  }

  @Test
  void listsAsAsked() {
    long first = put("a", "1");
    put("b", "2");
    put("c", "3");
    assertThat(keys(ask("kv.list", "{}"))).containsExactly("a", "b", "c");
    assertThat(keys(ask("kv.list", "{'from': 'b'}"))).containsExactly("b", "c");
    assertThat(keys(ask("kv.list", "{'from': 'a', 'to': 'c'}"))).containsExactly("a", "b");
    JsonObject then = ask("kv.list", "{'revision': " + first + "}");
    assertThat(keys(then)).containsExactly("a");
    assertThat(then.getLong("revision")).isEqualTo(first);
    JsonObject bare = ask("kv.list", "{'keysOnly': true, 'limit': 1, 'serializable': true}");
    assertThat(bare.getJsonArray("items").getJsonObject(0).containsKey("value")).isFalse();
    JsonObject counted = ask("kv.list", "{'countOnly': true}");
    assertThat(counted.getLong("count")).isEqualTo(3);
    assertThat(counted.getJsonArray("items")).isEmpty();
  }

  @Test
  void removesARangeButNotEverythingByMistake() {
    List.of("a/1", "a/2", "b").forEach(key -> put(key, "x"));
    assertThat(ask("kv.delete-range", "{'prefix': 'a/'}").getLong("deleted")).isEqualTo(2);
    for (String request : List.of("{}", "{'prefix': ''}", "{'from': ''}")) {
      assertThat(refused("kv.delete-range", request)).hasMessageContaining("all=true");
    }
    assertThat(ask("kv.delete-range", "{'all': true}").getLong("deleted")).isEqualTo(1);
  }

  @Test
  void runsATransactionOfEveryKindOfStep() {
    put("a", "1");
    JsonObject result =
        ask(
            "kv.txn",
            "{'compare': [{'key': 'a', 'target': 'exists'},"
                + " {'key': 'a', 'target': 'version', 'number': 1},"
                + " {'key': 'a', 'target': 'value', 'text': '1'},"
                + " {'key': 'a', 'target': 'lease', 'number': '0'},"
                + " {'key': 'a', 'target': 'mod-revision', 'is': 'less', 'number': 1000},"
                + " {'key': 'b', 'target': 'exists', 'is': 'not-equal'}],"
                + " 'then': [{'put': {'key': 'a', 'text': '2', 'previous': true}},"
                + " {'get': {'prefix': ''}},"
                + " {'delete': {'key': 'b'}},"
                + " {'txn': {'compare': [{'key': 'b', 'target': 'exists'}],"
                + "          'otherwise': [{'put': {'key': 'c', 'value': '/w=='}}]}}],"
                + " 'otherwise': [{'get': {'key': 'a'}}]}");
    assertThat(result.getBoolean("succeeded")).isTrue();
    JsonArray results = result.getJsonArray("results");
    JsonObject previous = results.getJsonObject(0).getJsonObject("put").getJsonObject("previous");
    assertThat(previous.getString("text")).isEqualTo("1");
    assertThat(keys(results.getJsonObject(1).getJsonObject("get"))).containsExactly("a");
    assertThat(results.getJsonObject(2).getJsonObject("delete").getLong("deleted")).isZero();
    assertThat(results.getJsonObject(3).getJsonObject("txn").getBoolean("succeeded")).isFalse();
    assertThat(ask("kv.get", "{'key': 'c'}").getLong("revision"))
        .isEqualTo(result.getLong("revision"));
  }

  @Test
  void tellsWhatIsWrongAndWhere() {
    assertThat(refused("kv.put", "{'key': 'a'}")).hasMessageContaining("/value is missing");
    assertThat(refused("kv.put", "{'key': 'a', 'text': 'x', 'value': 'eA=='}"))
        .hasMessageContaining("/text and value exclude each other");
    assertThat(refused("kv.put", "{'key': '" + "k".repeat(1025) + "', 'text': ''}"))
        .hasMessageContaining("/key must have 1 to 1024 bytes");
    assertThat(refused("kv.list", "{'prefix': 'a', 'to': 'b'}")).hasMessageContaining("/prefix");
    String longText = "x".repeat(KvRules.MAX_VALUE_BYTES + 1);
    assertThat(refused("kv.put", "{'key': 'a', 'text': '" + longText + "'}"))
        .hasMessageContaining("/text must have 0 to 524288 bytes");
    assertThat(
            refused("kv.txn", "{'then': [{'put': {'key': 'a', 'text': ''}, 'get': {'key': 'a'}}]}"))
        .hasMessageContaining(
            "/then/0 must have one of put, add, append, delete, get, grant, revoke, overtake, txn");
    assertThat(refused("kv.txn", "{'compare': [{'key': 'a', 'target': 'version'}]}"))
        .hasMessageContaining("/compare/0/number is missing");
    assertThat(refused("kv.txn", "{'then': [{'txn': {'then': [{'txn': {}}]}}]}"))
        .hasMessageContaining("/then/0/txn/then/0/txn is not known here");
    String twice = "{'put': {'key': 'a', 'text': ''}}";
    assertThat(refused("kv.txn", "{'then': [" + twice + "," + twice + "]}"))
        .hasMessageContaining("written twice");
    String many =
        IntStream.range(0, 128)
            .mapToObj(i -> "{'get': {'key': '" + i + "'}}")
            .collect(Collectors.joining(","));
    assertThat(refused("kv.txn", "{'then': [" + many + "], 'otherwise': [" + twice + "]}"))
        .hasMessageContaining("must be at most 128 in all");
  }

  @Test
  void tellsChangesInOrderFromARevision() {
    long first = put("w/1", "1");
    put("other", "x");
    put("w/1", "2");
    JsonObject unused = ask("kv.delete", "{'key': 'w/1'}");
    JsonObject batch =
        ask("kv.watch", "{'prefix': 'w/', 'previous': true, 'fromRevision': " + first + "}");
    List<String> told = new ArrayList<>();
    for (Object each : batch.getJsonArray("events")) {
      JsonObject event = (JsonObject) each;
      String before =
          event.containsKey("previous") ? event.getJsonObject("previous").getString("text") : "-";
      told.add(event.getString("type") + event.getJsonObject("entry").getString("text") + before);
    }
    assertThat(told).containsExactly("put1-", "put21", "deletenull2");
    assertThat(batch.getLong("revision")).isEqualTo(first + 3);
  }

  @Test
  void waitsForAChangeAsLongAsToldTo() {
    long present = put("w", "1");
    JsonObject idle = ask("kv.watch", "{'key': 'w', 'waitMs': 1}");
    assertThat(idle.getJsonArray("events")).isEmpty();
    assertThat(idle.getLong("revision")).isEqualTo(present);
    Future<JsonObject> waiting =
        call("kv.watch", new JsonObject().put("key", "w").put("fromRevision", present + 1));
    eventually(() -> assertThat(rig.verticle.watchers()).isEqualTo(1));
    put("w", "2");
    assertThat(await(waiting).getJsonArray("events")).hasSize(1);
    assertThat(rig.verticle.watchers()).isZero();
    assertThat(refused("kv.watch", "{}")).hasMessageContaining("needs a key");
  }

  @Test
  void waitsUntilAKeyDiffers() {
    JsonObject created = new JsonObject().put("key", "a").put("ifNotRevision", 0);
    Future<JsonObject> creation = call("kv.get", created.put("waitMs", 60_000));
    eventually(() -> assertThat(rig.verticle.watchers()).isEqualTo(1));
    long first = put("a", "1");
    assertThat(await(creation).getLong("revision")).isEqualTo(first);
    assertThat(ask("kv.get", "{'key': 'a', 'waitMs': 60000}").getLong("revision")).isEqualTo(first);
    assertThat(refused("kv.get", "{'key': 'b', 'waitMs': 1, 'ifNotRevision': 0}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void waitsUntilSomethingInARangeChanged() {
    long present = put("r/1", "1");
    JsonObject request = new JsonObject().put("prefix", "r/").put("ifNotRevision", present);
    Future<JsonObject> changed = call("kv.list", request.put("waitMs", 60_000));
    eventually(() -> assertThat(rig.verticle.watchers()).isEqualTo(1));
    put("elsewhere", "x");
    assertThat(changed.isComplete()).isFalse();
    put("r/2", "2");
    assertThat(keys(await(changed))).containsExactly("r/1", "r/2");
  }

  @Test
  void grantsKeepsAndEndsLeases() {
    JsonObject lease = ask("lease.grant", "{'ttlMs': 60000}");
    String id = lease.getString("leaseId");
    assertThat(lease.getLong("ttlMs")).isEqualTo(60_000);
    JsonObject unused =
        ask("kv.put", new JsonObject().put("key", "l").put("text", "").put("leaseId", id));
    JsonObject shown = ask("lease.get", "{'leaseId': '" + id + "'}");
    assertThat(shown.getJsonArray("keys")).containsExactly(new JsonObject().put("key", "l"));
    assertThat(ask("kv.get", "{'key': 'l'}").getString("leaseId")).isEqualTo(id);
    assertThat(ask("lease.list", "{}").getJsonArray("items"))
        .containsExactly(new JsonObject().put("leaseId", id));
    assertThat(ask("lease.keep-alive", "{'leaseId': '" + id + "'}").getLong("remainingMs"))
        .isEqualTo(60_000);
    assertThat(ask("lease.revoke", "{'leaseId': '" + id + "'}").getString("leaseId")).isEqualTo(id);
    assertThat(refused("lease.get", "{'leaseId': '" + id + "'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(ask("lease.grant", "{'ttlMs': 1000, 'leaseId': 7}").getString("leaseId"))
        .isEqualTo("7");
    assertThat(refused("lease.grant", "{'ttlMs': 999}")).hasMessageContaining("/ttlMs");
  }

  @Test
  void showsWhereTheStoreStands() {
    long revision = put("a", "1");
    JsonObject status = ask("kv.status", "{}");
    assertThat(status.getLong("storeRevision")).isEqualTo(revision);
    assertThat(status.getBoolean("leads")).isTrue();
    assertThat(status.getLong("keys")).isEqualTo(1);
  }
}
