package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.RangeRequest;
import io.vertebra.testkit.KvNode;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvSessionStoreTest extends SessionStoreContract {
  private final KvNode node = new KvNode();
  private final SessionStore store = new KvSessionStore(node.kv(), TOUCH);

  @Override
  SessionStore store() {
    return store;
  }

  @Override
  Clock clock() {
    return node.clock;
  }

  /** The store ends leases by itself, in steps of its own. */
  @Override
  void letTimePass(Duration time) {
    node.letTimePass(time);
    List<Long> leases = await(node.kv().leases());
    for (long lease : leases) {
      eventually(
          () ->
              assertThat(
                      await(
                          node.kv()
                              .lease(lease)
                              .map(left -> !left.remaining().isZero())
                              .otherwise(true)))
                  .isTrue());
    }
  }

  @AfterEach
  void close() {
    node.close();
  }

  private List<KvEntry> entries() {
    return await(node.kv().range(RangeRequest.all(KeyRange.ALL))).entries();
  }

  @Test
  void leavesNothingBehindAndNeverKeepsAnId() {
    SessionService sessions =
        new StoredSessionService(
            store, OPTIONS, node.clock, event -> assertThat(event).isNotNull());
    CreateSession create =
        new CreateSession(
            Optional.empty(),
            Optional.of("ann"),
            Optional.empty(),
            Optional.empty(),
            new JsonObject());
    SessionId first = await(sessions.create(create, Guard.NONE)).id();
    SessionId second = await(sessions.rotate(RotateSession.of(first), Guard.NONE)).id();
    SessionId third = await(sessions.create(create, Guard.NONE)).id();
    assertThat(entries()).hasSize(4);
    String all = entries().toString();
    assertThat(all)
        .contains(second.handle())
        .doesNotContain(first.handle(), first.text(), second.text(), third.text());
    await(sessions.invalidate(second, Guard.NONE));
    letTimePass(IDLE.plus(TOUCH));
    assertThat(entries()).isEmpty();
    assertThat(await(node.kv().leases())).isEmpty();
  }

  @Test
  void writesNothingForATouch() {
    SessionService sessions =
        new StoredSessionService(
            store, OPTIONS, node.clock, event -> assertThat(event).isNotNull());
    SessionId id = await(sessions.create(CreateSession.of(new JsonObject()), Guard.NONE)).id();
    long before = node.kv().status().revision();
    await(sessions.touch(id));
    assertThat(node.kv().status().revision()).isEqualTo(before);
    assertThat(new String(entries().get(0).key().toArray(), ISO_8859_1))
        .isEqualTo("\0session/" + id.handle());
  }

  @Test
  void tellsOnceThatTheAbsoluteEndWasReached() {
    SessionService sessions = new StoredSessionService(store, OPTIONS, node.clock, events::add);
    SessionId id = await(sessions.create(CreateSession.of(new JsonObject()), Guard.NONE)).id();
    node.clock.advance(ABSOLUTE);
    assertThat(refused(sessions.get(id))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.get(id))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(events)
        .containsExactly(SessionEvent.of(SessionEvent.Type.EXPIRED, id.handle(), Optional.empty()));
    assertThat(entries()).isEmpty();
  }
}
