package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvRules;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the API keys of users who are removed. */
final class UserServiceTest {
  private static final DocumentId MARK = SessionService.revocation("owner", "ann");
  private final TestClock clock = new TestClock();
  private final CountingAuthStore store = new CountingAuthStore(new InMemoryAuthStore(clock));
  private final AuthRig rig = new AuthRig(store, clock, new JsonObject());

  @AfterEach
  void close() {
    rig.close();
  }

  private Future<String> key(String owner) {
    return rig.parts
        .apiKeys()
        .create(new ApiKeyService.NewKey("", owner, List.of(Permission.ALL), Optional.empty()))
        .map(made -> made.getString("key"));
  }

  private boolean isGood(String key) {
    Throwable refused = catchThrowable(() -> rig.authenticator.authenticate(key));
    return refused == null;
  }

  private List<Document> keys() {
    return await(store.list(Kind.API_KEY, "", "", 1000));
  }

  @Test
  void removesAllKeysOfAUserInStepsThatTheStoreTakes() {
    rig.createAnn();
    String kept = await(key("bob"));
    await(Future.all(IntStream.range(0, 300).mapToObj(i -> key("ann")).toList()));
    store.calls.clear();
    await(rig.parts.users().delete("ann", Guard.NONE));
    assertThat(keys()).hasSize(1);
    assertThat(isGood(kept)).isTrue();
    assertThat(store.calls)
        .allMatch(call -> call.split(",", -1).length <= KvRules.MAX_STEPS)
        .filteredOn(call -> call.contains("API_KEY"))
        .hasSizeGreaterThan(3);
  }

  @Test
  void endsARemovalThatWasBrokenOffBeforeTheNameIsGivenAgain() {
    rig.createAnn();
    String old = await(key("ann"));
    String session = rig.login().refreshToken();
    List<Change> begun =
        List.of(Change.remove(User.id("ann")), Change.put(MARK, new JsonObject(), 0));
    assertThat(await(store.commit(begun, Guard.NONE))).isTrue();
    assertThat(isGood(old)).isFalse();
    rig.createAnn();
    assertThat(keys()).isEmpty();
    assertThat(isGood(old)).isFalse();
    assertThat(isGood(await(key("ann")))).isTrue();
    assertThat(Failure.of(catchThrowable(() -> await(rig.refresh(session)))).code())
        .isEqualTo(FailureCode.UNAUTHENTICATED);
  }

  @Test
  void takesNoKeysOfAUserWhoIsThere() {
    rig.createAnn();
    String key = await(key("ann"));
    await(rig.parts.users().update("ann", Optional.empty(), Optional.of(true), Guard.NONE));
    assertThat(Failure.of(catchThrowable(rig::createAnn)).code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(isGood(key)).isFalse();
    await(rig.parts.users().update("ann", Optional.empty(), Optional.of(false), Guard.NONE));
    assertThat(isGood(key)).isTrue();
  }

  @Test
  void changesAUserAndWhetherTheirKeysAreGoodAtOnce() {
    rig.createAnn();
    store.calls.clear();
    await(rig.parts.users().update("ann", Optional.empty(), Optional.of(true), Guard.NONE));
    assertThat(store.calls).contains("commit [USER, REVOCATION]");
  }
}
