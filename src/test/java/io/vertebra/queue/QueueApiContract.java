package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transport must do. A transport's test says how to call. */
abstract class QueueApiContract {
  final KvNode node = new KvNode();

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  /** Opens the queues of the node. */
  void open() {
    QueueVerticle unused = QueueRig.deploy(node);
  }

  @BeforeEach
  final void deploy() {
    open();
    ask("define", "{'queue': 'orders'}");
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

  private String receipt(JsonObject received, int index) {
    return received.getJsonArray("messages").getJsonObject(index).getString("receipt");
  }

  private static String result(JsonObject settled, int index) {
    JsonObject item = settled.getJsonArray("items").getJsonObject(index);
    return item.getString("result", item.getString("code"));
  }

  @Test
  void definesShowsListsAndDeletes() {
    JsonObject defined =
        ask(
            "define",
            "{'queue': 'mails', 'visibilityMs': 5000, 'maxAttempts': 3, 'retentionMs': 60000, "
                + "'backoff': {'minMs': 10}, 'onFull': 'drop-oldest', 'maxMessages': 7, "
                + "'labels': {'team': 'shop'}}");
    assertThat(defined.getJsonObject("definition").encode())
        .isEqualTo(
            "{\"visibilityMs\":5000,\"maxAttempts\":3,"
                + "\"backoff\":{\"minMs\":10,\"maxMs\":300000,\"factor\":2.0},"
                + "\"deadLetter\":\"mails.dead\",\"retentionMs\":60000,\"keepMs\":0,"
                + "\"maxMessages\":7,\"maxBytes\":1073741824,\"onFull\":\"drop-oldest\","
                + "\"dedupWindowMs\":300000,\"labels\":{\"team\":\"shop\"}}");
    assertThat(ask("get", "{'queue': 'mails'}")).isEqualTo(defined);
    assertThat(ask("list", "{'prefix': 'm'}").getJsonArray("items").getJsonObject(0))
        .isEqualTo(defined);
    assertThat(refused("define", "{'queue': 'mails', 'ifRevision': 1}").code())
        .isEqualTo(FailureCode.STALE);
    ask("delete", "{'queue': 'mails'}");
    assertThat(refused("get", "{'queue': 'mails'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void refusesDefinitionsThatCannotBe() {
    assertThat(refused("define", "{'queue': '-x'}")).hasMessageContaining("/queue must begin");
    assertThat(refused("define", "{'queue': 'x', 'visibilityMs': 999}"))
        .hasMessageContaining("/visibilityMs must be");
    assertThat(refused("define", "{'queue': 'x', 'deadLetter': 'x'}"))
        .hasMessageContaining("/deadLetter must be another queue");
    assertThat(refused("define", "{'queue': 'x', 'backoff': {'minMs': 9, 'maxMs': 8}}"))
        .hasMessageContaining("/backoff/maxMs must not be less than minMs");
    assertThat(refused("define", "{'queue': 'x', 'colour': 'red'}"))
        .hasMessageContaining("/colour");
  }

  @Test
  void sendsReceivesAndSettles() {
    String id =
        ask(
                "send",
                "{'queue': 'orders', 'body': 'hello', 'key': 'ann', 'headers': {'a': 'b'}, "
                    + "'contentType': 'text/html', 'dedupId': 'one', 'priority': 5}")
            .getString("id");
    JsonObject again = ask("send", "{'queue': 'orders', 'body': 'hello', 'dedupId': 'one'}");
    assertThat(again).isEqualTo(new JsonObject().put("id", id).put("duplicate", true));
    JsonObject received = ask("receive", "{'queue': 'orders', 'max': 10}");
    JsonObject message = received.getJsonArray("messages").getJsonObject(0);
    assertThat(message.copy())
        .isEqualTo(
            new JsonObject()
                .put("id", id)
                .put("sentAt", "2030-01-01T00:00:00Z")
                .put("dedupId", "one")
                .put("key", "ann")
                .put("priority", 5)
                .put("headers", new JsonObject().put("a", "b"))
                .put("contentType", "text/html")
                .put("body", "hello")
                .put("receipt", message.getString("receipt"))
                .put("attempts", 1)
                .put("firstReceivedAt", "2030-01-01T00:00:00Z")
                .put("visibleAt", "2030-01-01T00:00:30Z"));
    String items = "'items': [{'receipt': '" + receipt(received, 0) + "'";
    assertThat(
            result(ask("extend", "{'queue': 'orders', " + items + ", 'visibilityMs': 9000}]}"), 0))
        .isEqualTo("extended");
    JsonObject returned = ask("nack", "{'queue': 'orders', " + items + ", 'delayMs': 0}]}");
    assertThat(result(returned, 0)).isEqualTo("retried");
    assertThat(result(ask("ack", "{'queue': 'orders', " + items + "}]}"), 0)).isEqualTo("fenced");
    JsonObject second = ask("receive", "{'queue': 'orders', 'waitMs': 1000}");
    String good = "'items': [{'receipt': '" + receipt(second, 0) + "'}]";
    assertThat(result(ask("ack", "{'queue': 'orders', " + good + "}"), 0)).isEqualTo("acked");
    assertThat(ask("receive", "{'queue': 'orders'}").getJsonArray("messages")).isEmpty();
  }

  @Test
  void sendsBatchesAndBytes() {
    JsonObject sent =
        ask(
            "send-batch",
            "{'queue': 'orders', 'messages': [{'body': 'a'}, {'bodyBase64': '/wA='}, {}]}");
    assertThat(sent.getJsonArray("items")).hasSize(3);
    JsonObject received = ask("receive", "{'queue': 'orders', 'max': 3}");
    JsonObject bytes = received.getJsonArray("messages").getJsonObject(1);
    assertThat(bytes.getString("bodyBase64")).isEqualTo("/wA=");
    assertThat(bytes.containsKey("body")).isFalse();
    assertThat(refused("send", "{'queue': 'orders', 'body': 'a', 'bodyBase64': 'AA=='}"))
        .hasMessageContaining("/bodyBase64 and body exclude each other");
    assertThat(refused("send", "{'queue': 'orders', 'deliverAt': 'soon'}"))
        .hasMessageContaining("/deliverAt must be a time");
    assertThat(refused("send", "{'queue': 'orders', 'headers': {'x-dead-queue': 'other'}}"))
        .hasMessageContaining("/headers must not begin with x-dead-");
    assertThat(refused("send", "{'queue': 'other', 'body': 'a'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+1000000000-01-01T00:00:00Z", "1969-12-31T23:59:59Z"})
  void refusesTimesWithWhichOneCannotReckon(String time) {
    String words = " must be in the years 1970 to 9999";
    String at = ": '" + time + "'";
    assertThat(refused("send", "{'queue': 'orders', 'deliverAt'" + at + "}"))
        .hasMessageContaining("/deliverAt" + words);
    assertThat(refused("seek", "{'queue': 'orders', 'group': 'audit', 'at'" + at + "}"))
        .hasMessageContaining("/at" + words);
    assertThat(refused("redrive", "{'queue': 'orders.dead', 'until'" + at + "}"))
        .hasMessageContaining("/until" + words);
  }

  @Test
  void peeksAndPurges() {
    ask("send", "{'queue': 'orders', 'body': 'a', 'delayMs': 60000}");
    ask("send", "{'queue': 'orders', 'body': 'b'}");
    JsonObject page = ask("peek", "{'queue': 'orders', 'limit': 1}");
    assertThat(page.getJsonArray("items").getJsonObject(0).getString("deliverAt"))
        .isEqualTo("2030-01-01T00:01:00Z");
    JsonObject rest = ask("peek", "{'queue': 'orders', 'from': '" + page.getString("next") + "'}");
    assertThat(rest.getJsonArray("items").getJsonObject(0).getString("body")).isEqualTo("b");
    assertThat(ask("purge", "{'queue': 'orders'}").getLong("removed")).isEqualTo(2);
  }

  @Test
  void makesMovesAndRemovesGroups() {
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    JsonObject view = ask("seek", "{'queue': 'orders', 'group': 'audit', 'begin': 'first'}");
    assertThat(view.getJsonArray("groups")).hasSize(2);
    assertThat(ask("receive", "{'queue': 'orders', 'group': 'audit'}").getJsonArray("messages"))
        .hasSize(1);
    ask("seek", "{'queue': 'orders', 'group': 'audit', 'at': '2029-01-01T00:00:00Z'}");
    assertThat(ask("receive", "{'queue': 'orders', 'group': 'audit'}").getJsonArray("messages"))
        .hasSize(1);
    ask("seek", "{'queue': 'orders', 'group': 'audit', 'at': '9999-01-01T00:00:00Z'}");
    assertThat(ask("receive", "{'queue': 'orders', 'group': 'audit'}").getJsonArray("messages"))
        .isEmpty();
    ask("remove-group", "{'queue': 'orders', 'group': 'audit'}");
    assertThat(refused("receive", "{'queue': 'orders', 'group': 'audit'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void redrivesDeadLetters() {
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    String receipt = receipt(ask("receive", "{'queue': 'orders'}"), 0);
    JsonObject rejected =
        ask(
            "nack",
            "{'queue': 'orders', 'items': [{'receipt': '"
                + receipt
                + "', 'reject': true, 'reason': 'bad'}]}");
    assertThat(result(rejected, 0)).isEqualTo("dead");
    assertThat(ask("redrive", "{'queue': 'orders.dead', 'preview': true}").getInteger("matched"))
        .isOne();
    ask("redrive", "{'queue': 'orders.dead', 'reason': 'bad'}");
    eventually(
        () ->
            assertThat(ask("redrive-state", "{'queue': 'orders.dead'}").getString("status"))
                .isEqualTo("done"));
    assertThat(ask("cancel-redrive", "{'queue': 'orders.dead'}").getInteger("moved")).isOne();
    assertThat(ask("receive", "{'queue': 'orders'}").getJsonArray("messages")).hasSize(1);
    assertThat(refused("redrive-state", "{'queue': 'orders'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }
}
