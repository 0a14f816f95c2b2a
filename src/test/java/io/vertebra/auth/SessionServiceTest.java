package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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

final class SessionServiceTest {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private final TestClock clock = new TestClock();
  private final AuthStore store = new InMemoryAuthStore(clock);
  private final AuthRig rig = new AuthRig(store, clock, new JsonObject());

  @AfterEach
  void close() {
    rig.close();
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  private void isRefused(String accessToken) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> rig.authenticator.authenticate(accessToken))
        .matches(failure -> failure.code() == FailureCode.UNAUTHENTICATED);
  }

  @Test
  void givesTokensThatSayWhoItIs() {
    rig.createAnn();
    Principal ann = rig.authenticator.authenticate("Bearer " + rig.login().accessToken());
    assertThat(ann.name()).isEqualTo("ann");
    assertThat(ann.permissions()).containsExactly(Permission.ALL);
  }

  @Test
  void aTokenOfRefreshIsGoodOnceAndGivesTheSameSuccessorWithinTheGrace() {
    rig.createAnn();
    String first = rig.login().refreshToken();
    String second = await(rig.refresh(first)).refreshToken();
    assertThat(second).isNotEqualTo(first);
    clock.advance(GRACE);
    IssuedTokens again = await(rig.refresh(first));
    assertThat(again.refreshToken()).isEqualTo(second);
    assertThat(rig.authenticator.authenticate(again.accessToken()).name()).isEqualTo("ann");
    assertThat(await(rig.refresh(second)).refreshToken()).isNotEqualTo(second);
  }

  @Test
  void allWhoRefreshAtOnceGetTheSameSuccessor() {
    rig.createAnn();
    String first = rig.login().refreshToken();
    List<IssuedTokens> all =
        await(Future.all(IntStream.range(0, 20).mapToObj(i -> rig.refresh(first)).toList())).list();
    assertThat(all).extracting(IssuedTokens::refreshToken).containsOnly(all.get(0).refreshToken());
  }

  @Test
  void endsTheSessionOfATokenThatIsUsedAfterTheGrace() {
    rig.createAnn();
    IssuedTokens stolen = rig.login();
    String second = await(rig.refresh(stolen.refreshToken())).refreshToken();
    clock.advance(GRACE.plusMillis(1));
    assertThat(refused(rig.refresh(stolen.refreshToken()))).isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(rig.refresh(second))).isEqualTo(FailureCode.UNAUTHENTICATED);
    isRefused(stolen.accessToken());
  }

  @Test
  void endsTheSessionOfATokenTwoBeforeThePresentOneEvenWithinTheGrace() {
    rig.createAnn();
    String first = rig.login().refreshToken();
    String second = await(rig.refresh(first)).refreshToken();
    String third = await(rig.refresh(second)).refreshToken();
    assertThat(refused(rig.refresh(first))).isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(rig.refresh(third))).isEqualTo(FailureCode.UNAUTHENTICATED);
  }

  @Test
  void nobodyEndsASessionByATokenThatIsMadeUp() {
    rig.createAnn();
    String token = rig.login().refreshToken();
    String session = token.substring(4, 26);
    for (String forged :
        List.of(
            "vtr_" + session + ".0." + "A".repeat(43),
            "vtr_" + session + ".1" + token.substring(token.lastIndexOf('.')),
            "vtr_" + "A".repeat(22) + ".0" + token.substring(token.lastIndexOf('.')),
            token + "A",
            "")) {
      assertThat(refused(rig.refresh(forged))).isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    assertThat(await(rig.refresh(token)).refreshToken()).isNotEmpty();
  }

  @Test
  void endsWithItsTimeHoweverOftenItIsRefreshed() {
    rig.createAnn();
    String token = rig.login().refreshToken();
    for (int day = 0; day < 29; day++) {
      clock.advance(Duration.ofDays(1));
      token = await(rig.refresh(token)).refreshToken();
    }
    clock.advance(Duration.ofDays(1));
    assertThat(refused(rig.refresh(token))).isEqualTo(FailureCode.UNAUTHENTICATED);
  }

  @Test
  void endsWithThePasswordTheRolesTheUser() {
    rig.createAnn();
    IssuedTokens first = rig.login();
    await(
        rig.parts
            .users()
            .changePassword(
                "ann", "another carpet", Optional.empty(), AuthRig.from(""), Guard.NONE));
    isRefused(first.accessToken());
    assertThat(refused(rig.refresh(first.refreshToken()))).isEqualTo(FailureCode.UNAUTHENTICATED);
    IssuedTokens second = await(rig.login("another carpet", "", "", "192.0.2.1"));
    await(rig.parts.users().update("ann", Optional.of(List.of()), Optional.empty(), Guard.NONE));
    isRefused(second.accessToken());
    IssuedTokens third = await(rig.login("another carpet", "", "", "192.0.2.1"));
    assertThat(rig.authenticator.authenticate(third.accessToken()).permissions()).isEmpty();
    await(rig.parts.users().delete("ann", Guard.NONE));
    isRefused(third.accessToken());
  }

  @Test
  void keepsNoTokenAndNoPasswordInTheStore() {
    rig.createAnn();
    String token = rig.login().refreshToken();
    for (DocumentId.Kind kind : DocumentId.Kind.values()) {
      for (Document document : await(store.list(kind, "", "", 100))) {
        assertThat(document.value().encode())
            .doesNotContain(AuthRig.PASSWORD)
            .doesNotContain(token.substring(token.lastIndexOf('.')))
            .doesNotContain(Digests.of(token));
      }
    }
  }
}
