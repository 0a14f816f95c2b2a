package io.vertebra.election;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.lock.LockRig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every way to elections must do. A test of one says how it is opened. */
abstract class ElectionServiceContract {
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final Future<Void> STAYS = Promise.<Void>promise().future();

  final LockRig rig = new LockRig();
  private final ElectionService elections = open();

  abstract ElectionService open();

  @AfterEach
  void close() {
    rig.close();
  }

  private Elected elect(String candidate, String value) {
    Campaign campaign = Campaign.of("e/1", candidate, LEASE).telling(value);
    return await(elections.campaign(campaign, Guard.NONE, STAYS));
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  @Test
  void electsOneAndTellsEverybody() {
    assertThat(await(elections.leader("e/1")).leader()).isEmpty();
    Elected ann = elect("ann", "one");
    assertThat(ann.fence()).isEqualTo("election/e/1@" + ann.leader().term());
    assertThat(ann.safe()).isPositive().isLessThanOrEqualTo(LEASE);
    assertThat(ann.leader().value()).isEqualTo("one");
    assertThat(await(elections.leader("e/1")).leader()).contains(ann.leader());
    Campaign bob = Campaign.of("e/1", "bob", LEASE);
    assertThat(refused(elections.campaign(bob, Guard.NONE, STAYS))).isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void proclaimsAValueInItsTermAlone() {
    long term = elect("ann", "one").leader().term();
    Elected told = await(elections.proclaim(Proclaim.of("e/1", "ann", term, "two"), Guard.NONE));
    assertThat(told.leader().term()).isEqualTo(term);
    assertThat(await(elections.leader("e/1")).leader()).contains(told.leader());
    assertThat(told.leader().value()).isEqualTo("two");
    Proclaim early = Proclaim.of("e/1", "ann", term - 1, "three");
    assertThat(refused(elections.proclaim(early, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void electsTheNextWhenTheLeaderResigns() {
    long term = elect("ann", "").leader().term();
    Campaign waiting = Campaign.of("e/1", "bob", LEASE).waiting(Duration.ofMinutes(1));
    Future<Elected> bob = elections.campaign(waiting, Guard.NONE, STAYS);
    eventually(
        () -> assertThat(await(elections.leader("e/1")).candidates()).containsExactly("bob"));
    assertThat(bob.isComplete()).isFalse();
    assertThat(await(elections.resign(Resign.of("e/1", "ann", term), Guard.NONE))).isTrue();
    Leader next = await(bob).leader();
    assertThat(next.term()).isGreaterThan(term);
    assertThat(await(elections.resign(Resign.of("e/1", "bob", next.term()), Guard.NONE))).isTrue();
    assertThat(await(elections.resign(Resign.of("e/1", "bob", next.term()), Guard.NONE))).isFalse();
  }

  @Test
  void tellsObserversOfEachLeaderAndValue() {
    Feed feed = await(elections.observe("e/1", 0));
    assertThat(state(feed).leader()).isEmpty();
    Future<JsonObject> next = feed.next();
    Elected ann = elect("ann", "one");
    assertThat(ElectionState.from(await(next)).leader()).contains(ann.leader());
    next = feed.next();
    Proclaim two = Proclaim.of("e/1", "ann", ann.leader().term(), "two");
    Elected told = await(elections.proclaim(two, Guard.NONE));
    assertThat(ElectionState.from(await(next)).leader()).contains(told.leader());
    long known = feed.idle().getLong("revision");
    feed.close();
    await(elections.resign(Resign.of("e/1", "ann", ann.leader().term()), Guard.NONE));
    assertThat(state(await(elections.observe("e/1", known + 1))).leader()).isEmpty();
  }

  private static ElectionState state(Feed feed) {
    return ElectionState.from(await(feed.next()));
  }

  @Test
  void refusesWhatIsDoneUnderAnOvertakenFence() {
    Elected ann = elect("ann", "one");
    Fence old = new Fence("election/e/1", ann.leader().term() - 1);
    Guard late = new Guard(Optional.of(old), "");
    Campaign other = Campaign.of("e/2", "bob", LEASE);
    assertThat(refused(elections.campaign(other, late, STAYS))).isEqualTo(FailureCode.FENCED);
    assertThat(await(elections.leader("e/2")).leader()).isEmpty();
  }
}
