package io.vertebra.auth;

import io.vertebra.testkit.TestClock;

final class InMemoryAuthStoreTest extends AuthStoreContract {
  private final TestClock clock = new TestClock();
  private final AuthStore store = new InMemoryAuthStore(clock);

  @Override
  AuthStore store() {
    return store;
  }

  @Override
  TestClock clock() {
    return clock;
  }
}
