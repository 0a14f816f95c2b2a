package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.kv.Bytes;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BlockingQueryTest {
  private static final JsonObject SHORT_SILENCE = new JsonObject().put("idleTimeoutMs", 400);

  private ConsulRig rig = new ConsulRig();
  private ConsulHttp http = rig.http();

  @AfterEach
  void close() {
    rig.close();
  }

  private CompletableFuture<ConsulHttp.Answer> wait(String path) {
    int before = rig.waiting();
    CompletableFuture<ConsulHttp.Answer> answer = http.later(path);
    eventually(() -> assertThat(rig.waiting()).isEqualTo(before + 1));
    return answer;
  }

  @Test
  void answersWhenTheKeyIsWrittenAndNotWhenOthersAre() throws Exception {
    http.put("/v1/kv/a", "1");
    long index = http.get("/v1/kv/a").index();
    var waiting = wait("/v1/kv/a?wait=1m&index=" + index);
    http.put("/v1/kv/b", "1");
    http.delete("/v1/kv/b");
    http.put("/v1/kv/ab", "1");
    assertThat(rig.waiting()).isEqualTo(1);
    assertThat(waiting).isNotDone();
    http.put("/v1/kv/a", "2");
    assertThat(waiting.get().index()).isGreaterThan(index);
    eventually(() -> assertThat(rig.waiting()).isZero());
  }

  @Test
  void answersWhenAKeyComesOrGoes() throws Exception {
    long none = http.get("/v1/kv/d/a").index();
    var coming = wait("/v1/kv/d/a?wait=1m&index=" + none);
    var growing = wait("/v1/kv/d/?recurse&wait=1m&index=" + none);
    http.put("/v1/kv/d/a", "1");
    assertThat(coming.get().status()).isEqualTo(200);
    assertThat(growing.get().list()).hasSize(1);
    long index = coming.get().index();
    var going = wait("/v1/kv/d/a?wait=1m&index=" + index);
    var shrinking = wait("/v1/kv/d/?keys&wait=1m&index=" + index);
    http.delete("/v1/kv/d?recurse");
    assertThat(going.get().status()).isEqualTo(404);
    assertThat(going.get().index()).isGreaterThan(index);
    assertThat(shrinking.get().status()).isEqualTo(404);
  }

  @Test
  void answersAtOnceWhatChangedSince() {
    http.put("/v1/kv/a", "1");
    long index = http.get("/v1/kv/a").index();
    http.put("/v1/kv/a", "2");
    assertThat(http.get("/v1/kv/a?wait=1m&index=" + index).index()).isGreaterThan(index);
    long there = http.get("/v1/kv/a").index();
    http.delete("/v1/kv/a");
    await(rig.kv().compact(rig.kv().status().revision()));
    assertThat(http.get("/v1/kv/a?wait=1m&index=" + there).status()).isEqualTo(404);
  }

  @Test
  void answersTheUnchangedValueWhenTheTimeIsOver() {
    http.put("/v1/kv/a", "1");
    long index = http.get("/v1/kv/a").index();
    ConsulHttp.Answer unchanged = http.get("/v1/kv/a?wait=50ms&index=" + index);
    assertThat(unchanged.status()).isEqualTo(200);
    assertThat(unchanged.index()).isEqualTo(index);
    assertThat(http.get("/v1/kv/x?wait=20ms&index=7").status()).isEqualTo(404);
  }

  @Test
  void letsAConnectionBeSilentForAsLongAsAQueryWaits() {
    rig.close();
    rig = new ConsulRig(new JsonObject(), SHORT_SILENCE, UnaryOperator.identity());
    http = rig.http();
    http.put("/v1/kv/a", "1");
    long index = http.get("/v1/kv/a").index();
    ConsulHttp.Answer unchanged = http.get("/v1/kv/a?wait=1500ms&index=" + index);
    assertThat(unchanged.status()).isEqualTo(200);
    assertThat(http.get("/v1/health/service/a?wait=1500ms&index=" + index).status()).isEqualTo(200);
  }

  @Test
  void closesAConnectionThatIsSilentOnceItsQueryIsAnswered() {
    rig.close();
    rig = new ConsulRig(new JsonObject(), SHORT_SILENCE, UnaryOperator.identity());
    NetSocket socket = await(rig.vertx.createNetClient().connect(rig.port(), "127.0.0.1"));
    AtomicReference<String> answer = new AtomicReference<>("");
    AtomicBoolean closed = new AtomicBoolean();
    socket.handler(bytes -> answer.updateAndGet(before -> before + bytes));
    socket.closeHandler(end -> closed.set(true));
    await(socket.write("GET /v1/kv/a?index=1&wait=900ms HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    eventually(() -> assertThat(closed).isTrue());
    assertThat(answer.get()).startsWith("HTTP/1.1 404");
  }

  @Test
  void waitsTenMinutesAtMostAndASixteenthMore() {
    BlockingQueries queries =
        new BlockingQueries(rig.vertx, rig.kv(), rig.lifecycle, new SimpleMeterRegistry(), 1);
    for (int i = 0; i < 100; i++) {
      assertThat(queries.patience(asking("1h")))
          .isBetween(Duration.ofMinutes(10), Duration.ofMillis(637_500));
      assertThat(queries.patience(asking("")))
          .isBetween(Duration.ofMinutes(5), Duration.ofMillis(318_750));
    }
  }

  private static Asked asking(String wait) {
    MultiMap query = MultiMap.caseInsensitiveMultiMap().add("wait", wait);
    return new Asked("", query, Buffer.buffer(), Optional.empty(), Future.succeededFuture());
  }

  @Test
  void waitsOnWhenHistoryIsForgotten() {
    http.put("/v1/kv/a", "1");
    long index = http.get("/v1/kv/a").index();
    await(rig.kv().put(Bytes.utf8("other"), Bytes.EMPTY));
    await(rig.kv().compact(rig.kv().status().revision()));
    var waiting = wait("/v1/kv/a?wait=1m&index=" + index);
    assertThat(waiting).isNotDone();
  }

  @Test
  void forgetsAClientThatWentAway() {
    int watchers = rig.watchers();
    NetSocket socket = await(rig.vertx.createNetClient().connect(rig.port(), "127.0.0.1"));
    await(socket.write("GET /v1/kv/a?index=1&wait=5m HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    await(socket.close());
    eventually(() -> assertThat(rig.waiting()).isZero());
    eventually(() -> assertThat(rig.watchers()).isEqualTo(watchers));
  }

  @Test
  void endsWithTheDrainOfTheNode() throws Exception {
    var waiting = wait("/v1/kv/a?wait=1m&index=1");
    var drained = rig.lifecycle.drain();
    assertThat(waiting.get().status()).isEqualTo(404);
    await(drained);
  }

  @Test
  void boundsHowManyWait() throws Exception {
    rig.close();
    rig = new ConsulRig(new JsonObject().put("blockingQueries", 1));
    http = rig.http();
    var waiting = wait("/v1/kv/a?wait=1m&index=1");
    assertThat(http.get("/v1/kv/b?wait=1m&index=1").status()).isEqualTo(429);
    http.put("/v1/kv/a", "1");
    assertThat(waiting.get().status()).isEqualTo(200);
  }

  @Test
  void waitsForSessionsAndEvents() throws Exception {
    var sessions = wait("/v1/session/list?wait=1m&index=" + http.get("/v1/session/list").index());
    var events = wait("/v1/event/list?name=e&wait=1m&index=1");
    http.put("/v1/event/fire/other", "x");
    assertThat(events).isNotDone();
    http.put("/v1/event/fire/e", "hi");
    assertThat(events.get().first().getString("Payload")).isEqualTo("aGk=");
    assertThat(http.get("/v1/event/list").list()).hasSize(2);
    assertThat(sessions).isNotDone();
    http.put("/v1/session/create");
    assertThat(sessions.get().list()).hasSize(1);
  }
}
