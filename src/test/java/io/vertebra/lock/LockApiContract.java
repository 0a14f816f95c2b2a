package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport must do with locks, elections, latches and barriers. */
abstract class LockApiContract {
  final LockRig rig = new LockRig();

  /** Calls an operation by its concern and action, as {@code lock.acquire}. */
  abstract Future<JsonObject> call(String operation, JsonObject request);

  @AfterEach
  void close() {
    rig.close();
  }

  static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  Future<JsonObject> call(String operation, String request) {
    return call(operation, json(request));
  }

  JsonObject ask(String operation, String request) {
    return await(call(operation, request));
  }

  Failure refused(String operation, String request) {
    return Failure.of(catchThrowable(() -> ask(operation, request)));
  }

  void awaitWaiting(String name, int count) {
    eventually(
        () ->
            assertThat(ask("lock.inspect", "{'name': '" + name + "'}").getInteger("waiting"))
                .isEqualTo(count));
  }

  @Test
  void grantsRenewsAndGivesBack() {
    JsonObject grant = ask("lock.acquire", "{'name': 'a/b', 'owner': 'ann', 'data': 'x'}");
    long token = grant.getLong("token");
    assertThat(grant.getString("fence")).isEqualTo("a/b@" + token);
    assertThat(grant.getLong("leaseMs")).isEqualTo(15_000);
    assertThat(grant.getLong("safeUntilMs")).isBetween(1L, 15_000L);
    assertThat(grant.getString("expiresAt")).startsWith("2030-01-01T00:00:1");
    JsonObject renewed =
        ask("lock.renew", "{'name': 'a/b', 'owner': 'ann', 'token': " + token + "}");
    assertThat(renewed.getLong("token")).isEqualTo(token);
    JsonObject shown = ask("lock.inspect", "{'name': 'a/b'}");
    assertThat(shown.getJsonArray("holders").getJsonObject(0).getString("data")).isEqualTo("x");
    JsonObject released = ask("lock.release", "{'name': 'a/b', 'owner': 'ann'}");
    assertThat(released).isEqualTo(json("{'name': 'a/b', 'released': true, 'holds': 0}"));
    assertThat(ask("lock.release", "{'name': 'a/b', 'owner': 'ann'}").getBoolean("released"))
        .isFalse();
    assertThat(refused("lock.renew", "{'name': 'a/b', 'owner': 'ann'}").code())
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void tellsWhoHoldsALockThatIsNotFree() {
    JsonObject unused = ask("lock.acquire", "{'name': 'a', 'owner': 'ann'}");
    Failure failure = refused("lock.acquire", "{'name': 'a', 'owner': 'bob'}");
    assertThat(failure.code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(failure).hasMessageContaining("held by ann for another 15000 ms");
    Failure late = refused("lock.acquire", "{'name': 'a', 'owner': 'bob', 'waitMs': 1}");
    assertThat(late)
        .hasMessageContaining("not free within 1 ms; the position in the queue was 1 at");
    awaitWaiting("a", 0);
  }

  @Test
  void waitsInAQueue() {
    JsonObject unused = ask("lock.acquire", "{'name': 'a', 'owner': 'ann'}");
    Future<JsonObject> bob = call("lock.acquire", "{'name': 'a', 'owner': 'bob', 'waitMs': 60000}");
    awaitWaiting("a", 1);
    Future<JsonObject> cid = call("lock.acquire", "{'name': 'a', 'owner': 'cid', 'waitMs': 60000}");
    awaitWaiting("a", 2);
    JsonArray waiters = ask("lock.inspect", "{'name': 'a'}").getJsonArray("waiters");
    assertThat(waiters.getJsonObject(1).getString("owner")).isEqualTo("cid");
    assertThat(waiters.getJsonObject(1).getInteger("position")).isEqualTo(2);
    unused = ask("lock.release", "{'name': 'a', 'owner': 'ann'}");
    assertThat(await(bob).getLong("waitedMs")).isNotNegative();
    assertThat(cid.isComplete()).isFalse();
    unused = ask("lock.release", "{'name': 'a', 'owner': 'bob'}");
    assertThat(await(cid).getString("owner")).isEqualTo("cid");
  }

  @Test
  void leavesTheQueueWhenTheNodeDrains() {
    JsonObject unused = ask("lock.acquire", "{'name': 'a', 'owner': 'ann'}");
    Future<JsonObject> bob = call("lock.acquire", "{'name': 'a', 'owner': 'bob', 'waitMs': 60000}");
    awaitWaiting("a", 1);
    rig.drain();
    assertThat(Failure.of(catchThrowable(() -> await(bob))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    eventually(() -> assertThat(await(rig.locks.inspect("a")).waiting()).isZero());
  }

  @Test
  void getsSeveralAtOnceWithoutADeadlock() {
    JsonObject unused = ask("lock.acquire", "{'name': 'b', 'owner': 'holder'}");
    Future<JsonObject> one =
        call("lock.acquire-all", "{'names': ['a', 'b'], 'owner': 'one', 'waitMs': 60000}");
    awaitWaiting("b", 1);
    assertThat(ask("lock.inspect", "{'name': 'a'}").getBoolean("held")).isFalse();
    assertThat(refused("lock.acquire-all", "{'names': ['b', 'a'], 'owner': 'two'}").code())
        .isEqualTo(FailureCode.CONFLICT);
    unused = ask("lock.release", "{'name': 'b', 'owner': 'holder'}");
    JsonArray items = await(one).getJsonArray("items");
    assertThat(items.stream().map(item -> ((JsonObject) item).getString("name")))
        .containsExactly("a", "b");
  }

  @Test
  void listsPageByPage() {
    for (String name : List.of("l/c", "l/a", "l/b", "m")) {
      JsonObject unused = ask("lock.acquire", "{'name': '" + name + "', 'owner': 'ann'}");
    }
    JsonObject first = ask("lock.list", "{'prefix': 'l/', 'limit': 2}");
    assertThat(names(first)).containsExactly("l/a", "l/b");
    String cursor = first.getString("cursor");
    JsonObject second =
        ask("lock.list", "{'prefix': 'l/', 'limit': 2, 'cursor': '" + cursor + "'}");
    assertThat(names(second)).containsExactly("l/c");
    assertThat(second.containsKey("cursor")).isFalse();
  }

  private static List<String> names(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("name"))
        .toList();
  }

  @Test
  void tellsOfAnExpiryByWatchAndOnTheBus() {
    List<String> announced = new CopyOnWriteArrayList<>();
    rig.vertx
        .eventBus()
        .<JsonObject>consumer(
            "vertebra.lock.events", message -> announced.add(message.body().getString("type")));
    long from =
        ask("lock.acquire", "{'name': 'a', 'owner': 'ann', 'leaseMs': 1000}").getLong("token");
    JsonObject first = ask("lock.watch", "{'name': 'a', 'fromRevision': " + from + "}");
    assertThat(first.getJsonArray("events")).hasSize(1);
    Future<JsonObject> next =
        call(
            "lock.watch",
            "{'prefix': '', 'fromRevision': " + (first.getLong("revision") + 1) + "}");
    rig.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    JsonObject event = await(next).getJsonArray("events").getJsonObject(0);
    assertThat(event.getString("type")).isEqualTo("expired");
    assertThat(event.getLong("token")).isEqualTo(from);
    assertThat(event.getString("owner")).isEqualTo("ann");
    eventually(() -> assertThat(announced).containsExactly("acquired", "expired"));
  }

  @Test
  void tellsEverythingWrongWithARequest() {
    Failure failure =
        refused("lock.acquire", "{'name': 'a', 'leaseMs': 1, 'mode': 'x', 'waitMs': 600001}");
    assertThat(failure)
        .hasMessageContainingAll("/owner is missing", "/leaseMs", "/mode", "/waitMs");
    assertThat(refused("lock.acquire", "{'name': 'a', 'owner': 'b', 'permits': 2}"))
        .hasMessageContaining("/permits");
    assertThat(refused("lock.watch", "{}")).hasMessageContaining("a name or a prefix");
  }

  @Test
  void electsOneAndTellsObservers() {
    JsonObject ann = ask("election.campaign", "{'name': 'e', 'candidate': 'ann', 'value': 'one'}");
    assertThat(ann.getString("fence")).isEqualTo("election/e@" + ann.getLong("term"));
    JsonObject seen = ask("election.observe", "{'name': 'e'}");
    assertThat(seen.getJsonObject("leader").getString("value")).isEqualTo("one");
    Future<JsonObject> bob =
        call("election.campaign", "{'name': 'e', 'candidate': 'bob', 'waitMs': 60000}");
    eventually(
        () ->
            assertThat(ask("election.leader", "{'name': 'e'}").getJsonArray("candidates"))
                .containsExactly("bob"));
    JsonObject unused =
        ask(
            "election.proclaim",
            "{'name': 'e', 'candidate': 'ann', 'value': 'two', 'term': "
                + ann.getLong("term")
                + "}");
    JsonObject then =
        ask(
            "election.observe",
            "{'name': 'e', 'fromRevision': " + (seen.getLong("revision") + 1) + "}");
    assertThat(then.getJsonObject("leader").getString("value")).isEqualTo("two");
    unused = ask("election.resign", "{'name': 'e', 'candidate': 'ann'}");
    assertThat(await(bob).getLong("term")).isGreaterThan(ann.getLong("term"));
    assertThat(refused("election.proclaim", "{'name': 'e', 'candidate': 'ann'}").code())
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void opensALatchWhenAllAreDone() {
    assertThat(refused("latch.count-down", "{'name': 'l', 'participant': 'a'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(ask("latch.create", "{'name': 'l', 'count': 2}").getInteger("remaining"))
        .isEqualTo(2);
    Future<JsonObject> waiting = call("latch.await", "{'name': 'l', 'waitMs': 60000}");
    for (int i = 0; i < 2; i++) {
      JsonObject once = ask("latch.count-down", "{'name': 'l', 'participant': 'a'}");
      assertThat(once.getInteger("remaining")).isEqualTo(1);
    }
    assertThat(ask("latch.await", "{'name': 'l', 'waitMs': 1}").getBoolean("open")).isFalse();
    assertThat(refused("latch.create", "{'name': 'l', 'count': 3}").code())
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(waiting.isComplete()).isFalse();
    JsonObject last = ask("latch.count-down", "{'name': 'l', 'participant': 'b'}");
    assertThat(last.getBoolean("open")).isTrue();
    assertThat(await(waiting).getBoolean("open")).isTrue();
    assertThat(ask("latch.remove", "{'name': 'l'}").getBoolean("removed")).isTrue();
  }

  @Test
  void letsPartiesGoOnOnceAllAreThere() {
    for (int phase = 0; phase < 2; phase++) {
      Future<JsonObject> ann = arrive("ann", 60_000);
      eventually(
          () ->
              assertThat(ask("barrier.show", "{'name': 'b'}").getInteger("arrived")).isEqualTo(1));
      assertThat(Failure.of(catchThrowable(() -> await(arrive("bob", 1)))).code())
          .isEqualTo(FailureCode.CONFLICT);
      assertThat(ann.isComplete()).isFalse();
      Future<JsonObject> bob = arrive("bob", 60_000);
      Future<JsonObject> cid = arrive("cid", 60_000);
      for (Future<JsonObject> each : List.of(ann, bob, cid)) {
        assertThat(await(each).getLong("phase")).isEqualTo(phase);
      }
    }
  }

  private Future<JsonObject> arrive(String participant, long waitMs) {
    return call(
        "barrier.arrive",
        "{'name': 'b', 'participant': '"
            + participant
            + "', 'parties': 3, 'waitMs': "
            + waitMs
            + "}");
  }
}
