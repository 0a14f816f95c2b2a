package io.vertebra.counter;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class CounterApiContract {
  final KvNode node = new KvNode();

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @BeforeEach
  void deploy() {
    String unused =
        await(node.vertx.deployVerticle(CounterVerticle.stored(node.kernel, node.kv())));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private JsonObject ask(String action, String request) {
    return await(call(action, new JsonObject(request.replace('\'', '"'))));
  }

  private Failure refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  @Test
  void addsAndShows() {
    JsonObject added = ask("add", "{'name': 'a/b', 'step': -3}");
    long revision = added.getLong("revision");
    assertThat(added)
        .isEqualTo(
            new JsonObject("{\"name\": \"a/b\", \"value\": -3}")
                .put("revision", revision)
                .put("replayed", false));
    assertThat(ask("add", "{'name': 'a/b'}").getLong("value")).isEqualTo(-2);
    assertThat(ask("get", "{'name': 'a/b'}").getInteger("shards")).isEqualTo(1);
    assertThat(refused("get", "{'name': 'a'}").code()).isEqualTo(FailureCode.NOT_FOUND);
    Failure beyond = refused("add", "{'name': 'a', 'step': 1, 'ceiling': 0}");
    assertThat(beyond.code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(beyond).hasMessageStartingWith("a holds 0, 1 was not added: the sum must be");
  }

  @Test
  void countsOnceForEachIdempotencyKey() {
    ask("add", "{'name': 'a', 'idempotencyKey': 'k'}");
    JsonObject again = ask("add", "{'name': 'a', 'idempotencyKey': 'k'}");
    assertThat(again.getBoolean("replayed")).isTrue();
    assertThat(again.getLong("value")).isEqualTo(1);
    assertThat(refused("add", "{'name': 'b', 'idempotencyKey': 'k'}").code())
        .isEqualTo(FailureCode.MISMATCH);
  }

  @Test
  void addsToSeveralAtOnce() {
    JsonObject batch = ask("batch", "{'items': [{'name': 'a', 'step': 2}, {'name': 'b'}]}");
    JsonArray items = batch.getJsonArray("items");
    assertThat(items.getJsonObject(0).getLong("value")).isEqualTo(2);
    assertThat(items.getJsonObject(1).getLong("value")).isEqualTo(1);
    assertThat(refused("batch", "{'items': [{'name': 'a'}, {'name': 'a'}]}"))
        .hasMessageContaining("/items/1/name stands in the batch before");
    assertThat(refused("batch", "{'items': []}")).hasMessageContaining("/items must have 1 to 128");
    assertThat(refused("batch", "{'items': [{'name': 'c'}, {'name': 'b', 'ceiling': 1}]}").code())
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(refused("get", "{'name': 'c'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void setsResetsAndRemoves() {
    long revision = ask("set", "{'name': 'a', 'value': 9, 'ifRevision': 0}").getLong("revision");
    assertThat(refused("set", "{'name': 'a', 'value': 1, 'ifRevision': 0}").code())
        .isEqualTo(FailureCode.STALE);
    assertThat(ask("set", "{'name': 'a', 'value': 1, 'ifValue': 9}").getLong("revision"))
        .isGreaterThan(revision);
    assertThat(ask("reset", "{'name': 'a'}").getLong("value")).isZero();
    assertThat(ask("delete", "{'name': 'a'}").getString("name")).isEqualTo("a");
    assertThat(refused("delete", "{'name': 'a'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void spreadsTheLoadOfACounterOverShards() {
    assertThat(ask("set", "{'name': 'hot', 'shards': 16}").getInteger("shards")).isEqualTo(16);
    assertThat(ask("add", "{'name': 'hot', 'step': 5}").containsKey("value")).isFalse();
    assertThat(ask("get", "{'name': 'hot'}").getLong("value")).isEqualTo(5);
    assertThat(refused("set", "{'name': 'x', 'shards': 2, 'value': 1}"))
        .hasMessageContaining("/shards needs a value of 0");
  }

  @Test
  void listsWhatBeginsWithAPrefix() {
    List.of("a/1", "a/2", "b").forEach(name -> ask("add", "{'name': '" + name + "'}"));
    JsonObject first = ask("list", "{'prefix': 'a/', 'limit': 1}");
    String cursor = first.getString("cursor");
    JsonObject second = ask("list", "{'prefix': 'a/', 'cursor': '" + cursor + "'}");
    assertThat(first.getJsonArray("items").getJsonObject(0).getString("name")).isEqualTo("a/1");
    assertThat(second.getJsonArray("items").getJsonObject(0).getString("name")).isEqualTo("a/2");
    assertThat(refused("list", "{'cursor': '!'}")).hasMessageContaining("/cursor");
  }

  @Test
  void takesBlocksOfASequence() {
    assertThat(ask("take", "{'name': 'orders', 'count': 10}").getLong("last")).isEqualTo(10);
    JsonObject second = ask("take", "{'name': 'orders', 'count': 5, 'idempotencyKey': 'k'}");
    assertThat(second.getLong("first")).isEqualTo(11);
    JsonObject again = ask("take", "{'name': 'orders', 'count': 5, 'idempotencyKey': 'k'}");
    assertThat(again).isEqualTo(second.put("replayed", true));
  }

  @Test
  void announcesWhatWasSet() {
    List<Object> told = new CopyOnWriteArrayList<>();
    node.vertx.eventBus().consumer(CounterApi.EVENTS, message -> told.add(message.body()));
    long revision = ask("set", "{'name': 'a', 'value': 9}").getLong("revision");
    JsonObject event =
        new JsonObject().put("name", "a").put("change", "set").put("revision", revision);
    eventually(() -> assertThat(told).containsExactly(event));
  }

  @Test
  void tellsWhatIsWrong() {
    String request = "{'name': 'a', 'floor': 2, 'ceiling': 1}";
    assertThat(refused("add", request)).hasMessageContaining("/floor must not exceed the ceiling");
    assertThat(refused("add", "{'name': 'a', 'step': 1.5}")).hasMessageContaining("/step");
    assertThat(refused("add", "{'name': '" + "n".repeat(201) + "'}"))
        .hasMessageContaining("/name must have 1 to 200 characters");
    assertThat(refused("take", "{'name': 'a', 'count': 0}")).hasMessageContaining("/count");
  }
}
