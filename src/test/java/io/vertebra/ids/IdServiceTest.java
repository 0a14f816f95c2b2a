package io.vertebra.ids;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class IdServiceTest {
  private static final KeyRange WORKERS = KeyRange.prefix(Bytes.utf8("\0ids/worker/"));

  private final KvNode node = new KvNode();

  @AfterEach
  void close() {
    node.close();
  }

  private StoredIdService service(TestClock clock) {
    return new StoredIdService(new KvWorkerStore(node.kv(), "n1"), clock);
  }

  private static long millis(long id) {
    return (id >> 22) + Window.EPOCH_MS;
  }

  private static long worker(long id) {
    return id >> 12 & 1023;
  }

  private long workers() {
    return await(node.kv().range(RangeRequest.all(WORKERS))).entries().size();
  }

  private void letLeasesEnd() {
    node.letTimePass(Duration.ofMinutes(2));
    eventually(() -> assertThat(workers()).isZero());
  }

  @Test
  void givesEachNodeAWorkerNumberOfItsOwn() {
    long first = await(service(node.clock).take(1)).get(0);
    long second = await(service(node.clock).take(1)).get(0);
    assertThat(millis(first)).isEqualTo(node.clock.millis());
    assertThat(worker(first)).isNotEqualTo(worker(second));
    assertThat(workers()).isEqualTo(2);
  }

  @Test
  void growsWhenTheClockJumpsBack() {
    TestClock clock = new TestClock();
    StoredIdService service = service(clock);
    List<Long> ids = new ArrayList<>(await(service.take(10)));
    clock.advance(Duration.ofHours(-1));
    ids.addAll(await(service.take(1000)));
    clock.advance(Duration.ofHours(2));
    ids.addAll(await(service.take(10)));
    assertThat(ids).isSorted().doesNotHaveDuplicates().hasSize(1020);
  }

  @Test
  void beginsAfterWhateverAnEarlierHolderMayHaveIssued() {
    TestClock ahead = new TestClock();
    ahead.advance(Duration.ofDays(1));
    StoredIdService first = service(ahead);
    List<Long> before = await(first.take(1000));
    letLeasesEnd();
    StoredIdService second = service(node.clock);
    List<Long> after = await(second.take(1));
    assertThat(worker(after.get(0))).isEqualTo(worker(before.get(0)));
    assertThat(after.get(0)).isGreaterThan(before.get(999));
    assertThat(millis(after.get(0))).isEqualTo(ahead.millis() + StoredIdService.AHEAD_MS + 1);
  }

  @Test
  void aHolderThatStoodStillTakesAnotherNumberOnceItsTimesAreUsed() {
    TestClock clock = new TestClock();
    StoredIdService paused = service(clock);
    List<Long> ids = new ArrayList<>(await(paused.take(5)));
    letLeasesEnd();
    StoredIdService next = service(node.clock);
    ids.addAll(await(next.take(1000)));
    ids.addAll(await(paused.take(1000)));
    clock.advance(Duration.ofMinutes(2));
    List<Long> later = await(paused.take(5));
    ids.addAll(later);
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(worker(later.get(0))).isNotEqualTo(worker(ids.get(0)));
  }

  @Test
  void keepsItsNumberAsLongAsItLives() {
    StoredIdService service = service(node.clock);
    long first = await(service.take(1)).get(0);
    for (int i = 0; i < 5; i++) {
      node.letTimePass(Duration.ofSeconds(15));
      service.keep();
      assertThat(workers()).isEqualTo(1);
    }
    assertThat(worker(await(service.take(1)).get(0))).isEqualTo(worker(first));
  }

  @Test
  void setsTimeAsideBeforeItIsUsedUp() {
    StoredIdService service = service(node.clock);
    await(service.take(1));
    node.clock.advance(Duration.ofMillis(StoredIdService.AHEAD_MS * 3 / 4));
    service.look();
    eventually(
        () -> {
          Bytes mark = Bytes.utf8("\0ids/mark/0");
          String until = await(node.kv().get(mark)).orElseThrow().value().asText().orElseThrow();
          assertThat(Long.parseLong(until) + Window.EPOCH_MS)
              .isEqualTo(node.clock.millis() + StoredIdService.AHEAD_MS);
        });
  }

  @Test
  void givesItsNumberBackWhenItCloses() {
    StoredIdService service = service(node.clock);
    await(service.take(1));
    await(service.close());
    assertThat(workers()).isZero();
    Throwable refused = catchThrowable(() -> await(service.take(1)));
    assertThat(Failure.of(refused).code()).isEqualTo(FailureCode.UNAVAILABLE);
  }

  @Test
  void refusesWhenEveryNumberIsTaken() {
    for (int from = 0; from < Window.WORKERS; from += 128) {
      Op[] puts = new Op[128];
      for (int i = 0; i < 128; i++) {
        puts[i] = Op.put(Bytes.utf8("\0ids/worker/" + (from + i)), Bytes.EMPTY);
      }
      await(node.kv().txn(Txn.of(puts)));
    }
    Throwable refused = catchThrowable(() -> await(service(node.clock).take(1)));
    assertThat(Failure.of(refused).code()).isEqualTo(FailureCode.LIMITED);
  }

  @Test
  void answersOverHttpAndTheBus() {
    String unused = await(node.vertx.deployVerticle(IdVerticle.stored(node.kernel, node.kv())));
    JsonObject request = new JsonObject().put("count", 3);
    List<Long> all = new ArrayList<>();
    for (Future<JsonObject> call :
        List.of(node.callByHttp("ids.take", request), node.callByBus("ids.take", request))) {
      JsonArray items = await(call).getJsonArray("items");
      assertThat(items).hasSize(3);
      for (Object item : items) {
        JsonObject each = (JsonObject) item;
        assertThat(each.getString("text")).isEqualTo(each.getLong("id").toString());
        all.add(each.getLong("id"));
      }
    }
    all.addAll(await(new BusIdService(node.vertx).take(1000)));
    assertThat(all).doesNotHaveDuplicates().hasSize(1006);
    Throwable refused =
        catchThrowable(() -> await(node.callByBus("ids.take", request.put("count", 1001))));
    assertThat(refused).hasMessageContaining("/count must be 1 to 1000");
  }
}
