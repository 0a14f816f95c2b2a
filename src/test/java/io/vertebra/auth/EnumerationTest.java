package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.TestClock;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody learns from a login which users there are. */
final class EnumerationTest {
  private final TestClock clock = new TestClock();
  private final CountingAuthStore store = new CountingAuthStore(new InMemoryAuthStore(clock));
  private final AuthRig rig = new AuthRig(store, clock, new JsonObject());

  @AfterEach
  void close() {
    rig.close();
  }

  /** What an attempt costs and tells. */
  private record Attempt(List<String> store, long hashes, FailureCode code, String message) {}

  private Attempt attempt(String name, String password) {
    store.calls.clear();
    long before = rig.meters.get("vertebra.auth.hash").timer().count();
    Login login = new Login(name, password, "", "", List.of(), AuthRig.from("192.0.2." + name));
    Failure failure = Failure.of(catchThrowable(() -> await(rig.parts.logins().login(login))));
    long hashes = rig.meters.get("vertebra.auth.hash").timer().count() - before;
    return new Attempt(
        new ArrayList<>(store.calls), hashes, failure.code(), String.valueOf(failure.getMessage()));
  }

  @Test
  void anUnknownUserCostsAsManyHashesAndCallsOfTheStoreAsAKnownOne() {
    rig.createAnn();
    Attempt unknown = attempt("nobody", "wrong");
    assertThat(unknown.hashes()).isEqualTo(1);
    assertThat(unknown.code()).isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(attempt("ann", "wrong")).isEqualTo(unknown);
    JsonObject unused =
        await(rig.parts.users().update("ann", Optional.empty(), Optional.of(true), Guard.NONE));
    assertThat(attempt("ann", "wrong")).as("disabled").isEqualTo(unknown);
    assertThat(attempt("ann", AuthRig.PASSWORD)).as("disabled, right").isEqualTo(unknown);
  }

  @Test
  void anUnknownUserIsLockedAsAKnownOneIs() {
    rig.createAnn();
    List<Attempt> known = new ArrayList<>();
    List<Attempt> unknown = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      known.add(attempt("ann", "wrong"));
      unknown.add(attempt("bob", "wrong"));
    }
    assertThat(unknown).isEqualTo(known);
    assertThat(known.get(7).code()).isEqualTo(FailureCode.LIMITED);
    assertThat(known.get(7).hashes()).isZero();
  }

  @Test
  void countsLoginsByTheirResults() {
    rig.createAnn();
    assertThat(rig.login().accessToken()).isNotEmpty();
    for (int i = 0; i < 6; i++) {
      assertThat(attempt("ann", "wrong").code()).isNotNull();
    }
    assertThat(logins("ok")).isEqualTo(1);
    assertThat(logins("unauthenticated")).isEqualTo(5);
    assertThat(logins("limited")).isEqualTo(1);
  }

  private double logins(String result) {
    return rig.meters.get("vertebra.auth.logins").tag("result", result).counter().count();
  }
}
