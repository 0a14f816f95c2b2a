package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LazyTouchStoreTest {
  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final StoredSession SESSION =
      new StoredSession("", 0, Long.MAX_VALUE, 60_000, 1, new JsonObject(), List.of());

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger told = new AtomicInteger();
  private final Touches touches = new Touches(BOUND, nanos::get);
  private final SessionStore store =
      new LazyTouchStore(
          new TellingStore(new InMemorySessionStore(new TestClock(), BOUND)), touches);

  private SessionStore.Kept begin(String handle) {
    assertThat(await(store.create(handle, SESSION, Optional.empty()))).isTrue();
    return await(store.find(handle)).orElseThrow();
  }

  @Test
  void tellsOfATouchOnlyWhenTheLastOneIsLongAgo() {
    SessionStore.Kept session = begin("a");
    nanos.set(BOUND.toNanos() - 1);
    assertThat(await(store.touch(session))).isTrue();
    assertThat(told).hasValue(0);
    nanos.set(BOUND.toNanos());
    assertThat(await(store.touch(session))).isTrue();
    assertThat(await(store.touch(session))).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void forgetsWhatIsGone() {
    SessionStore.Kept session = begin("a");
    assertThat(await(store.move(session, "b", SESSION, Optional.empty()))).isTrue();
    assertThat(touches.size()).isEqualTo(1);
    assertThat(await(store.remove("b", Guard.NONE)).done()).isTrue();
    assertThat(touches.size()).isZero();
    assertThat(await(store.touch(session))).isFalse();
  }

  @Test
  void remembersNoMoreThanItsLimit() {
    for (int i = 0; i <= Touches.MOST; i++) {
      touches.told("s" + i, 0);
    }
    assertThat(touches.size()).isEqualTo(Touches.MOST);
    assertThat(touches.isDue("s0")).isTrue();
    assertThat(touches.isDue("s1")).isFalse();
  }

  /** Counts the touches that it is told of. */
  private final class TellingStore implements SessionStore {
    private final SessionStore inner;

    TellingStore(SessionStore inner) {
      this.inner = inner;
    }

    @Override
    public Future<Boolean> touch(Kept found) {
      told.incrementAndGet();
      return inner.touch(found);
    }

    @Override
    public Future<Boolean> create(String handle, StoredSession session, Optional<Fence> fence) {
      return inner.create(handle, session, fence);
    }

    @Override
    public Future<Optional<Kept>> find(String handle) {
      return inner.find(handle);
    }

    @Override
    public Future<Boolean> replace(Kept found, StoredSession session, Optional<Fence> fence) {
      return inner.replace(found, session, fence);
    }

    @Override
    public Future<Boolean> move(
        Kept found, String handle, StoredSession session, Optional<Fence> fence) {
      return inner.move(found, handle, session, fence);
    }

    @Override
    public Future<Removal> remove(String handle, Guard guard) {
      return inner.remove(handle, guard);
    }

    @Override
    public Future<Part> list(ListSessions request) {
      return inner.list(request);
    }
  }
}
