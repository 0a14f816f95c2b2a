package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoginServiceTest {
  private static final String HOME = "192.0.2.1";
  private final TestClock clock = new TestClock();
  private final CountingAuthStore store = new CountingAuthStore(new InMemoryAuthStore(clock));
  private final AuthRig rig = new AuthRig(store, clock, new JsonObject());

  @AfterEach
  void close() {
    rig.close();
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  private FailureCode guess(String address) {
    return refused(rig.login("wrong", "", "", address));
  }

  private static FailureCode guess(AuthRig at, String name, String address) {
    Login login = new Login(name, "wrong", "", "", List.of(), AuthRig.from(address));
    return refused(at.parts.logins().login(login));
  }

  private static JsonObject lockout(int freeAttempts, int addressAttempts) {
    JsonObject lockout =
        new JsonObject().put("freeAttempts", freeAttempts).put("addressAttempts", addressAttempts);
    return new JsonObject().put("lockout", lockout);
  }

  private long step() {
    return clock.instant().getEpochSecond() / 30;
  }

  @Test
  void saysTheSameOfAWrongPasswordAndAnUnknownUserAndADisabledOne() {
    rig.createAnn();
    Throwable wrong = catchThrowable(() -> await(rig.login("wrong", "", "", HOME)));
    Login nobody = new Login("nobody", "wrong", "", "", List.of(), AuthRig.from(HOME));
    Throwable unknown = catchThrowable(() -> await(rig.parts.logins().login(nobody)));
    await(rig.parts.users().update("ann", Optional.empty(), Optional.of(true), Guard.NONE));
    Throwable disabled = catchThrowable(() -> await(rig.login(AuthRig.PASSWORD, "", "", HOME)));
    assertThat(unknown).hasMessage(wrong.getMessage());
    assertThat(disabled).hasMessage(wrong.getMessage());
  }

  @Test
  void makesWhoeverGuessesWaitTwiceAsLongEachTime() {
    rig.createAnn();
    for (int i = 0; i < 5; i++) {
      assertThat(guess(HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    for (int wait = 1; wait <= 8; wait *= 2) {
      assertThat(refused(rig.login(AuthRig.PASSWORD, "", "", HOME))).isEqualTo(FailureCode.LIMITED);
      clock.advance(Duration.ofSeconds(wait).minusMillis(1));
      assertThat(guess(HOME)).isEqualTo(FailureCode.LIMITED);
      clock.advance(Duration.ofMillis(1));
      assertThat(guess("192.0.2.77")).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
  }

  @Test
  void gainsNothingByGuessingAtOnce() {
    rig.createAnn();
    List<Future<IssuedTokens>> all =
        IntStream.range(0, 40).mapToObj(i -> rig.login("wrong", "", "", HOME)).toList();
    assertThat(all.stream().map(LoginServiceTest::refused))
        .filteredOn(code -> code == FailureCode.UNAUTHENTICATED)
        .hasSize(5);
  }

  @Test
  void locksTheOwnerOutNeitherElsewhereNorOnAKnownDevice() {
    rig.createAnn();
    String device = await(rig.login(AuthRig.PASSWORD, "", "", HOME)).device();
    for (int i = 0; i < 20; i++) {
      assertThat(guess(HOME)).isIn(FailureCode.UNAUTHENTICATED, FailureCode.LIMITED);
    }
    assertThat(refused(rig.login(AuthRig.PASSWORD, "", "", HOME))).isEqualTo(FailureCode.LIMITED);
    assertThat(await(rig.login(AuthRig.PASSWORD, "", device, HOME)).device()).isEqualTo(device);
    assertThat(await(rig.login(AuthRig.PASSWORD, "", "", "198.51.100.1")).device()).isNotEmpty();
    assertThat(refused(rig.login(AuthRig.PASSWORD, "", device + "x", HOME)))
        .isEqualTo(FailureCode.LIMITED);
  }

  @Test
  void makesWaitWhoTriesManyAccountsFromOneAddress() {
    for (int i = 0; i < 50; i++) {
      assertThat(guess(rig, "user" + i, HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    store.calls.clear();
    for (int i = 0; i < 9; i++) {
      assertThat(guess(rig, "other" + i, HOME)).isEqualTo(FailureCode.LIMITED);
    }
    assertThat(store.calls).as("written").noneMatch(call -> call.startsWith("commit"));
  }

  @Test
  void countsNoLoginAgainstItsAddressAndEveryGuess() {
    rig.createAnn();
    for (int i = 0; i < 60; i++) {
      assertThat(rig.login().accessToken()).isNotEmpty();
    }
    for (int i = 0; i < 50; i++) {
      assertThat(rig.login().accessToken()).isNotEmpty();
      assertThat(guess(rig, "user" + i, HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    for (int wait = 1; wait <= 8; wait *= 2) {
      assertThat(refused(rig.login(AuthRig.PASSWORD, "", "", HOME))).isEqualTo(FailureCode.LIMITED);
      clock.advance(Duration.ofSeconds(wait).minusMillis(1));
      assertThat(guess(rig, "early" + wait, HOME)).isEqualTo(FailureCode.LIMITED);
      clock.advance(Duration.ofMillis(1));
      assertThat(rig.login().accessToken()).isNotEmpty();
      assertThat(guess(rig, "other" + wait, HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
  }

  @Test
  void countsNoChangeOfAPasswordAgainstTheAddress() {
    rig.createAnn();
    String present = AuthRig.PASSWORD;
    for (int i = 0; i < 60; i++) {
      String next = "violet carpet number " + i;
      await(
          rig.parts
              .users()
              .changePassword("ann", next, Optional.of(present), AuthRig.from(HOME), Guard.NONE));
      present = next;
    }
    assertThat(await(rig.login(present, "", "", HOME)).accessToken()).isNotEmpty();
  }

  @Test
  void takesBackTheRightOneOfManyAtOnce() {
    try (AuthRig strict = new AuthRig(store, clock, lockout(5, 2))) {
      strict.createAnn();
      Future<IssuedTokens> right = strict.login(AuthRig.PASSWORD, "", "", HOME);
      assertThat(guess(strict, "bob", HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
      assertThat(await(right).accessToken()).isNotEmpty();
      assertThat(guess(strict, "cid", HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
      assertThat(guess(strict, "dan", HOME)).isEqualTo(FailureCode.LIMITED);
    }
  }

  @Test
  void leavesAGuessItsWaitWhenAnEarlierAttemptIsTakenBack() {
    LockoutOptions strict = new LockoutOptions(5, 1, Duration.ofMinutes(15));
    LockoutService lockout = new LockoutService(store, strict, clock);
    LockoutService.Attempt right = await(lockout.enter("ann", HOME, ""));
    clock.advance(Duration.ofSeconds(1));
    assertThat(await(lockout.enter("bob", HOME, ""))).isNotNull();
    await(lockout.takeBack(right));
    for (int wait = 1; wait <= 4; wait *= 2) {
      clock.advance(Duration.ofSeconds(wait).minusMillis(1));
      assertThat(refused(lockout.enter("cid", HOME, ""))).isEqualTo(FailureCode.LIMITED);
      clock.advance(Duration.ofMillis(1));
      assertThat(await(lockout.enter("cid", HOME, ""))).isNotNull();
    }
  }

  @Test
  void countsNoRightPasswordThatLacksItsCodeAgainstTheAddress() {
    try (AuthRig strict = new AuthRig(store, clock, lockout(9, 2))) {
      strict.createAnn();
      String secret = await(strict.parts.users().enrol("ann", "V")).getString("secret");
      assertThat(await(strict.parts.users().confirm("ann", AuthRig.code(secret, step()))))
          .isNotEmpty();
      for (int i = 0; i < 5; i++) {
        assertThat(refused(strict.login(AuthRig.PASSWORD, "", "", HOME)))
            .isEqualTo(FailureCode.UNAUTHENTICATED);
      }
      assertThat(refused(strict.login(AuthRig.PASSWORD, "000000", "", HOME)))
          .isEqualTo(FailureCode.UNAUTHENTICATED);
      assertThat(refused(strict.login(AuthRig.PASSWORD, "000000", "", HOME)))
          .isEqualTo(FailureCode.UNAUTHENTICATED);
      assertThat(refused(strict.login(AuthRig.PASSWORD, "", "", HOME)))
          .isEqualTo(FailureCode.LIMITED);
    }
  }

  @Test
  void countsByAccountAloneWhereTheAddressIsUnknown() {
    for (int i = 0; i < 60; i++) {
      assertThat(guess(rig, "user" + i, "")).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(guess(rig, "bob", "")).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    assertThat(guess(rig, "bob", "")).isEqualTo(FailureCode.LIMITED);
  }

  @Test
  void forgetsFailuresAfterAnHour() {
    rig.createAnn();
    for (int i = 0; i < 4; i++) {
      assertThat(guess(HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    clock.advance(Duration.ofHours(1));
    for (int i = 0; i < 5; i++) {
      assertThat(guess(HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    assertThat(guess(HOME)).isEqualTo(FailureCode.LIMITED);
  }

  @Test
  void forgetsFailuresAfterALogin() {
    rig.createAnn();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 4; i++) {
        assertThat(guess(HOME)).isEqualTo(FailureCode.UNAUTHENTICATED);
      }
      assertThat(rig.login().accessToken()).isNotEmpty();
    }
  }

  @Test
  void needsACodeOnceOneWasConfirmedAndTakesEachOnce() {
    rig.createAnn();
    String secret = await(rig.parts.users().enrol("ann", "V")).getString("secret");
    assertThat(rig.login().accessToken()).isNotEmpty();
    JsonObject confirmed = await(rig.parts.users().confirm("ann", AuthRig.code(secret, step())));
    assertThat(refused(rig.login(AuthRig.PASSWORD, "", "", HOME)))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(rig.login(AuthRig.PASSWORD, AuthRig.code(secret, step()), "", HOME)))
        .as("used to confirm")
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    clock.advance(Duration.ofSeconds(60));
    String fresh = AuthRig.code(secret, step());
    assertThat(await(rig.login(AuthRig.PASSWORD, fresh, "", HOME)).accessToken()).isNotEmpty();
    assertThat(refused(rig.login(AuthRig.PASSWORD, fresh, "", HOME)))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(rig.login(AuthRig.PASSWORD, AuthRig.code(secret, step() + 2), "", HOME)))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    String recovery = confirmed.getJsonArray("recoveryCodes").getString(0);
    assertThat(await(rig.login(AuthRig.PASSWORD, recovery, "", HOME)).accessToken()).isNotEmpty();
    assertThat(refused(rig.login(AuthRig.PASSWORD, recovery, "", HOME)))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
  }

  /** Appendix B of RFC 6238, the last six digits. */
  @Test
  void makesTheCodesOfTheStandard() {
    byte[] secret = "12345678901234567890".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThat(Totp.code(secret, 59 / 30)).isEqualTo("287082");
    assertThat(Totp.code(secret, 1111111109L / 30)).isEqualTo("081804");
    assertThat(Totp.code(secret, 20000000000L / 30)).isEqualTo("353130");
    assertThat(Totp.base32(secret)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  }

  @Test
  void hashesAnewWhenTheCostChanged() {
    rig.createAnn();
    String before = await(store.find(User.id("ann"))).orElseThrow().value().getString("hash");
    JsonObject dearer =
        new JsonObject().put("passwords", new JsonObject().put("memoryKib", 128).put("passes", 1));
    try (AuthRig next = new AuthRig(store, clock, dearer)) {
      assertThat(next.login().accessToken()).isNotEmpty();
      String after = await(store.find(User.id("ann"))).orElseThrow().value().getString("hash");
      assertThat(before).contains("m=64,");
      assertThat(after).contains("m=128,");
      assertThat(next.login().accessToken()).isNotEmpty();
    }
  }
}
