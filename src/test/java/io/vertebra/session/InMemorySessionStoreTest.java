package io.vertebra.session;

import io.vertebra.testkit.TestClock;
import java.time.Clock;
import java.time.Duration;

final class InMemorySessionStoreTest extends SessionStoreContract {
  private final TestClock clock = new TestClock();
  private final SessionStore store = new InMemorySessionStore(clock, TOUCH);

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
}
