package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Guard;
import io.vertebra.redis.RedisScript;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import io.vertebra.testkit.TestClock;
import io.vertebra.testkit.Waiting;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RedisSessionStoreTest extends SessionStoreContract {
  private static RedisNode node;

  private final TestClock clock = new TestClock();
  private final RedisSessionStore store =
      new RedisSessionStore(node.service(), TOUCH, () -> Long.toString(clock.millis()));

  @BeforeAll
  static void start() {
    node = new RedisNode();
  }

  @BeforeEach
  void empty() {
    RedisScript flush = RedisScript.of("return redis.call('FLUSHALL')");
    Waiting.await(node.service().eval(flush, List.of("x"), List.of()));
  }

  @Override
  SessionStore store() {
    return store;
  }

  @Override
  Clock clock() {
    return clock;
  }

  @Override
  void letTimePass(Duration time) {
    clock.advance(time);
  }

  @Test
  void removesWhatIsOverAndTellsOfEachOnce() {
    SessionService sessions =
        new StoredSessionService(store, OPTIONS, clock, event -> assertThat(event).isNotNull());
    CreateSession create =
        new CreateSession(
            Optional.empty(),
            Optional.of("ann"),
            Optional.empty(),
            Optional.empty(),
            new JsonObject());
    List<String> handles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      handles.add(await(sessions.create(create, Guard.NONE)).id().handle());
    }
    assertThat(await(store.sweep(10))).isEmpty();
    letTimePass(IDLE.plus(TOUCH));
    List<SessionEvent> ended = new ArrayList<>(await(store.sweep(2)));
    assertThat(ended).hasSize(2);
    ended.addAll(await(store.sweep(2)));
    assertThat(ended)
        .containsExactlyInAnyOrderElementsOf(
            handles.stream()
                .map(
                    handle ->
                        SessionEvent.of(SessionEvent.Type.EXPIRED, handle, Optional.of("ann")))
                .toList());
    RedisScript keys = RedisScript.of("return redis.call('KEYS', '*')");
    assertThat(await(node.service().eval(keys, List.of("x"), List.of())).size()).isZero();
  }

  @Test
  void aNodeLooksByItselfForWhatIsOver() {
    SessionService sessions =
        new StoredSessionService(store, OPTIONS, clock, event -> assertThat(event).isNotNull());
    SessionId id = await(sessions.create(CreateSession.of(new JsonObject()), Guard.NONE)).id();
    SweepExpiryJob job = new SweepExpiryJob(node.vertx(), store, events::add);
    job.start();
    letTimePass(IDLE.plus(TOUCH));
    eventually(
        () ->
            assertThat(events)
                .containsExactly(
                    SessionEvent.of(SessionEvent.Type.EXPIRED, id.handle(), Optional.empty())));
    job.stop();
  }

  @Test
  void keepsTheSessionsOfANodeThatIsToldTo() {
    List<JsonObject> heard = new CopyOnWriteArrayList<>();
    try (KvNode api = new KvNode()) {
      JsonObject options = new JsonObject().put("idleMs", 1_000).put("touchMs", 0);
      String unused =
          await(
              api.vertx.deployVerticle(
                  SessionVerticle.stored(
                      new Kernel(
                          api.vertx,
                          "n1",
                          Clock.systemUTC(),
                          api.kernel.meters(),
                          api.kernel.doors()),
                      SessionOptions.from(Fields.of(options)),
                      node.service(),
                      System::nanoTime)));
      api.vertx
          .eventBus()
          .<JsonObject>consumer("vertebra.session.events", event -> heard.add(event.body()));
      SessionService sessions = new BusSessionService(api.vertx);
      SessionId id = await(sessions.create(CreateSession.of(new JsonObject()), Guard.NONE)).id();
      assertThat(await(sessions.get(id)).revision()).isEqualTo(1);
      JsonObject expired = new JsonObject().put("type", "expired").put("handle", id.handle());
      eventually(() -> assertThat(heard).containsExactly(expired));
      assertThat(refused(sessions.get(id))).isEqualTo(FailureCode.NOT_FOUND);
    }
  }

  @Test
  void judgesTimeByTheServersClockUnlessTold() {
    SessionService sessions =
        new StoredSessionService(
            new RedisSessionStore(node.service(), TOUCH),
            OPTIONS,
            Clock.systemUTC(),
            event -> assertThat(event).isNotNull());
    SessionId id = await(sessions.create(CreateSession.of(new JsonObject()), Guard.NONE)).id();
    assertThat(await(sessions.get(id)).revision()).isEqualTo(1);
    assertThat(await(new RedisSessionStore(node.service(), TOUCH).sweep(10))).isEmpty();
  }

  @AfterAll
  static void stop() {
    node.close();
  }
}
